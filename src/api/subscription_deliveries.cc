#include <boost/json.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <utility>

#include "api/answer_once.h"
#include "api/subscription_json.h"
#include "api/subscriptions.h"
#include "base/error_codes.h"
#include "ledger/audit.h"
#include "ledger/dead_letters.h"
#include "ledger/delivery_lanes.h"
#include "ledger/subscriptions.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t page_max = 100;

http::Response answer(int status, const json::object& body) {
  return http::Response::text(status, "application/json", json::serialize(body));
}

Result<int64_t> read_number(const http::Request& request, std::string_view name, int64_t otherwise, int64_t least,
                            int64_t most) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  int64_t number = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  if (read.ec != std::errc{} || read.ptr != text->data() + text->size() || number < least || number > most) {
    return fail(codes::invalid_argument, "Parameter {}: found \"{}\", expected {} to {}.", name, *text, least, most);
  }
  return number;
}

Result<ledger::Subscription> find(ReadTx& tx, const http::Request& request, const auth::Identity& identity) {
  return ledger::find_subscription(tx, identity.scope, SubscriptionId(request.path_parameter("subscriptionId")));
}

Result<http::Response> deliveries(const SubscriptionRoutes& parts, const http::Request& request,
                                  const auth::Identity& identity) {
  LG_ASSIGN(const int64_t limit, read_number(request, "limit", page_max, 1, page_max));
  const DatasetId after{std::string(request.query_value("start").value_or(""))};
  LG_ASSIGN(auto page, parts.ledger.read([&](ReadTx& tx) -> Result<std::vector<ledger::LaneStatus>> {
    LG_ASSIGN(const ledger::Subscription subscription, find(tx, request, identity));
    return ledger::list_lanes(tx, subscription.number, after, limit + 1);
  }));
  const bool more = std::ssize(page) > limit;
  if (more) page.pop_back();
  json::array rendered;
  for (const ledger::LaneStatus& lane : page) rendered.push_back(to_json(lane));
  json::object body{{"deliveries", std::move(rendered)}};
  if (more) body.emplace("next", page.back().lane.dataset.text());
  return answer(200, body);
}

Result<http::Response> list_dead_letters(const SubscriptionRoutes& parts, const http::Request& request,
                                         const auth::Identity& identity) {
  LG_ASSIGN(const int64_t limit, read_number(request, "limit", page_max, 1, page_max));
  LG_ASSIGN(const int64_t after, read_number(request, "start", 0, 0, std::numeric_limits<int64_t>::max()));
  int64_t total = 0;
  LG_ASSIGN(auto page, parts.ledger.read([&](ReadTx& tx) -> Result<std::vector<ledger::DeadLetter>> {
    LG_ASSIGN(const ledger::Subscription subscription, find(tx, request, identity));
    LG_ASSIGN(total, ledger::count_dead_letters(tx, subscription.number));
    return ledger::list_dead_letters(tx, subscription.number, after, limit + 1);
  }));
  const bool more = std::ssize(page) > limit;
  if (more) page.pop_back();
  json::array rendered;
  for (const ledger::DeadLetter& letter : page) rendered.push_back(to_json(letter));
  json::object body{{"deadLetters", std::move(rendered)}, {"total", total}};
  if (more) body.emplace("next", page.back().number);
  return answer(200, body);
}

// What is done to all, or to one, returning how many it was done to.
using ToAll = Result<int64_t> (*)(Tx&, SubscriptionNumber, Millis);
using ToOne = Result<int64_t> (*)(Tx&, SubscriptionNumber, int64_t, Millis);

Result<http::Response> act(const SubscriptionRoutes& parts, const http::Request& request,
                           const auth::Identity& identity, const char* word, ToAll to_all, ToOne to_one) {
  LG_ASSIGN(const DeadLetterOrder order, read_dead_letter_order(request.body));
  const Millis now = parts.clock.now_ms();
  int64_t count = 0;
  LG_TRY(parts.ledger.write([&](Tx& tx) -> Status {
    count = 0;
    LG_ASSIGN(const ledger::Subscription subscription, find(tx, request, identity));
    if (order.all) {
      LG_ASSIGN(count, to_all(tx, subscription.number, now));
    }
    for (const int64_t number : order.numbers) {
      LG_ASSIGN(const int64_t one, to_one(tx, subscription.number, number, now));
      count += one;
    }
    if (count == 0) return {};
    return ledger::record_audit(tx, {.org = identity.scope.org,
                                     .at = now,
                                     .actor = identity.user_id,
                                     .action = fmt::format("subscription.{}", word),
                                     .subject = subscription.id.text(),
                                     .detail = json::serialize(json::object{{"deadLetters", count}}),
                                     .request_id = identity.request_id});
  }));
  return answer(200, {{"deadLetters", count}});
}

Result<http::Response> redeliver(const SubscriptionRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  return act(parts, request, identity, "redeliver", &ledger::redeliver_dead_letters, &ledger::redeliver_dead_letter);
}

Result<http::Response> discard(const SubscriptionRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  return act(
      parts, request, identity, "discard",
      [](Tx& tx, SubscriptionNumber subscription, Millis) { return ledger::remove_dead_letters(tx, subscription); },
      [](Tx& tx, SubscriptionNumber subscription, int64_t number, Millis) -> Result<int64_t> {
        LG_ASSIGN(const bool removed, ledger::remove_dead_letter(tx, subscription, number));
        return removed ? 1 : 0;
      });
}

}  // namespace

void add_subscription_delivery_routes(http::Router& router, const SubscriptionRoutes& parts) {
  const auto with = [parts](auto work) {
    return [parts, work](const http::Request& request, const auth::Identity& identity) {
      return work(parts, request, identity);
    };
  };
  const auto again = [&](auto work) { return answering_again(parts.ledger, parts.clock, with(work)); };
  const Gateway& gateway = parts.gateway;
  constexpr Need need{Right::manage, Reach::sandbox};
  const std::string one = "/events/subscriptions/{subscriptionId}";
  router.add("GET", one + "/deliveries", gateway.authorised(need, with(deliveries)));
  router.add("GET", one + "/dead-letters", gateway.authorised(need, with(list_dead_letters)));
  router.add("POST", one + "/dead-letters/redeliver", gateway.authorised(need, again(redeliver)));
  router.add("POST", one + "/dead-letters/discard", gateway.authorised(need, again(discard)));
}

}  // namespace lakegate::api
