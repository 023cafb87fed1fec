#include "api/admin.h"

#include <boost/json/serialize.hpp>

#include <utility>

#include "auth/error_codes.h"

namespace lakegate::api {

auth::Actor actor_of(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  return {.org = identity.scope.org, .user = identity.user_id, .request_id = request.id, .now = parts.clock.now_ms()};
}

Result<ledger::Org> org_asked_for(ReadTx& tx, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const ledger::Org own, ledger::get_org(tx, identity.scope.org));
  const auto id = request.query_value("orgId");
  if (!id || *id == own.ims_org.text()) return own;
  LG_ASSIGN(const ledger::Org first, ledger::first_org(tx));
  if (first.number != own.number)
    return fail(codes::operator_only, "orgId names another org than your own, {}.", own.ims_org);
  return ledger::find_org_ever(tx, ImsOrgId(std::string(*id)));
}

http::Response json_answer(int status, const boost::json::value& body) {
  return http::Response::text(status, "application/json", boost::json::serialize(body));
}

http::Response secret_answer(int status, std::string body) {
  auto response = http::Response::text(status, "application/json", std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace lakegate::api
