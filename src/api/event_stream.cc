#include "api/event_stream.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "events/cloud_event.h"
#include "http/run_on.h"

namespace lakegate::api {

namespace asio = boost::asio;

namespace {

constexpr int reconnect_after_ms = 2'000;

}  // namespace

std::optional<EventStream::Place> EventStream::Place::take(const EventRoutes& parts) {
  if (++*parts.streams <= parts.streams_max) return Place(parts.streams);
  --*parts.streams;
  return std::nullopt;
}

EventStream::EventStream(EventRoutes parts, const http::Request& request, const auth::Identity& identity,
                         ledger::EventQuery query, const asio::any_io_executor& executor, Place place)
    : parts_(std::move(parts)),
      request_(request),
      sandbox_id_(identity.sandbox_id),
      place_(std::move(place)),
      wait_(CommitWait::for_events(parts_.watch, executor, identity.scope.sandbox)),
      query_(std::move(query)),
      told_(query_.after) {}

asio::awaitable<std::string> EventStream::next() {
  if (!std::exchange(begun_, true)) co_return begin();
  while (!parts_.watch.ended()) {
    const Result<events::FeedPage> feed = co_await http::run_on(parts_.pool, [this] { return look(); });
    if (!feed) {
      log::info("A stream of events ended", {{"request_id", request_.id}, {"cause", feed.error()}});
      break;
    }
    std::string text = render(*feed);
    const auto quiet_until = last_sent_ + parts_.heartbeat;
    if (text.empty() && SteadyClock::now() >= quiet_until) text = heartbeat();
    if (!text.empty()) {
      last_sent_ = SteadyClock::now();
      co_return text;
    }
    if (!feed->page.more) co_await wait_.until_told(quiet_until - SteadyClock::now());
  }
  co_return std::string();
}

Result<events::FeedPage> EventStream::look() {
  LG_ASSIGN(const auth::Identity identity, parts_.gateway.identify_again(Right::read, request_));
  return parts_.ledger.read([&](ReadTx& tx) { return events::read_feed(tx, identity.scope, query_); });
}

// The place from which the client goes on if it loses the connection before the first event.
std::string EventStream::begin() {
  return fmt::format("retry: {}\nid: {}\n\n", reconnect_after_ms, cursor(query_.after));
}

std::string EventStream::render(const events::FeedPage& feed) {
  std::string text;
  if (feed.removed > 0) {
    const boost::json::object gap{{"after", cursor(query_.after)}, {"through", cursor(feed.removed)}};
    text = fmt::format("id: {}\nevent: gap\ndata: {}\n\n", cursor(feed.removed), boost::json::serialize(gap));
  }
  for (const ledger::Event& event : feed.page.events) {
    text += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", cursor(event.position), events::event_type(event.kind),
                        events::cloud_event_text(event));
    told_ = event.position;
  }
  query_.after = std::max(feed.page.through, feed.removed);
  told_ = std::max(told_, feed.removed);
  return text;
}

// A comment; and where events passed by that the client did not ask for, how far it is.
std::string EventStream::heartbeat() {
  if (std::exchange(told_, query_.after) == query_.after) return ":\n";
  return fmt::format("id: {}\n\n", cursor(query_.after));
}

}  // namespace lakegate::api
