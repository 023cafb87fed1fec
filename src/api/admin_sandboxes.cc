#include <boost/json.hpp>

#include "api/admin.h"
#include "api/sandbox_json.h"
#include "api/sandbox_operations.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

const auth::Need manage_org{Right::manage, auth::Reach::org};

}  // namespace

void add_sandbox_routes(http::Router& router, const AdminRoutes& parts) {
  const Gateway& gateway = parts.gateway;
  router.add("POST", "/admin/sandboxes",
             gateway.creating(manage_org, [parts](const http::Request& request, const auth::Identity& identity) {
               return create_sandbox(parts, request, identity, "create sandbox", sandbox_json);
             }));
  router.add("GET", "/admin/sandboxes",
             gateway.authorised(
                 manage_org, [parts](const http::Request&, const auth::Identity& identity) -> Result<http::Response> {
                   LG_ASSIGN(const auto sandboxes, visible_sandboxes(parts, identity));
                   json::array list;
                   for (const ledger::Sandbox& sandbox : sandboxes) list.push_back(sandbox_json(sandbox));
                   return json_answer(200, json::object{{"sandboxes", std::move(list)}});
                 }));
  router.add(
      "GET", "/admin/sandboxes/{name}",
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_ASSIGN(const ledger::Sandbox sandbox, visible_sandbox(parts, request, identity));
            return json_answer(200, sandbox_json(sandbox));
          }));
  router.add(
      "PATCH", "/admin/sandboxes/{name}",
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_ASSIGN(const ledger::Sandbox sandbox, update_sandbox(parts, request, identity));
            return json_answer(200, sandbox_json(sandbox));
          }));
  router.add(
      "DELETE", "/admin/sandboxes/{name}",
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_TRY(remove_sandbox(parts, request, identity));
            return http::Response::empty(204);
          }));
}

}  // namespace lakegate::api
