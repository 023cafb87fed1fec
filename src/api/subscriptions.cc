#include "api/subscriptions.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "api/answer_once.h"
#include "api/subscription_json.h"
#include "base/error_codes.h"
#include "delivery/error_codes.h"
#include "ledger/audit.h"
#include "ledger/events.h"
#include "ledger/subscriptions.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t page_max = 100;
constexpr int tries_max = 3;  // of a change, while others change the same row
constexpr int64_t overlap_seconds_max = 30LL * 24 * 3600;
constexpr const char* collection = "/events/subscriptions";

http::Response answer(int status, const json::object& body) {
  auto response = http::Response::text(status, "application/json", json::serialize(body));
  response.headers.set("Cache-Control", "no-store");  // some have a secret in them
  return response;
}

SubscriptionId id_in(const http::Request& request) { return SubscriptionId(request.path_parameter("subscriptionId")); }

// What became of a subscription: where events go, and which. None: it was not there, or is not any more.
using Moment = const ledger::Subscription*;

json::object changes(Moment former, Moment present) {
  const json::object was = former == nullptr ? json::object() : to_json(*former);
  const json::object is = present == nullptr ? json::object() : to_json(*present);
  json::object before;
  json::object after;
  for (const std::string_view name : {"name", "state", "target", "datasets", "types"}) {
    const json::value* old_value = was.if_contains(name);
    const json::value* new_value = is.if_contains(name);
    if (old_value != nullptr && new_value != nullptr && *old_value == *new_value) continue;
    if (old_value != nullptr) before.emplace(name, *old_value);
    if (new_value != nullptr) after.emplace(name, *new_value);
  }
  json::object made;
  if (!before.empty()) made.emplace("before", std::move(before));
  if (!after.empty()) made.emplace("after", std::move(after));
  return made;
}

Status note(Tx& tx, const SubscriptionRoutes& parts, const auth::Identity& identity, std::string_view action,
            Moment former, Moment present) {
  const ledger::Subscription& subscription = present == nullptr ? *former : *present;
  json::object detail = changes(former, present);
  detail["name"] = subscription.name;
  detail["kind"] = subscription.kind;
  detail["sandbox"] = identity.sandbox_name;
  detail["state"] = ledger::to_string(subscription.state);
  return ledger::record_audit(tx, {.org = identity.scope.org,
                                   .at = parts.clock.now_ms(),
                                   .actor = identity.user_id,
                                   .action = std::string(action),
                                   .subject = subscription.id.text(),
                                   .detail = json::serialize(detail),
                                   .request_id = identity.request_id});
}

void set_target(ledger::Subscription& subscription, const delivery::Target& target) {
  subscription.target = json::serialize(target.shown);
  subscription.secrets = json::serialize(target.secrets);
}

void set_filter(ledger::Subscription& subscription, const SubscriptionOrder& order) {
  if (order.datasets) {
    subscription.datasets = *order.datasets;
    subscription.all_datasets = order.datasets->empty();
  }
  if (order.kinds) subscription.types = *order.kinds;
}

Status check_room(ReadTx& tx, const SubscriptionRoutes& parts, const Scope& scope) {
  LG_ASSIGN(const int64_t count, ledger::count_subscriptions(tx, scope));
  if (count < parts.subscriptions_max) return {};
  return fail(codes::subscriptions_too_many,
              "The sandbox has {} subscriptions, which is the most (setting delivery.subscriptions_per_sandbox_max). "
              "Remove one first.",
              count);
}

// ---- POST

struct New {
  ledger::Subscription row;
  json::object shown_once;
};

// Before the transaction: names are looked up.
Result<New> prepare(const SubscriptionRoutes& parts, const auth::Identity& identity, const SubscriptionOrder& order) {
  if (!order.name || !order.kind || !order.target) {
    return fail(codes::invalid_argument, "Member {}: it is missing.",
                !order.name   ? "name"
                : !order.kind ? "kind"
                              : "target");
  }
  LG_ASSIGN(const delivery::SinkKind* kind, parts.kinds.find(*order.kind));
  LG_ASSIGN(delivery::Target target, kind->check(*order.target, nullptr));
  const Millis now = parts.clock.now_ms();
  New made{.row = {.id = SubscriptionId(parts.random.hex(24)),
                   .scope = identity.scope,
                   .name = *order.name,
                   .kind = *order.kind,
                   .state = order.state.value_or(ledger::SubscriptionState::active),
                   .created = now,
                   .updated = now,
                   .created_user = identity.user_id,
                   .updated_user = identity.user_id},
           .shown_once = std::move(target.shown_once)};
  set_target(made.row, target);
  set_filter(made.row, order);
  return made;
}

// What goes out tells of every dataset: who decides where it goes must be allowed to read them.
Status check_may_read(const SubscriptionRoutes& parts, const auth::Identity& identity) {
  LG_TRY(parts.gateway.narrowed(identity, {Right::read, Reach::sandbox}));
  return {};
}

