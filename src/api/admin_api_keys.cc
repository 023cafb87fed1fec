#include <boost/json.hpp>

#include <algorithm>

#include "api/admin.h"
#include "api/admin_body.h"
#include "api/answer_once.h"
#include "auth/api_keys.h"
#include "auth/client_secret.h"
#include "auth/grants.h"
#include "base/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

const auth::Need manage_org{Right::manage, auth::Reach::org};

ApiKey key_of(const http::Request& request) { return ApiKey(request.path_parameter("apiKey")); }

auth::KeyHolder holder_of(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  return {.actor = actor_of(parts, request, identity), .own = identity.client_id, .grants = identity.grants};
}

Result<json::object> render(ReadTx& tx, const auth::ApiKeyState& key) {
  const ledger::Client& client = key.client;
  LG_ASSIGN(json::value grants, auth::render_grants(tx, client.org, key.grants));
  json::array former;
  for (const ledger::FormerSecret& secret : key.former_secrets) former.emplace_back(secret.good_until);
  return json::object{{"apiKey", client.client_id.text()},
                      {"name", client.name},
                      {"enabled", !client.disabled},
                      {"grants", std::move(grants)},
                      {"userId", client.user_id},
                      {"created", client.created},
                      {"createdUser", client.created_user.empty() ? "server" : client.created_user},
                      {"updated", client.updated},
                      {"secretCreated", client.secret_created},
                      {"formerSecretsGoodUntil", std::move(former)}};
}

Result<http::Response> show(const AdminRoutes& parts, const ApiKey& id, const auth::Identity& identity) {
  LG_ASSIGN(const json::object key, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const auth::ApiKeyState found, auth::find_key(tx, identity.scope.org, id, parts.clock.now_ms()));
    return render(tx, found);
  }));
  return json_answer(200, key);
}

Result<http::Response> list(const AdminRoutes& parts, const auth::Identity& identity) {
  LG_ASSIGN(json::array keys, parts.ledger.read([&](ReadTx& tx) -> Result<json::array> {
    LG_ASSIGN(const auto found, auth::list_keys(tx, identity.scope.org, parts.clock.now_ms()));
    json::array made;
    for (const auth::ApiKeyState& key : found) {
      LG_ASSIGN(json::object rendered, render(tx, key));
      made.push_back(std::move(rendered));
    }
    return made;
  }));
  return json_answer(200, json::object{{"apiKeys", std::move(keys)}});
}

// The sandbox that a client with these grants begins with: of those that are there still.
Result<std::string> first_sandbox(ReadTx& tx, OrgNumber org, const auth::GrantList& grants) {
  const auto in_all = [](const Grant& grant) { return !grant.sandbox; };
  if (!grants || std::ranges::any_of(*grants, in_all)) return std::string(auth::production_sandbox);
  for (const Grant& grant : *grants) {
    LG_ASSIGN(const ledger::Sandbox one, ledger::get_sandbox(tx, {.org = org, .sandbox = *grant.sandbox}));
    if (!one.deleted) return one.name;
  }
  return std::string(auth::production_sandbox);
}

struct MadeKey {
  ApiKey client_id;
  std::string secret;
  std::string sandbox_name;
};

http::Response credentials(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity,
                           int status, const MadeKey& key) {
  const std::string base_url = parts.base_url.empty() ? request.origin() : parts.base_url;
  return secret_answer(status, auth::credentials_json({.ims_org = identity.ims_org,
                                                       .sandbox_name = key.sandbox_name,
                                                       .tenant = identity.tenant,
                                                       .client_id = key.client_id,
                                                       .client_secret = key.secret},
                                                      base_url));
}

Result<http::Response> create(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"name", "grants"}));
  LG_ASSIGN(const std::string name, body.needed_text("name"));
  const auth::KeyHolder by = holder_of(parts, request, identity);
  const auth::PreparedKey key = auth::prepare_key(by.actor.org, name, parts.random, by.actor);
  LG_ASSIGN(const MadeKey made, parts.ledger.write([&](Tx& tx) -> Result<MadeKey> {
    auth::GrantList grants;
    if (body.has("grants")) {
      LG_ASSIGN(grants, auth::read_grants(tx, by.actor.org, body.at("grants")));
    }
    LG_TRY(auth::create_key(tx, by, key, grants));
    LG_ASSIGN(std::string sandbox, first_sandbox(tx, by.actor.org, grants));
    return MadeKey{key.client.client_id, key.secret, std::move(sandbox)};
  }));
  return credentials(parts, request, identity, 201, made);
}

