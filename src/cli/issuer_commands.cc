#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/error_codes.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr size_t file_bytes_max = 1 << 20;

Result<std::string> read_input(const std::string& path) {
  std::string content;
  if (path == "-") {
    char buffer[4096];
    while (const size_t got = std::fread(buffer, 1, sizeof buffer, stdin)) content.append(buffer, got);
  } else {
    std::ifstream file(path, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(file), {});
    if (!file) return fail(codes::local_file, "Cannot read {}.", path);
  }
  if (content.size() > file_bytes_max)
    return fail(codes::local_file, "{} has more than {} bytes.", path, file_bytes_max);
  return content;
}

std::string joined(const json::value& texts) {
  std::string made;
  for (const json::value& each : items(texts)) made += (made.empty() ? "" : ", ") + text(each);
  return made;
}

// "claim=value" or "claim~value" (the claim's list or words contain it). A value is a text; other kinds are for --from.
Result<json::object> condition_of(const std::string& words) {
  const size_t at = words.find_first_of("=~");
  if (at == std::string::npos || at == 0 || at + 1 == words.size())
    return fail(codes::invalid_argument, "--map: \"{}\" is not CLAIM=VALUE or CLAIM~VALUE.", words);
  return json::object{{"claim", words.substr(0, at)}, {words[at] == '=' ? "equals" : "contains", words.substr(at + 1)}};
}

// "API_KEY" or "API_KEY:CONDITION,CONDITION".
Result<json::object> mapping_of(const std::string& words) {
  const size_t colon = words.find(':');
  json::array when;
  std::string rest = colon == std::string::npos ? "" : words.substr(colon + 1);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    LG_ASSIGN(json::object condition, condition_of(rest.substr(0, comma)));
    when.push_back(std::move(condition));
    rest.erase(0, comma + 1);
  }
  return json::object{{"apiKey", words.substr(0, colon)}, {"when", std::move(when)}};
}

Result<json::object> order_of(const IssuerOptions& options) {
  json::object order;
  if (!options.from_file.empty()) {
    LG_ASSIGN(const std::string content, read_input(options.from_file));
    json::error_code failed;
    json::value read = json::parse(content, failed);
    if (failed || !read.is_object()) return fail(codes::local_file, "{} is no JSON object.", options.from_file);
    order = std::move(read.as_object());
    // What `issuer show` adds.
    for (const std::string_view shown : {"id", "orgId", "created", "updated", "keys"}) order.erase(shown);
  }
  if (!options.issuer.empty()) order["issuer"] = options.issuer;
  if (!options.audiences.empty()) order["audiences"] = json::array(options.audiences.begin(), options.audiences.end());
  if (!options.algorithms.empty())
    order["algorithms"] = json::array(options.algorithms.begin(), options.algorithms.end());
  if (options.skew_seconds >= 0) order["clockSkewSeconds"] = options.skew_seconds;
  if (!options.tokens.empty()) order["tokens"] = options.tokens;
  if (!options.user_claim.empty()) order["userClaim"] = options.user_claim;
  if (!options.mappings.empty()) {
    json::array mappings;
    for (const std::string& words : options.mappings) {
      LG_ASSIGN(json::object mapping, mapping_of(words));
      mappings.push_back(std::move(mapping));
    }
    order["mappings"] = std::move(mappings);
  }
  return order;
}

std::string condition_text(const json::value& condition) {
  const std::string claim = text_member(condition, "claim");
  for (const auto& [member_name, verb] :
       {std::pair{"equals", "is"}, {"oneOf", "is one of"}, {"contains", "contains"}}) {
    if (const json::value& value = member(condition, member_name); !value.is_null())
      return claim + " " + verb + " " + json::serialize(value);
  }
  return claim;
}

