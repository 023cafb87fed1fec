#include "api/issuers.h"

#include <boost/json.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "auth/api_keys.h"
#include "auth/issuer_address.h"
#include "auth/issuer_json.h"
#include "base/error_codes.h"
#include "ledger/audit.h"
#include "ledger/issuers.h"
#include "ledger/orgs.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

using auth::Identity;
using auth::IssuerTerms;

// Who names the keys of an org to others decides over all of it.
constexpr Need manage_org{Right::manage, Reach::org};

Result<bool> is_operator(const IssuerRoutes& parts, const Identity& identity) {
  LG_ASSIGN(const auth::Account account, parts.directory.first_account());
  return account.org.number == identity.scope.org;
}

Result<json::object> read_object(const http::Request& request, std::string_view expected) {
  json::error_code failed;
  json::value body = json::parse(request.body, failed);
  if (failed || !body.is_object()) return fail(codes::invalid_argument, "Expected a JSON object with {}.", expected);
  return std::move(body.as_object());
}

// Plain http gives whoever sits in between the power to sign tokens. On the server's own machine nobody does; what else
// listens there is for the operator to ask.
Status check_scheme(const IssuerRoutes& parts, const IssuerTerms& terms, bool by_operator) {
  LG_ASSIGN(const auth::IssuerAddress address, auth::read_issuer_address(terms.issuer));
  if (address.https || parts.http_allowed || (address.loopback && by_operator)) return {};
  return fail(codes::invalid_argument,
              "issuer: \"{}\" is not https. http is for the operator's tests on the server's own machine, or where the "
              "setting auth.issuer_http is true.",
              terms.issuer);
}

Result<IssuerTerms> read_terms(const IssuerRoutes& parts, const http::Request& request, bool by_operator) {
  LG_ASSIGN(const json::object object, read_object(request, "`issuer`, `audiences` and `mappings`"));
  LG_ASSIGN(IssuerTerms terms, auth::read_issuer(object));
  LG_TRY(check_scheme(parts, terms, by_operator));
  return terms;
}

// The orgs of all keys that the mappings name. A key of another org does not exist for whoever is not the operator; and
// nobody gives to the tokens of an issuer what their own key may not.
Result<std::set<int64_t>> orgs_of_keys(ReadTx& tx, const IssuerTerms& terms, const Identity& identity,
                                       bool by_operator) {
  const auth::KeyHolder by{.actor = {}, .own = identity.client_id, .grants = identity.grants};
  std::set<int64_t> orgs;
  for (size_t i = 0; i < terms.mappings.size(); ++i) {
    const ApiKey& key = terms.mappings[i].api_key;
    const Result<ledger::Client> client = ledger::find_client(tx, key);
    if (!client && client.error().kind() != ErrorKind::not_found) return std::unexpected(client.error());
    if (!client || client->disabled || client->deleted || (!by_operator && client->org != identity.scope.org)) {
      return fail(codes::invalid_argument, "mappings[{}].apiKey: there is no API key \"{}\"{} that is in use.", i, key,
                  by_operator ? "" : " of your org");
    }
    LG_TRY(auth::check_lends(tx, by, key));
    orgs.insert(client->org.value);
  }
  return orgs;
}

// In the trail of the issuer's org, and of each whose keys it names: they should see who may act with them. `former`:
// its definition before a change.
Status note(Tx& tx, const IssuerRoutes& parts, const Identity& identity, const std::string& request_id,
            const char* action, const ledger::IssuerRow& row, std::set<int64_t> orgs, std::string_view former = {}) {
  orgs.insert(row.org.value);
  json::object detail{{"issuer", row.issuer}};
  if (const json::value definition = json::parse(row.definition); definition.is_object()) {
    detail.emplace("audiences", definition.at("audiences"));
    detail.emplace("mappings", definition.at("mappings"));
  }
  if (!former.empty()) detail.emplace("before", json::parse(former));
  for (const int64_t org : orgs) {
    LG_TRY(ledger::record_audit(tx, {.org = OrgNumber{org},
                                     .at = parts.clock.now_ms(),
                                     .actor = identity.user_id,
                                     .action = action,
                                     .subject = row.id,
                                     .detail = json::serialize(detail),
                                     .request_id = request_id}));
  }
  return {};
}

