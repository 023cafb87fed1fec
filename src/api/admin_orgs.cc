#include <boost/json.hpp>

#include "api/admin.h"
#include "api/admin_body.h"
#include "api/answer_once.h"
#include "auth/enrolment.h"
#include "auth/org_changes.h"
#include "base/error_codes.h"
#include "catalog/org_emptying.h"
#include "ledger/orgs.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

const auth::Need operator_only{Right::manage, auth::Reach::server};

json::object render(const ledger::Org& org) {
  return {{"orgId", org.ims_org.text()},
          {"name", org.name},
          {"tenantId", org.tenant},
          {"created", org.created},
          {"enabled", org.state == ledger::OrgState::enabled}};
}

ImsOrgId org_of(const http::Request& request) { return ImsOrgId(request.path_parameter("orgId")); }

Result<http::Response> create_org(const AdminRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"name", "tenant", "orgId"}));
  auth::NewOrg wanted;
  LG_ASSIGN(wanted.name, body.needed_text("name"));
  LG_ASSIGN(const auto tenant, body.text("tenant"));
  LG_ASSIGN(const auto org, body.text("orgId"));
  wanted.tenant = tenant.value_or("");
  wanted.ims_org = ImsOrgId(org.value_or(""));
  LG_ASSIGN(const auth::Enrolment enrolment, auth::Enrolment::prepare(wanted, parts.random));
  LG_TRY(enrolment.commit(parts.ledger, actor_of(parts, request, identity)));
  const std::string base_url = parts.base_url.empty() ? request.origin() : parts.base_url;
  return secret_answer(201, auth::credentials_json(enrolment.credentials(), base_url));
}

Result<http::Response> list_orgs(const AdminRoutes& parts) {
  LG_ASSIGN(const auto orgs, parts.ledger.read([](ReadTx& tx) { return ledger::list_orgs(tx); }));
  json::array list;
  for (const ledger::Org& org : orgs) list.push_back(render(org));
  return json_answer(200, json::object{{"orgs", std::move(list)}});
}

Result<json::object> look_at(ReadTx& tx, const ImsOrgId& id) {
  LG_ASSIGN(const ledger::Org org, ledger::find_org(tx, id));
  LG_ASSIGN(const auto sandboxes, ledger::list_sandboxes(tx, org.number));
  LG_ASSIGN(const auto clients, ledger::list_clients(tx, org.number));
  LG_ASSIGN(const ledger::Org first, ledger::first_org(tx));
  json::object made = render(org);
  made["operator"] = org.number == first.number;
  json::array names;
  for (const ledger::Sandbox& sandbox : sandboxes) names.emplace_back(sandbox.name);
  made["sandboxes"] = std::move(names);
  made["apiKeys"] = clients.size();
  return made;
}

Result<http::Response> show_org(const AdminRoutes& parts, const ImsOrgId& id) {
  LG_ASSIGN(const json::object org, parts.ledger.read([&](ReadTx& tx) { return look_at(tx, id); }));
  return json_answer(200, org);
}

using OrgChange = Status (*)(Tx&, const auth::Actor&, const ledger::Org&);

Status change(const AdminRoutes& parts, const auth::Actor& by, const ImsOrgId& id, OrgChange make) {
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const ledger::Org org, ledger::find_org(tx, id));
    return make(tx, by, org);
  }));
  parts.directory.forget();
  return {};
}

Gateway::Handler changing(const AdminRoutes& parts, OrgChange make) {
  return [parts, make](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
    LG_TRY(change(parts, actor_of(parts, request, identity), org_of(request), make));
    return show_org(parts, org_of(request));
  };
}

Result<http::Response> rename_org(const AdminRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"name"}));
  LG_ASSIGN(const std::string name, body.needed_text("name"));
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const ledger::Org org, ledger::find_org(tx, org_of(request)));
    return auth::rename_org(tx, actor_of(parts, request, identity), org, name);
  }));
  parts.directory.forget();
  return show_org(parts, org_of(request));
}

Result<http::Response> delete_org(const AdminRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  const std::string_view force = request.query_value("force").value_or("false");
  if (force != "true" && force != "false")
    return fail(codes::invalid_argument, "force is \"{}\"; expected true or false.", force);
  const auth::Actor by = actor_of(parts, request, identity);
  if (force == "true") {
    // Its keys are out first, so that no more datasets come. A stop in between leaves a disabled org with fewer of
    // them: the same request goes on.
    LG_TRY(change(parts, by, org_of(request), auth::disable_org));
    LG_ASSIGN(const ledger::Org org,
              parts.ledger.read([&](ReadTx& tx) { return ledger::find_org(tx, org_of(request)); }));
    LG_TRY(catalog::delete_datasets_of_org(
        {.ledger = parts.ledger, .clock = parts.clock, .reader_grace = parts.reader_grace}, org.number, by.user,
        by.request_id));
  }
  LG_TRY(change(parts, by, org_of(request), auth::delete_org));
  return http::Response::empty(204);
}

}  // namespace

void add_org_routes(http::Router& router, const AdminRoutes& parts) {
  const Gateway& gateway = parts.gateway;
  router.add("POST", "/admin/orgs",
             gateway.creating(operator_only, [parts](const http::Request& request, const auth::Identity& identity) {
               return create_org(parts, request, identity);
             }));
  router.add("GET", "/admin/orgs",
             gateway.authorised(operator_only,
                                [parts](const http::Request&, const auth::Identity&) { return list_orgs(parts); }));
  router.add("GET", "/admin/orgs/{orgId}",
             gateway.authorised(operator_only, [parts](const http::Request& request, const auth::Identity&) {
               return show_org(parts, org_of(request));
             }));
  router.add("PATCH", "/admin/orgs/{orgId}",
             gateway.authorised(operator_only, [parts](const http::Request& request, const auth::Identity& identity) {
               return rename_org(parts, request, identity);
             }));
  router.add("DELETE", "/admin/orgs/{orgId}",
             gateway.authorised(operator_only, [parts](const http::Request& request, const auth::Identity& identity) {
               return delete_org(parts, request, identity);
             }));
  const auto act = [&](const char* path, OrgChange make) {
    router.add("POST", path,
               gateway.authorised(operator_only, answering_again(parts.ledger, parts.clock, changing(parts, make))));
  };
  act("/admin/orgs/{orgId}/disable", auth::disable_org);
  act("/admin/orgs/{orgId}/enable", auth::enable_org);
}

}  // namespace lakegate::api