Result<http::Response> update(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"name", "grants"}));
  auth::ApiKeyChange change;
  LG_ASSIGN(change.name, body.text("name"));
  const auth::KeyHolder by = holder_of(parts, request, identity);
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    if (body.has("grants")) {
      LG_ASSIGN(change.grants, auth::read_grants(tx, by.actor.org, body.at("grants")));
    }
    return auth::change_key(tx, by, key_of(request), change);
  }));
  parts.directory.forget();
  return show(parts, key_of(request), identity);
}

Result<http::Response> rotate(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity) {
  LG_ASSIGN(const AdminBody body, AdminBody::read(request, {"overlapSeconds", "revokeTokens"}));
  LG_ASSIGN(const auto overlap, body.number("overlapSeconds"));
  LG_ASSIGN(const auto revoke, body.flag("revokeTokens"));
  const auth::Rotation rotation{.overlap = std::min(overlap.value_or(0), auth::overlap_max) * 1000,
                                .revoke_tokens = revoke.value_or(false)};
  const auth::KeyHolder by = holder_of(parts, request, identity);
  MadeKey made{key_of(request), auth::make_client_secret(parts.random), {}};
  const std::string hash = auth::hash_client_secret(made.secret, parts.random);
  LG_ASSIGN(made.sandbox_name, parts.ledger.write([&](Tx& tx) -> Result<std::string> {
    LG_TRY(auth::rotate_key(tx, by, made.client_id, hash, rotation));
    LG_ASSIGN(const auth::ApiKeyState key, auth::find_key(tx, by.actor.org, made.client_id, by.actor.now));
    return first_sandbox(tx, by.actor.org, key.grants);
  }));
  parts.directory.forget();
  return credentials(parts, request, identity, 200, made);
}

using KeyChange = Status (*)(Tx&, const auth::KeyHolder&, const ApiKey&);

Status change(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity, KeyChange make) {
  const auth::KeyHolder by = holder_of(parts, request, identity);
  LG_TRY(parts.ledger.write([&](Tx& tx) { return make(tx, by, key_of(request)); }));
  parts.directory.forget();
  return {};
}

}  // namespace

void add_api_key_routes(http::Router& router, const AdminRoutes& parts) {
  const Gateway& gateway = parts.gateway;
  using Answer = Result<http::Response> (*)(const AdminRoutes&, const http::Request&, const auth::Identity&);
  const auto with_parts = [parts](Answer answer) -> Gateway::Handler {
    return [parts, answer](const http::Request& request, const auth::Identity& identity) {
      return answer(parts, request, identity);
    };
  };
  router.add("POST", "/admin/api-keys", gateway.creating(manage_org, with_parts(create)));
  router.add("GET", "/admin/api-keys",
             gateway.authorised(manage_org, [parts](const http::Request&, const auth::Identity& identity) {
               return list(parts, identity);
             }));
  router.add("GET", "/admin/api-keys/{apiKey}",
             gateway.authorised(manage_org, [parts](const http::Request& request, const auth::Identity& identity) {
               return show(parts, key_of(request), identity);
             }));
  router.add("PATCH", "/admin/api-keys/{apiKey}", gateway.authorised(manage_org, with_parts(update)));
  router.add("POST", "/admin/api-keys/{apiKey}/rotate", gateway.authorised(manage_org, with_parts(rotate)));
  const auto act = [&](const char* path, KeyChange make) {
    router.add("POST", path,
               gateway.authorised(
                   manage_org, answering_again(parts.ledger, parts.clock,
                                               [parts, make](const http::Request& request,
                                                             const auth::Identity& identity) -> Result<http::Response> {
                                                 LG_TRY(change(parts, request, identity, make));
                                                 return show(parts, key_of(request), identity);
                                               })));
  };
  act("/admin/api-keys/{apiKey}/revoke", auth::revoke_key);
  act("/admin/api-keys/{apiKey}/enable", auth::enable_key);
  router.add(
      "DELETE", "/admin/api-keys/{apiKey}",
      gateway.authorised(
          manage_org, [parts](const http::Request& request, const auth::Identity& identity) -> Result<http::Response> {
            LG_TRY(change(parts, request, identity, auth::delete_key));
            return http::Response::empty(204);
          }));
}

}  // namespace lakegate::api