Result<std::string> org_id(ReadTx& tx, const Identity& identity, OrgNumber org) {
  if (org == identity.scope.org) return identity.ims_org.text();
  LG_ASSIGN(const ledger::Org found, ledger::get_org(tx, org));
  return found.ims_org.text();
}

Result<json::object> render(ReadTx& tx, const Identity& identity, const ledger::IssuerRow& row) {
  LG_ASSIGN(std::string org, org_id(tx, identity, row.org));
  json::object made{{"id", row.id}, {"orgId", std::move(org)}};
  const json::value definition = json::parse(row.definition);
  for (const auto& member : definition.as_object()) made.emplace(member.key(), member.value());
  made.emplace("created", row.created);
  made.emplace("updated", row.updated);
  return made;
}

json::object render(const auth::IssuerKeys::State& state) {
  json::object made{{"usable", state.usable},
                    {"unusable", json::array(state.unusable.begin(), state.unusable.end())},
                    {"readAt", nullptr},
                    {"failure", nullptr}};
  if (state.read_at) made["readAt"] = *state.read_at;
  if (!state.failure.empty()) made["failure"] = state.failure;
  return made;
}

http::Response answer(const json::object& body) {
  return http::Response::text(200, "application/json", json::serialize(body));
}

// `not_found` for one of another org, unless the operator asks.
Result<ledger::IssuerRow> find(ReadTx& tx, const http::Request& request, const Identity& identity, bool by_operator) {
  LG_ASSIGN(ledger::IssuerRow row, ledger::find_issuer(tx, request.path_parameter("issuerId")));
  if (!by_operator && row.org != identity.scope.org)
    return fail(codes::not_found, "There is no issuer with the id {}", row.id);
  return row;
}

Result<http::Response> add(const IssuerRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "register issuer"));
  LG_ASSIGN(const IssuerTerms terms, read_terms(parts, request, by_operator));
  const Millis now = parts.clock.now_ms();
  const ledger::IssuerRow row{.id = parts.random.ulid(now),
                              .org = identity.scope.org,
                              .issuer = terms.issuer,
                              .definition = json::serialize(auth::to_json(terms)),
                              .created = now,
                              .updated = now};
  LG_ASSIGN(ledger::StoredAnswer stored,
            answer_once(parts.ledger, identity.scope, key, now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
              LG_ASSIGN(std::set<int64_t> orgs, orgs_of_keys(tx, terms, identity, by_operator));
              LG_TRY(ledger::insert_issuer(tx, row));
              LG_TRY(note(tx, parts, identity, request.id, "issuer.create", row, std::move(orgs)));
              LG_ASSIGN(const json::object body, render(tx, identity, row));
              return ledger::StoredAnswer{
                  .status = 201, .location = "/admin/issuers/" + row.id, .body = json::serialize(body)};
            }));
  parts.outside.forget();
  parts.outside.keys().warm(terms.issuer);
  return to_response(std::move(stored));
}

Result<http::Response> list(const IssuerRoutes& parts, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_ASSIGN(json::array issuers, parts.ledger.read([&](ReadTx& tx) -> Result<json::array> {
    LG_ASSIGN(const auto rows, by_operator ? ledger::all_issuers(tx) : ledger::issuers_of(tx, identity.scope.org));
    json::array made;
    for (const ledger::IssuerRow& row : rows) {
      LG_ASSIGN(json::object one, render(tx, identity, row));
      made.push_back(std::move(one));
    }
    return made;
  }));
  return answer({{"issuers", std::move(issuers)}});
}

Result<http::Response> show(const IssuerRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_ASSIGN(json::object body, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const ledger::IssuerRow row, find(tx, request, identity, by_operator));
    return render(tx, identity, row);
  }));
  const std::string issuer(body.at("issuer").as_string());
  body.emplace("keys", render(parts.outside.keys().state(issuer)));
  return answer(body);
}

