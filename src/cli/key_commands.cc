#include <cstdio>

#include "cli/admin_commands.h"
#include "cli/credentials_output.h"
#include "cli/dataset_finder.h"
#include "cli/grant_text.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/admin/api-keys";

std::string path_of(const std::string& key) { return fmt::format("{}/{}", root, percent_encode(key)); }

std::string state_of(const json::value& key) {
  const json::value& enabled = member(key, "enabled");
  return enabled.is_bool() && !enabled.get_bool() ? "revoked" : "enabled";
}

// Names of datasets become ids, in the sandbox that the grant is for.
Result<json::value> grant_json(const CommonOptions& common, const GrantText& grant) {
  json::object made;
  json::array rights;
  for (const std::string& right : grant.rights) rights.emplace_back(right);
  made["rights"] = std::move(rights);
  if (!grant.sandbox.empty()) made["sandbox"] = grant.sandbox;
  if (grant.datasets.empty()) return made;
  LG_ASSIGN(Target target, load_target(common.target));
  target.sandbox = grant.sandbox;
  ApiClient api(std::make_shared<TokenHolder>(std::move(target)));
  json::array ids;
  for (const std::string& dataset : grant.datasets) {
    LG_ASSIGN(const FoundDataset found, find_dataset(api, dataset));
    ids.emplace_back(found.id);
  }
  made["datasets"] = std::move(ids);
  return made;
}

Result<json::array> grants_json(const CommonOptions& common, const std::vector<std::string>& texts) {
  json::array made;
  for (const std::string& text : texts) {
    LG_ASSIGN(const GrantText grant, parse_grant(text));
    LG_ASSIGN(json::value one, grant_json(common, grant));
    made.push_back(std::move(one));
  }
  return made;
}

void print_key(const CommonOptions& common, const json::value& key) {
  if (common.json) {
    print_json(key);
    return;
  }
  std::printf("key      %s\nname     %s\nstate    %s\nmay      %s\ncreated  %s by %s\nsecret   of %s\n",
              text_member(key, "apiKey").c_str(), one_line(text_member(key, "name")).c_str(), state_of(key).c_str(),
              one_line(grants_text(member(key, "grants"))).c_str(), time_text(number_member(key, "created")).c_str(),
              one_line(text_member(key, "createdUser")).c_str(),
              time_text(number_member(key, "secretCreated")).c_str());
  for (const json::value& until : items(member(key, "formerSecretsGoodUntil")))
    std::printf("         a former one is good until %s\n", time_text(number(until)).c_str());
}

void print_written(const CommonOptions& common, const char* what, const json::value& credentials,
                   const std::string& file) {
  if (file.empty()) return;
  const std::string key = text_member(credentials, "apiKey");
  if (common.json) {
    print_json(json::object{{"apiKey", key}, {"credentials", file}});
  } else {
    std::printf("%s %s; its credentials are in %s\n", what, key.c_str(), file.c_str());
  }
}

}  // namespace

Result<ExitStatus> create_key(const CommonOptions& common, const KeyOptions& wanted) {
  LG_TRY(check_credentials_file(wanted.out, false));
  json::object order{{"name", wanted.name}};
  if (!wanted.grants.empty()) {
    LG_ASSIGN(order["grants"], grants_json(common, wanted.grants));
  }
  LG_ASSIGN(ApiClient api, connect(common));
  api.set_patience({});  // each attempt would make a key of its own
  LG_ASSIGN(const json::value credentials, api.post(std::string(root), order));
  LG_TRY(write_credentials(credentials, wanted.out));
  print_written(common, "created", credentials, wanted.out);
  return done;
}

Result<ExitStatus> list_keys(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get(std::string(root)));
  if (common.json) {
    print_json(answer);
    return done;
  }
  TextTable table({"KEY", "NAME", "STATE", "MAY", "CREATED"});
  for (const json::value& key : items(member(answer, "apiKeys"))) {
    table.add({text_member(key, "apiKey"), text_member(key, "name"), state_of(key), grants_text(member(key, "grants")),
               time_text(number_member(key, "created"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_key(const CommonOptions& common, const std::string& key) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get(path_of(key)));
  print_key(common, answer);
  return done;
}

Result<ExitStatus> change_key(const CommonOptions& common, const std::string& key, const KeyOptions& wanted) {
  json::object change;
  if (!wanted.name.empty()) change["name"] = wanted.name;
  if (!wanted.grants.empty()) {
    LG_ASSIGN(change["grants"], grants_json(common, wanted.grants));
  }
  if (wanted.unrestricted) change["grants"] = nullptr;
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.exchange("PATCH", path_of(key), change));
  print_key(common, answer);
  return done;
}

Result<ExitStatus> rotate_key(const CommonOptions& common, const std::string& key, const KeyOptions& wanted) {
  LG_TRY(check_credentials_file(wanted.out, true));
  LG_ASSIGN(ApiClient api, connect(common));
  api.set_patience({});  // each attempt would make a secret of its own
  const json::object order{{"overlapSeconds", wanted.overlap_seconds}, {"revokeTokens", wanted.revoke_tokens}};
  LG_ASSIGN(const json::value credentials, api.post(path_of(key) + "/rotate", order));
  LG_TRY(write_credentials(credentials, wanted.out));
  print_written(common, "rotated", credentials, wanted.out);
  return done;
}

Result<ExitStatus> act_on_key(const CommonOptions& common, const std::string& key, const std::string& action) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.post_empty(fmt::format("{}/{}", path_of(key), action)));
  print_key(common, answer);
  return done;
}

Result<ExitStatus> delete_key(const CommonOptions& common, const std::string& key) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_TRY(api.remove(path_of(key)));
  if (common.json) {
    print_json(json::object{{"deleted", key}});
  } else {
    std::printf("deleted %s\n", key.c_str());
  }
  return done;
}

}  // namespace lakegate::cli
