#include "auth/api_keys.h"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

#include "auth/client_secret.h"
#include "auth/error_codes.h"
#include "auth/grants.h"
#include "auth/names.h"
#include "base/error_codes.h"
#include "ledger/client_grants.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

Result<ledger::Client> find_living(ReadTx& tx, OrgNumber org, const ApiKey& key) {
  Result<ledger::Client> client = ledger::find_client(tx, key);
  if (!client && client.error().kind() != ErrorKind::not_found) return client;
  if (client && client->org == org && !client->deleted) return client;
  return fail(codes::not_found, "There is no API key {}.", key);
}

// What keys of the org can hand on, on all of it.
Result<Rights> handed_on(ReadTx& tx, OrgNumber org) {
  Rights found;
  for (const Right right : all_rights) {
    LG_ASSIGN(const bool has, ledger::has_manager(tx, org, right));
    if (has) found = found | right;
  }
  return found;
}

// Asked after the change, in its transaction; `before` it was handed on. What the holder has itself it may give up,
// but for the right to manage.
Status check_handed_on(ReadTx& tx, const KeyHolder& by, Rights before, std::string_view what) {
  LG_ASSIGN(const Rights after, handed_on(tx, by.actor.org));
  if (!after.has(Right::manage)) {
    return fail(
        codes::key_needed,
        "It is the last enabled key of the org that may manage all of it, and cannot be {}. Make another one first: "
        "without grants, or with the right manage on all sandboxes and datasets.",
        what);
  }
  for (const Right right : {Right::ingest, Right::read}) {
    if (!before.has(right) || after.has(right) || by.grants.on_all(right)) continue;
    return fail(
        codes::key_needed,
        "It is the last enabled key of the org that can hand on the right \"{}\" on all of it, which the asking "
        "key lacks: it cannot be {} by that one.",
        to_string(right), what);
  }
  return {};
}

// Whether `own` has the right wherever the grant has it.
bool covers(const Grants& own, const Grant& grant, Right right) {
  if (own.on_all(right)) return true;
  if (!grant.sandbox) return false;
  const auto rights = own.in(*grant.sandbox);
  if (rights == nullptr || rights->everywhere().has(right)) return true;
  return grant.datasets &&
         std::ranges::all_of(*grant.datasets, [&](const DatasetId& id) { return rights->on(id).has(right); });
}

Status check_covered(const Grants& own, const GrantList& wanted) {
  if (own.is_all()) return {};
  const std::vector<Grant> everything = {{.rights = Rights::all()}};
  for (const Grant& grant : wanted.value_or(everything)) {
    for (const Right right : all_rights) {
      if (!grant.rights.has(right) || covers(own, grant, right)) continue;
      return fail(codes::grant_exceeds, "The asking key lacks the right \"{}\" {}: it cannot be handed on.",
                  to_string(right),
                  !grant.sandbox   ? "on all sandboxes and datasets of the org"
                  : grant.datasets ? "on those datasets"
                                   : "on all datasets of that sandbox");
    }
  }
  return {};
}

std::string detail(json::object before, json::object after) {
  json::object made;
  if (!before.empty()) made.emplace("before", std::move(before));
  if (!after.empty()) made.emplace("after", std::move(after));
  return json::serialize(made);
}

}  // namespace

PreparedKey prepare_key(OrgNumber org, const std::string& name, Random& random, const Actor& by) {
  std::string secret = make_client_secret(random);
  ledger::Client client{.client_id = ApiKey(random.hex(32)),
                        .org = org,
                        .secret_hash = hash_client_secret(secret, random),
                        .user_id = make_user_id(random),
                        .name = name,
                        .disabled = false,
                        .created = by.now,
                        .created_user = by.user};
  return {.client = std::move(client), .secret = std::move(secret)};
}

Status create_key(Tx& tx, const KeyHolder& by, const PreparedKey& key, const GrantList& grants) {
  LG_TRY(check_name("A key's name", key.client.name));
  LG_TRY(check_covered(by.grants, grants));
  LG_TRY(ledger::insert_client(tx, key.client));
  LG_TRY(ledger::set_client_grants(tx, key.client.org, key.client.client_id, grants));
  LG_ASSIGN(json::value granted, render_grants(tx, key.client.org, grants));
  return note(tx, by.actor, "api_key.create", key.client.client_id.text(),
              detail({}, {{"name", key.client.name}, {"grants", std::move(granted)}}));
}