Result<http::Response> create(const SubscriptionRoutes& parts, const http::Request& request,
                              const auth::Identity& identity) {
  LG_TRY(check_may_read(parts, identity));
  LG_ASSIGN(const IdempotencyKey key, read_idempotency_key(request, "create subscription"));
  LG_ASSIGN(auto kept, find_answer(parts.ledger, identity.scope, key));
  if (kept) return to_response(*std::move(kept));
  LG_ASSIGN(const SubscriptionOrder order, read_subscription_order(request.body));
  LG_ASSIGN(New made, prepare(parts, identity, order));
  LG_ASSIGN(
      auto stored,
      answer_once(parts.ledger, identity.scope, key, made.row.created, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
        LG_TRY(check_room(tx, parts, identity.scope));
        ledger::Subscription row = made.row;
        LG_ASSIGN(row.start_position, ledger::newest_position(tx, identity.scope));
        LG_ASSIGN(row, ledger::insert_subscription(tx, std::move(row)));
        LG_TRY(note(tx, parts, identity, "subscription.create", nullptr, &row));
        json::object body = to_json(row);
        for (auto& [name, value] : made.shown_once) body.insert_or_assign(name, value);
        return ledger::StoredAnswer{
            .status = 201, .location = fmt::format("{}/{}", collection, row.id), .body = json::serialize(body)};
      }));
  auto response = to_response(std::move(stored));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// ---- GET

Result<int64_t> read_limit(const http::Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return page_max;
  int64_t limit = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || limit < 1 || limit > page_max)
    return fail(codes::invalid_argument, "Parameter limit: found \"{}\", expected 1 to {}.", *text, page_max);
  return limit;
}

Result<http::Response> list(const SubscriptionRoutes& parts, const http::Request& request,
                            const auth::Identity& identity) {
  LG_ASSIGN(const int64_t limit, read_limit(request));
  const std::string after(request.query_value("start").value_or(""));
  LG_ASSIGN(auto page, parts.ledger.read([&](ReadTx& tx) {
    return ledger::list_subscriptions(tx, identity.scope, after, limit + 1);
  }));
  const bool more = std::ssize(page) > limit;
  if (more) page.pop_back();
  json::array rendered;
  for (const ledger::Subscription& one : page) rendered.push_back(to_json(one));
  json::object body{{"subscriptions", std::move(rendered)}};
  if (more) body.emplace("next", page.back().name);
  return answer(200, body);
}

Result<http::Response> show(const SubscriptionRoutes& parts, const http::Request& request,
                            const auth::Identity& identity) {
  LG_ASSIGN(const ledger::Subscription found, parts.ledger.read([&](ReadTx& tx) {
    return ledger::find_subscription(tx, identity.scope, id_in(request));
  }));
  return answer(200, to_json(found));
}

// ---- Changes of one

// `work` changes the row that it is given, and may look names up; it runs again when others changed the row meanwhile.
template <class Work>
Result<ledger::Subscription> change(const SubscriptionRoutes& parts, const auth::Identity& identity,
                                    const SubscriptionId& id, std::string_view action, const Work& work) {
  for (int tries = 1;; ++tries) {
    LG_ASSIGN(ledger::Subscription row,
              parts.ledger.read([&](ReadTx& tx) { return ledger::find_subscription(tx, identity.scope, id); }));
    const int64_t version = row.version;
    LG_TRY(work(row));
    row.updated = std::max(row.updated, parts.clock.now_ms());
    row.updated_user = identity.user_id;
    auto changed = parts.ledger.write([&](Tx& tx) -> Result<ledger::Subscription> {
      LG_ASSIGN(const ledger::Subscription present, ledger::find_subscription(tx, identity.scope, id));
      if (present.version != version && tries < tries_max)
        return fail(codes::unavailable, "Subscription {} was changed at the same time. Send the request again.", id);
      ledger::Subscription wanted = row;
      wanted.failing_since = wanted.failing_since ? present.failing_since : std::nullopt;
      LG_ASSIGN(ledger::Subscription written, ledger::update_subscription(tx, std::move(wanted)));
      LG_TRY(note(tx, parts, identity, action, &present, &written));
      return written;
    });
    if (changed || changed.error().code != &codes::unavailable || tries >= tries_max) return changed;
  }
}

Status apply(const SubscriptionRoutes& parts, const SubscriptionOrder& order, ledger::Subscription& row) {
  if (order.kind && *order.kind != row.kind)
    return fail(codes::invalid_argument, "Member kind: it is {} for good. Create another subscription.", row.kind);
  if (order.name) row.name = *order.name;
  set_filter(row, order);
  if (order.target) {
    LG_ASSIGN(const delivery::Target former, kept_target(row));
    LG_ASSIGN(const delivery::SinkKind* kind, parts.kinds.find(row.kind));
    LG_ASSIGN(const delivery::Target target, kind->check(*order.target, &former));
    set_target(row, target);
  }
  if (order.state && *order.state != row.state) {
    row.state = *order.state;
    row.reason.clear();
    row.failing_since.reset();
  }
  return {};
}

