#include <boost/json.hpp>

#include "api/system.h"
#include "auth/enrolment.h"
#include "auth/error_codes.h"
#include "base/error_codes.h"
#include "ledger/orgs.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<std::string> text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return fail(codes::invalid_argument, "Member {}: expected a text.", name);
  return std::string(value->as_string());
}

Result<auth::NewOrg> read_order(const http::Request& request) {
  boost::system::error_code failed;
  const json::value body = json::parse(request.body, failed);
  if (failed || !body.is_object())
    return fail(codes::invalid_argument, "Expected a JSON object with `name`, perhaps `tenant` and `orgId`.");
  LG_ASSIGN(std::string name, text_member(body.as_object(), "name"));
  LG_ASSIGN(std::string tenant, text_member(body.as_object(), "tenant"));
  LG_ASSIGN(std::string org, text_member(body.as_object(), "orgId"));
  return auth::NewOrg{.name = std::move(name), .tenant = std::move(tenant), .ims_org = ImsOrgId(std::move(org))};
}

Result<http::Response> create_org(const OrgRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  LG_ASSIGN(const auth::NewOrg wanted, read_order(request));
  LG_ASSIGN(const auth::Enrolment enrolment, auth::Enrolment::prepare(wanted, parts.random));
  LG_TRY(enrolment.commit(parts.ledger, parts.clock.now_ms(), identity.user_id));
  const std::string base_url = parts.base_url.empty() ? request.origin() : parts.base_url;
  auto response =
      http::Response::text(201, "application/json", auth::credentials_json(enrolment.credentials(), base_url));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<http::Response> list_orgs(const OrgRoutes& parts) {
  LG_ASSIGN(const auto orgs, parts.ledger.read([](ReadTx& tx) { return ledger::list_orgs(tx); }));
  json::array list;
  for (const ledger::Org& org : orgs) {
    list.push_back(json::object{
        {"orgId", org.ims_org.text()}, {"name", org.name}, {"tenantId", org.tenant}, {"created", org.created}});
  }
  return http::Response::text(200, "application/json", json::serialize(json::object{{"orgs", std::move(list)}}));
}

}  // namespace

void add_org_routes(http::Router& router, const OrgRoutes& parts) {
  router.add("POST", "/admin/orgs",
             parts.gateway.creating({Right::manage, Reach::server},
                                    [parts](const http::Request& request, const auth::Identity& identity) {
                                      return create_org(parts, request, identity);
                                    }));
  router.add(
      "GET", "/admin/orgs",
      parts.gateway.authorised({Right::manage, Reach::server},
                               [parts](const http::Request&, const auth::Identity&) { return list_orgs(parts); }));
}

}  // namespace lakegate::api