void print_issuer(const json::value& issuer) {
  std::printf("%s\n", one_line(text_member(issuer, "issuer")).c_str());
  const auto line = [](const char* name, const std::string& value) {
    std::printf("  %-12s %s\n", name, one_line(value).c_str());
  };
  line("id", text_member(issuer, "id"));
  line("org", text_member(issuer, "orgId"));
  line("audiences", joined(member(issuer, "audiences")));
  line("algorithms", joined(member(issuer, "algorithms")));
  line("tokens", text_member(issuer, "tokens"));
  line("clock skew", fmt::format("{} s", number_member(issuer, "clockSkewSeconds")));
  line("user claim", text_member(issuer, "userClaim"));
  const json::value& keys = member(issuer, "keys");
  if (keys.is_object()) {
    const int64_t read_at = number_member(keys, "readAt");
    line("keys", read_at == 0 ? "not read yet"
                              : fmt::format("{} usable, read {}", number_member(keys, "usable"), time_text(read_at)));
    if (const std::string failure = text_member(keys, "failure"); !failure.empty()) line("last failure", failure);
    for (const json::value& each : items(member(keys, "unusable"))) line("not usable", text(each));
  }
  for (const json::value& mapping : items(member(issuer, "mappings"))) {
    std::string when;
    for (const json::value& condition : items(member(mapping, "when")))
      when += (when.empty() ? "if " : " and ") + condition_text(condition);
    line("acts with", fmt::format("{} {}", text_member(mapping, "apiKey"), when.empty() ? "always" : when));
  }
}

Result<ExitStatus> print_one(const CommonOptions& common, const json::value& issuer) {
  if (common.json) {
    print_json(issuer);
  } else {
    print_issuer(issuer);
  }
  return done;
}

std::string path_of(const std::string& id) { return "/admin/issuers/" + percent_encode(id); }

}  // namespace

Result<ExitStatus> add_issuer(const CommonOptions& common, const IssuerOptions& options) {
  LG_ASSIGN(const json::object order, order_of(options));
  LG_ASSIGN(ApiClient api, connect(common));
  SystemRandom random;
  LG_ASSIGN(const HttpAnswer answer,
            api.send({.method = "POST",
                      .path = "/admin/issuers",
                      .headers = {"Content-Type: application/json", "Idempotency-Key: " + random.uuid()},
                      .body = json::serialize(order)}));
  json::error_code failed;
  const json::value issuer = json::parse(answer.body, failed);
  if (failed) return fail(codes::answer_not_understood, "Registering answered {}", answer.body.substr(0, 500));
  return print_one(common, issuer);
}

Result<ExitStatus> list_issuers(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get("/admin/issuers"));
  if (common.json) {
    print_json(answer);
    return done;
  }
  TextTable table({"ISSUER", "ID", "ORG", "AUDIENCES", "MAPPINGS"});
  for (const json::value& issuer : items(member(answer, "issuers"))) {
    table.add({text_member(issuer, "issuer"), text_member(issuer, "id"), text_member(issuer, "orgId"),
               joined(member(issuer, "audiences")), std::to_string(items(member(issuer, "mappings")).size())});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_issuer(const CommonOptions& common, const std::string& id) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value issuer, api.get(path_of(id)));
  return print_one(common, issuer);
}

Result<ExitStatus> remove_issuer(const CommonOptions& common, const std::string& id) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value issuer, api.get(path_of(id)));  // a mistyped id is said
  LG_TRY(api.remove(path_of(id)));
  if (common.json) {
    print_json(issuer);
  } else {
    std::printf("removed %s (%s): its tokens are refused from now on\n",
                one_line(text_member(issuer, "issuer")).c_str(), id.c_str());
  }
  return done;
}

Result<ExitStatus> test_issuer_token(const CommonOptions& common, const std::string& token) {
  std::string sent = token;
  if (token == "-") {
    LG_ASSIGN(sent, read_input("-"));
    while (!sent.empty() && (sent.back() == '\n' || sent.back() == '\r')) sent.pop_back();
  }
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value report, api.post("/admin/issuers/test", json::object{{"token", sent}}));
  const bool accepted = member(report, "accepted") == json::value(true);
  if (common.json) {
    print_json(report);
    return accepted ? done : refused;
  }
  for (const json::value& check : items(member(report, "checks"))) {
    const std::string issuer = text_member(check, "issuerId");
    std::printf("%-8s %-10s %s%s\n", member(check, "passed") == json::value(true) ? "ok" : "refused",
                text_member(check, "check").c_str(), one_line(text_member(check, "detail")).c_str(),
                issuer.empty() ? "" : fmt::format("  [{}]", issuer).c_str());
  }
  if (accepted) {
    std::printf("accepted: acts with API key %s of %s as %s\n", text_member(report, "apiKey").c_str(),
                text_member(report, "orgId").c_str(), one_line(text_member(report, "user")).c_str());
  }
  return accepted ? done : refused;
}

}  // namespace lakegate::cli