Result<http::Response> change(const IssuerRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_ASSIGN(const IssuerTerms terms, read_terms(parts, request, by_operator));
  LG_ASSIGN(const json::object body, parts.ledger.write([&](Tx& tx) -> Result<json::object> {
    LG_ASSIGN(ledger::IssuerRow row, find(tx, request, identity, by_operator));
    if (row.issuer != terms.issuer) {
      return fail(codes::invalid_argument,
                  "issuer: found \"{}\", expected \"{}\"; register another issuer for another address.", terms.issuer,
                  row.issuer);
    }
    // Keys of another org's registration are of that org, whoever writes them, unless the operator does.
    LG_ASSIGN(std::set<int64_t> orgs, orgs_of_keys(tx, terms, identity, by_operator));
    const std::string former = std::exchange(row.definition, json::serialize(auth::to_json(terms)));
    row.updated = parts.clock.now_ms();
    LG_TRY(ledger::change_issuer(tx, row));
    LG_TRY(note(tx, parts, identity, request.id, "issuer.change", row, std::move(orgs), former));
    return render(tx, identity, row);
  }));
  parts.outside.forget();
  return answer(body);
}

Result<http::Response> remove(const IssuerRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    const Result<ledger::IssuerRow> row = find(tx, request, identity, by_operator);
    if (!row) return row.error().kind() == ErrorKind::not_found ? Status() : std::unexpected(row.error());
    LG_TRY(ledger::remove_issuer(tx, row->id));
    return note(tx, parts, identity, request.id, "issuer.remove", *row, {});
  }));
  parts.outside.forget();
  return http::Response::empty(204);
}

json::object render(const auth::TokenReport& report) {
  json::array steps;
  for (const auth::TokenReport::Step& step : report.steps) {
    json::object one{{"check", step.what}, {"passed", step.passed}, {"detail", step.detail}};
    if (!step.issuer_id.empty()) one.emplace("issuerId", step.issuer_id);
    steps.push_back(std::move(one));
  }
  json::object made{{"accepted", report.accepted}, {"checks", std::move(steps)}};
  if (report.accepted) {
    made.emplace("issuerId", report.issuer_id);
    made.emplace("apiKey", report.api_key.text());
    made.emplace("orgId", report.ims_org.text());
    made.emplace("user", report.user);
  }
  return made;
}

Result<http::Response> test(const IssuerRoutes& parts, const http::Request& request, const Identity& identity) {
  LG_ASSIGN(const bool by_operator, is_operator(parts, identity));
  LG_ASSIGN(const json::object order, read_object(request, "`token`"));
  const json::value* token = order.if_contains("token");
  if (token == nullptr || !token->is_string()) return fail(codes::invalid_argument, "token: expected a text.");
  LG_ASSIGN(const auth::TokenReport report,
            parts.outside.explain(token->get_string(), by_operator ? std::nullopt : std::optional(identity.scope.org)));
  return answer(render(report));
}

}  // namespace

void add_issuer_routes(http::Router& router, const IssuerRoutes& parts) {
  const Gateway& gateway = parts.gateway;
  using Request = http::Request;
  router.add("POST", "/admin/issuers",
             gateway.creating(manage_org, [parts](const Request& request, const Identity& identity) {
               return add(parts, request, identity);
             }));
  router.add("GET", "/admin/issuers", gateway.authorised(manage_org, [parts](const Request&, const Identity& identity) {
    return list(parts, identity);
  }));
  router.add("POST", "/admin/issuers/test",
             gateway.authorised(manage_org, [parts](const Request& request, const Identity& identity) {
               return test(parts, request, identity);
             }));
  router.add("GET", "/admin/issuers/{issuerId}",
             gateway.authorised(manage_org, [parts](const Request& request, const Identity& identity) {
               return show(parts, request, identity);
             }));
  router.add("PUT", "/admin/issuers/{issuerId}",
             gateway.authorised(manage_org, [parts](const Request& request, const Identity& identity) {
               return change(parts, request, identity);
             }));
  router.add("DELETE", "/admin/issuers/{issuerId}",
             gateway.authorised(manage_org, [parts](const Request& request, const Identity& identity) {
               return remove(parts, request, identity);
             }));
}

}  // namespace lakegate::api