std::string_view action_of(const SubscriptionOrder& order) {
  if (!order.state) return "subscription.change";
  return *order.state == ledger::SubscriptionState::paused ? "subscription.pause" : "subscription.resume";
}

Result<http::Response> patch(const SubscriptionRoutes& parts, const http::Request& request,
                             const auth::Identity& identity) {
  LG_TRY(check_may_read(parts, identity));
  LG_ASSIGN(const SubscriptionOrder order, read_subscription_order(request.body));
  LG_ASSIGN(const ledger::Subscription changed,
            change(parts, identity, id_in(request), action_of(order),
                   [&](ledger::Subscription& row) { return apply(parts, order, row); }));
  return answer(200, to_json(changed));
}

Result<http::Response> remove(const SubscriptionRoutes& parts, const http::Request& request,
                              const auth::Identity& identity) {
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const ledger::Subscription found, ledger::find_subscription(tx, identity.scope, id_in(request)));
    LG_TRY(ledger::remove_subscription(tx, found.number));
    return note(tx, parts, identity, "subscription.delete", &found, nullptr);
  }));
  return http::Response::empty(204);
}

// ---- Secrets

Result<Millis> read_overlap(const SubscriptionRoutes& parts, const http::Request& request) {
  if (request.body.empty()) return parts.secret_overlap;
  boost::system::error_code failed;
  const json::value body = json::parse(request.body, failed);
  const json::object* object = failed ? nullptr : body.if_object();
  if (object != nullptr && object->empty()) return parts.secret_overlap;
  const json::value* seconds = object == nullptr ? nullptr : object->if_contains("overlapSeconds");
  if (seconds == nullptr || object->size() > 1 || !seconds->is_int64() || seconds->get_int64() < 0 ||
      seconds->get_int64() > overlap_seconds_max) {
    return fail(codes::invalid_argument,
                "Expected no body, or a JSON object with `overlapSeconds`, 0 to {}: how long the former secret signs, "
                "too.",
                overlap_seconds_max);
  }
  return seconds->get_int64() * 1'000;
}

// The answer is kept under the key in the transaction that changes the secret: a repeat gets the same one.
Result<http::Response> rotate(const SubscriptionRoutes& parts, const http::Request& request,
                              const auth::Identity& identity) {
  LG_ASSIGN(const IdempotencyKey key, read_action_key(request));
  LG_ASSIGN(const Millis overlap, read_overlap(parts, request));
  const Millis now = parts.clock.now_ms();
  LG_ASSIGN(auto stored,
            answer_once(parts.ledger, identity.scope, key, now, [&](Tx& tx) -> Result<ledger::StoredAnswer> {
              LG_ASSIGN(ledger::Subscription row, ledger::find_subscription(tx, identity.scope, id_in(request)));
              LG_ASSIGN(const delivery::SinkKind* kind, parts.kinds.find(row.kind));
              LG_ASSIGN(const delivery::Target former, kept_target(row));
              LG_ASSIGN(const delivery::Target target, kind->rotate(former, now, now + overlap));
              set_target(row, target);
              row.updated = std::max(row.updated, now);
              row.updated_user = identity.user_id;
              LG_ASSIGN(row, ledger::update_subscription(tx, std::move(row)));
              LG_TRY(note(tx, parts, identity, "subscription.rotate_secret", &row, &row));
              json::object body = to_json(row);
              for (const auto& [name, value] : target.shown_once) body.insert_or_assign(name, value);
              return ledger::StoredAnswer{.status = 200, .location = {}, .body = json::serialize(body)};
            }));
  auto response = to_response(std::move(stored));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_subscription_routes(http::Router& router, const SubscriptionRoutes& parts) {
  const auto with = [parts](auto work) {
    return [parts, work](const http::Request& request, const auth::Identity& identity) {
      return work(parts, request, identity);
    };
  };
  const Gateway& gateway = parts.gateway;
  constexpr Need need{Right::manage, Reach::sandbox};
  const std::string one = std::string(collection) + "/{subscriptionId}";
  router.add("POST", collection, gateway.creating(need, with(create)));
  router.add("GET", collection, gateway.authorised(need, with(list)));
  router.add("GET", one, gateway.authorised(need, with(show)));
  router.add("PATCH", one, gateway.authorised(need, with(patch)));
  router.add("DELETE", one, gateway.authorised(need, with(remove)));
  router.add("POST", one + "/rotate-secret", gateway.authorised(need, with(rotate)));
  add_subscription_delivery_routes(router, parts);
}

}  // namespace lakegate::api