Status change_key(Tx& tx, const KeyHolder& by, const ApiKey& key, const ApiKeyChange& change) {
  const OrgNumber org = by.actor.org;
  LG_ASSIGN(const ledger::Client client, find_living(tx, org, key));
  json::object before;
  json::object after;
  if (change.name && *change.name != client.name) {
    LG_TRY(check_name("A key's name", *change.name));
    LG_TRY(ledger::set_client_name(tx, org, key, *change.name, by.actor.now));
    before["name"] = client.name;
    after["name"] = *change.name;
  }
  LG_ASSIGN(const GrantList former, ledger::client_grants(tx, key));
  if (change.grants && *change.grants != former) {
    LG_TRY(check_covered(by.grants, *change.grants));
    LG_ASSIGN(before["grants"], render_grants(tx, org, former));
    LG_ASSIGN(after["grants"], render_grants(tx, org, *change.grants));
    LG_ASSIGN(const Rights handed, handed_on(tx, org));
    LG_TRY(ledger::set_client_grants(tx, org, key, *change.grants));
    LG_TRY(ledger::set_client_name(tx, org, key, change.name.value_or(client.name), by.actor.now));
    LG_TRY(check_handed_on(tx, by, handed, "narrowed"));
  }
  if (after.empty()) return {};
  return note(tx, by.actor, "api_key.update", key.text(), detail(std::move(before), std::move(after)));
}

Status rotate_key(Tx& tx, const KeyHolder& by, const ApiKey& key, std::string_view secret_hash,
                  const Rotation& rotation) {
  const OrgNumber org = by.actor.org;
  const Millis now = by.actor.now;
  if (rotation.overlap < 0 || rotation.overlap > overlap_max) {
    return fail(codes::invalid_argument, "The overlap is {} s; expected 0 to {} s.", rotation.overlap / 1000,
                overlap_max / 1000);
  }
  LG_TRY(find_living(tx, org, key));
  LG_TRY(check_lends(tx, by, key));
  if (rotation.overlap == 0) LG_TRY(ledger::forget_former_secrets(tx, key));
  LG_TRY(ledger::replace_secret(tx, org, key, secret_hash, now + rotation.overlap, now));
  if (rotation.revoke_tokens) LG_TRY(ledger::void_tokens(tx, org, key, now));
  return note(tx, by.actor, "api_key.rotate", key.text(),
              json::serialize(
                  json::object{{"overlapSeconds", rotation.overlap / 1000}, {"revokeTokens", rotation.revoke_tokens}}));
}

Status revoke_key(Tx& tx, const KeyHolder& by, const ApiKey& key) {
  const OrgNumber org = by.actor.org;
  LG_ASSIGN(const ledger::Client client, find_living(tx, org, key));
  if (client.disabled) return {};
  LG_ASSIGN(const Rights handed, handed_on(tx, org));
  LG_TRY(ledger::set_client_disabled(tx, org, key, true, by.actor.now));
  LG_TRY(ledger::void_tokens(tx, org, key, by.actor.now));
  LG_TRY(check_handed_on(tx, by, handed, "revoked"));
  return note(tx, by.actor, "api_key.revoke", key.text(), detail({{"enabled", true}}, {{"enabled", false}}));
}

Status enable_key(Tx& tx, const KeyHolder& by, const ApiKey& key) {
  const OrgNumber org = by.actor.org;
  LG_ASSIGN(const ledger::Client client, find_living(tx, org, key));
  if (!client.disabled) return {};
  LG_TRY(check_lends(tx, by, key));
  LG_TRY(ledger::set_client_disabled(tx, org, key, false, by.actor.now));
  return note(tx, by.actor, "api_key.enable", key.text(), detail({{"enabled", false}}, {{"enabled", true}}));
}

Status delete_key(Tx& tx, const KeyHolder& by, const ApiKey& key) {
  const OrgNumber org = by.actor.org;
  LG_ASSIGN(const ledger::Client client, find_living(tx, org, key));
  LG_ASSIGN(const Rights handed, handed_on(tx, org));
  LG_TRY(ledger::delete_client(tx, org, key, by.actor.now));
  LG_TRY(check_handed_on(tx, by, handed, "deleted"));
  return note(tx, by.actor, "api_key.delete", key.text(), detail({{"name", client.name}}, {}));
}

Status check_lends(ReadTx& tx, const KeyHolder& by, const ApiKey& key) {
  if (key == by.own) return {};
  LG_ASSIGN(const GrantList grants, ledger::client_grants(tx, key));
  return check_covered(by.grants, grants);
}

Result<ApiKeyState> find_key(ReadTx& tx, OrgNumber org, const ApiKey& key, Millis now) {
  LG_ASSIGN(ledger::Client client, find_living(tx, org, key));
  LG_ASSIGN(GrantList grants, ledger::client_grants(tx, key));
  LG_ASSIGN(auto former, ledger::former_secrets(tx, key, now));
  return ApiKeyState{std::move(client), std::move(grants), std::move(former)};
}

Result<std::vector<ApiKeyState>> list_keys(ReadTx& tx, OrgNumber org, Millis now) {
  LG_ASSIGN(std::vector<ledger::Client> clients, ledger::list_clients(tx, org));
  std::vector<ApiKeyState> keys;
  for (const ledger::Client& client : clients) {
    LG_ASSIGN(ApiKeyState key, find_key(tx, org, client.client_id, now));
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace lakegate::auth
