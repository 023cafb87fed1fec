#include <cstdio>

#include "cli/admin_commands.h"
#include "cli/credentials_output.h"
#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

std::string path_of(const std::string& org) { return "/admin/orgs/" + percent_encode(org); }

std::string state_of(const json::value& org) {
  const json::value& enabled = member(org, "enabled");
  return enabled.is_bool() && !enabled.get_bool() ? "disabled" : "enabled";
}

void print_org(const CommonOptions& common, const json::value& org) {
  if (common.json) {
    print_json(org);
    return;
  }
  std::string sandboxes;
  for (const json::value& name : items(member(org, "sandboxes")))
    sandboxes += (sandboxes.empty() ? "" : ", ") + text(name);
  std::printf(
      "id         %s\nname       %s\ntenant     %s\nstate      %s\ncreated    %s\nsandboxes  %s\nkeys       %lld\n",
      text_member(org, "orgId").c_str(), one_line(text_member(org, "name")).c_str(),
      text_member(org, "tenantId").c_str(), state_of(org).c_str(), time_text(number_member(org, "created")).c_str(),
      sandboxes.c_str(), static_cast<long long>(number_member(org, "apiKeys")));
}

}  // namespace

Result<ExitStatus> create_org(const CommonOptions& common, const OrgOptions& wanted) {
  LG_TRY(check_credentials_file(wanted.out, false));
  LG_ASSIGN(ApiClient api, connect(common));
  api.set_patience({});  // a second one would find the names taken
  json::object order{{"name", wanted.name}};
  if (!wanted.tenant.empty()) order.emplace("tenant", wanted.tenant);
  if (!wanted.org.empty()) order.emplace("orgId", wanted.org);
  LG_ASSIGN(const json::value credentials, api.post("/admin/orgs", order));
  LG_TRY(write_credentials(credentials, wanted.out));
  if (wanted.out.empty()) return done;
  const json::object made{{"orgId", text_member(credentials, "orgId")}, {"credentials", wanted.out}};
  if (common.json) {
    print_json(made);
  } else {
    std::printf("created %s; credentials of its first key are in %s\n", text_member(credentials, "orgId").c_str(),
                wanted.out.c_str());
  }
  return done;
}

Result<ExitStatus> list_orgs(const CommonOptions& common) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get("/admin/orgs"));
  if (common.json) {
    print_json(answer);
    return done;
  }
  TextTable table({"ORG", "NAME", "TENANT", "STATE", "CREATED"});
  for (const json::value& org : items(member(answer, "orgs"))) {
    table.add({text_member(org, "orgId"), text_member(org, "name"), text_member(org, "tenantId"), state_of(org),
               time_text(number_member(org, "created"))});
  }
  std::fputs(table.text().c_str(), stdout);
  return done;
}

Result<ExitStatus> show_org(const CommonOptions& common, const std::string& org) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.get(path_of(org)));
  print_org(common, answer);
  return done;
}

Result<ExitStatus> rename_org(const CommonOptions& common, const std::string& org, const std::string& name) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.exchange("PATCH", path_of(org), json::object{{"name", name}}));
  print_org(common, answer);
  return done;
}

Result<ExitStatus> act_on_org(const CommonOptions& common, const std::string& org, const std::string& action) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_ASSIGN(const json::value answer, api.post_empty(path_of(org) + "/" + action));
  print_org(common, answer);
  return done;
}

Result<ExitStatus> delete_org(const CommonOptions& common, const std::string& org, bool force) {
  LG_ASSIGN(ApiClient api, connect(common));
  LG_TRY(api.remove(path_of(org) + (force ? "?force=true" : "")));
  if (common.json) {
    print_json(json::object{{"deleted", org}});
  } else {
    std::printf("deleted %s\n", org.c_str());
  }
  return done;
}

}  // namespace lakegate::cli
