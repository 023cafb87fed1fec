#include <cstdio>

#include "cli/commands.h"
#include "cli/json_reading.h"

namespace lakegate::cli {

namespace json = boost::json;

Result<ExitStatus> print_token(const CommonOptions& common) {
  LG_ASSIGN(const Target target, load_target(common.target));
  HttpClient http(target.ca_file);
  LG_ASSIGN(const json::object answer, TokenHolder::fetch(http, target));
  if (common.json) {
    print_json(answer);
  } else {
    std::puts(text_member(answer, "access_token").c_str());
  }
  return done;
}

// What is printed is the new org's credentials file, so that `> credentials.json` keeps it; --json changes nothing.
Result<ExitStatus> create_org(const CommonOptions& common, const OrgOptions& wanted) {
  LG_ASSIGN(ApiClient api, connect(common));
  json::object order{{"name", wanted.name}};
  if (!wanted.tenant.empty()) order.emplace("tenant", wanted.tenant);
  if (!wanted.org.empty()) order.emplace("orgId", wanted.org);
  LG_ASSIGN(const json::value credentials, api.post("/admin/orgs", order));
  print_json(credentials);
  return done;
}

}  // namespace lakegate::cli
