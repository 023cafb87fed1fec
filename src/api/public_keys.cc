#include "api/public_keys.h"

#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "auth/public_key.h"
#include "base/error_codes.h"
#include "ledger/audit.h"
#include "ledger/client_keys.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

json::object render(const ledger::ClientKey& key) {
  return {{"keyId", key.key_id}, {"publicKey", key.pem}, {"created", key.created}};
}

http::Response answer(int status, const json::object& body) {
  return http::Response::text(status, "application/json", json::serialize(body));
}

Result<auth::PublicKey> read_key(const http::Request& request) {
  boost::system::error_code failed;
  const json::value body = json::parse(request.body, failed);
  const json::object* object = failed ? nullptr : body.if_object();
  const json::value* pem = object == nullptr ? nullptr : object->if_contains("publicKey");
  if (pem == nullptr || !pem->is_string()) {
    return fail(codes::invalid_argument,
                "Expected a JSON object with `publicKey`, the text of a PEM file with a public key or certificate.");
  }
  return auth::PublicKey::from_pem(pem->get_string());
}

struct Caller {
  const auth::Identity& identity;
  const std::string& request_id;
};

Status note(Tx& tx, const PublicKeyRoutes& parts, const Caller& caller, const char* action, const std::string& key_id) {
  return ledger::record_audit(tx, {.org = caller.identity.scope.org,
                                   .at = parts.clock.now_ms(),
                                   .actor = caller.identity.user_id,
                                   .action = action,
                                   .subject = caller.identity.client_id.text(),
                                   .detail = json::serialize(json::object{{"keyId", key_id}}),
                                   .request_id = caller.request_id});
}

Result<http::Response> add(const PublicKeyRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const auth::PublicKey key, read_key(request));
  const ledger::ClientKey row{.key_id = key.key_id(), .pem = key.to_pem(), .created = parts.clock.now_ms()};
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::add_client_key(tx, identity.client_id, row));
    return note(tx, parts, {identity, request.id}, "public_key.add", row.key_id);
  }));
  return answer(201, render(row));
}

Result<http::Response> list(const PublicKeyRoutes& parts, const auth::Identity& identity) {
  LG_ASSIGN(const std::vector<ledger::ClientKey> keys,
            parts.ledger.read([&](ReadTx& tx) { return ledger::client_keys(tx, identity.client_id); }));
  json::array rendered;
  for (const ledger::ClientKey& key : keys) rendered.push_back(render(key));
  return answer(200, {{"keys", std::move(rendered)}});
}

Result<http::Response> remove(const PublicKeyRoutes& parts, const http::Request& request,
                              const auth::Identity& identity) {
  const std::string& key_id = request.path_parameter("keyId");
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const bool removed, ledger::remove_client_key(tx, identity.client_id, key_id));
    return removed ? note(tx, parts, {identity, request.id}, "public_key.remove", key_id) : Status();
  }));
  return http::Response::empty(204);
}

}  // namespace

void add_public_key_routes(http::Router& router, const PublicKeyRoutes& parts) {
  router.add(
      "POST", "/admin/public-keys",
      parts.gateway.creating({Right::manage, Reach::org},
                             answering_again(parts.ledger, parts.clock,
                                             [parts](const http::Request& request, const auth::Identity& identity) {
                                               return add(parts, request, identity);
                                             })));
  router.add("GET", "/admin/public-keys",
             parts.gateway.authorised(
                 {Right::manage, Reach::org},
                 [parts](const http::Request&, const auth::Identity& identity) { return list(parts, identity); }));
  router.add("DELETE", "/admin/public-keys/{keyId}",
             parts.gateway.authorised({Right::manage, Reach::org},
                                      [parts](const http::Request& request, const auth::Identity& identity) {
                                        return remove(parts, request, identity);
                                      }));
}

}  // namespace lakegate::api
