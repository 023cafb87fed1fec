#include "api/event_feed.h"

#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/commit_wait.h"
#include "api/event_stream.h"
#include "api/preferences.h"
#include "base/ascii.h"
#include "base/error_codes.h"
#include "events/cloud_event.h"
#include "events/error_codes.h"
#include "events/feed.h"
#include "http/field_list.h"
#include "http/run_on.h"

namespace lakegate::api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using std::chrono::steady_clock;

constexpr int64_t page_limit_default = 100;
constexpr int64_t page_limit_max = 1'000;
constexpr int64_t stream_page = 100;
constexpr size_t filter_values_max = 200;

// What the client asks for, before the ledger was asked.
struct Wish {
  bool stream = false;
  std::string after;  // cursor, "0", "now", or empty
  std::optional<std::chrono::seconds> wait;
  ledger::EventQuery query;
};

bool wants_stream(const http::Request& request) {
  for (const http::Header& header : request.headers) {
    if (!ascii::equals_ignoring_case(header.name, "Accept")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view element = http::cut(rest, ',');
      const std::string_view type = http::cut(element, ';');
      if (ascii::equals_ignoring_case(type, "text/event-stream") && !http::has_zero_weight(element)) return true;
    }
  }
  return false;
}

// Given several times, or once with commas.
Result<std::vector<std::string>> values_of(const http::Request& request, std::string_view name) {
  std::vector<std::string> values;
  for (const http::Parameter& parameter : request.query) {
    if (parameter.name != name) continue;
    for (std::string_view rest = parameter.value; !rest.empty();) values.emplace_back(http::cut(rest, ','));
  }
  if (values.size() <= filter_values_max) return values;
  return fail(codes::invalid_argument, "Parameter {} has {} values; at most {} are accepted.", name, values.size(),
              filter_values_max);
}

Result<std::optional<int64_t>> number_of(const http::Request& request, std::string_view name, int64_t least,
                                         int64_t most) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc() && end == text->data() + text->size() && number >= least && number <= most) return number;
  return fail(codes::invalid_argument, "Parameter {} is \"{}\"; a whole number from {} to {} is expected.", name,
              text->substr(0, 100), least, most);
}

Result<Wish> read_wish(const http::Request& request) {
  Wish wish;
  wish.stream = wants_stream(request);
  wish.after = request.query_value("after").value_or("");
  const auto last_seen = request.header("last-event-id");  // of a browser that connects again with its first address
  if (wish.stream && last_seen && !last_seen->empty()) wish.after = *last_seen;
  LG_ASSIGN(const auto limit, number_of(request, "limit", 1, page_limit_max));
  wish.query.limit = wish.stream ? stream_page : limit.value_or(page_limit_default);
  constexpr int64_t a_day = 86'400;
  LG_ASSIGN(const auto seconds, number_of(request, "wait", 0, a_day));
  wish.wait = seconds ? std::chrono::seconds(*seconds) : preferred_wait(request);
  LG_ASSIGN(const std::vector<std::string> types, values_of(request, "type"));
  LG_ASSIGN(wish.query.kinds, events::kinds_of_types(types));
  LG_ASSIGN(const std::vector<std::string> datasets, values_of(request, "dataset"));
  for (const std::string& id : datasets) wish.query.datasets.emplace_back(id);
  return wish;
}

// Where to begin. Blocks.
Result<int64_t> start_of(const EventRoutes& parts, const Wish& wish, const auth::Identity& identity) {
  return parts.ledger.read([&](ReadTx& tx) -> Result<int64_t> {
    LG_TRY(events::check_datasets(tx, identity.scope, wish.query.datasets));
    if (wish.after == "now" || (wish.after.empty() && wish.stream)) return ledger::newest_position(tx, identity.scope);
    if (wish.after == "0" || wish.after.empty()) return 0;
    LG_ASSIGN(const int64_t after, events::parse_feed_cursor(identity.sandbox_id, wish.after));
    ledger::EventQuery probe{.after = after, .limit = 1};
    LG_TRY(events::read_feed(tx, identity.scope, probe));  // refuses what is yet to come, before a stream begins
    return after;
  });
}

http::Response page_of(const events::FeedPage& feed, const std::string& sandbox_id) {
  json::array list;
  for (const ledger::Event& event : feed.page.events) list.push_back(events::cloud_event(event));
  json::object page{{"events", std::move(list)},
                    {"next", events::feed_cursor(sandbox_id, std::max(feed.page.through, feed.removed))},
                    {"more", feed.page.more}};
  if (feed.removed > 0) page["gap"] = json::object{{"through", events::feed_cursor(sandbox_id, feed.removed)}};
  http::Response response = http::Response::text(200, "application/json", json::serialize(page));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// Until there is something to tell: an event that passes the filters, or a gap. Pages that only passed others by are
// read on. Who has waited is asked for again, at the next event or a heartbeat later: its token may have run out by
// then, its key be revoked, or see less.
asio::awaitable<Result<http::Response>> answer_page(const EventRoutes& parts, Wish wish, const http::Request& request,
                                                    const auth::Identity& identity) {
  const auto end = steady_clock::now() + std::min(wish.wait.value_or(std::chrono::seconds(0)), parts.wait_max);
  const auto executor = co_await asio::this_coro::executor;
  std::optional<CommitWait> wait;
  if (wish.wait) wait.emplace(CommitWait::for_events(parts.watch, executor, identity.scope.sandbox));
  bool waited = false;
  while (true) {
    const Result<events::FeedPage> looked = co_await http::run_on(parts.pool, [&]() -> Result<events::FeedPage> {
      Sight sight = identity.scope;
      if (waited) {
        LG_ASSIGN(const auth::Identity again, parts.gateway.identify_again(Right::read, request));
        sight = again.scope;
      }
      return parts.ledger.read([&](ReadTx& tx) { return events::read_feed(tx, sight, wish.query); });
    });
    if (!looked) co_return refusal(looked.error(), request);
    const events::FeedPage& feed = *looked;
    const bool tells = !feed.page.events.empty() || feed.removed > 0;
    const bool patient = wait && wait->waits() && steady_clock::now() < end && !parts.watch.ended();
    if (tells || (!feed.page.more && !patient)) co_return page_of(feed, identity.sandbox_id);
    wish.query.after = feed.page.through;
    if (feed.page.more) continue;
    waited = true;
    co_await wait->until_told(std::min<steady_clock::duration>(end - steady_clock::now(), parts.heartbeat));
  }
}

std::unexpected<Error> too_many(const EventRoutes& parts) {
  return std::unexpected(Error{&codes::event_streams_too_many,
                               fmt::format("As many streams of events are open as the server takes ({}; settings "
                                           "events.streams_max and http.waiting_max). Come again later, or read pages.",
                                           parts.streams->load()),
                               std::chrono::seconds(5)});
}

Result<http::Response> answer_stream(const EventRoutes& parts, const http::Request& request,
                                     const auth::Identity& identity, ledger::EventQuery query,
                                     const asio::any_io_executor& executor) {
  auto place = EventStream::Place::take(parts);
  if (!place) return too_many(parts);
  auto stream = std::make_unique<EventStream>(parts, request, identity, std::move(query), executor, *std::move(place));
  if (!stream->waits()) return too_many(parts);
  http::Response response = http::Response::stream(200, "text/event-stream", std::move(stream));
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");  // a proxy in front must not collect it
  return response;
}

asio::awaitable<Result<http::Response>> answer(const EventRoutes& parts, const http::Request& request,
                                               const auth::Identity& identity) {
  LG_CO_ASSIGN(Wish wish, read_wish(request));
  LG_CO_ASSIGN(wish.query.after, co_await http::run_on(parts.pool, [&] { return start_of(parts, wish, identity); }));
  const auto executor = co_await asio::this_coro::executor;
  if (wish.stream) co_return answer_stream(parts, request, identity, std::move(wish.query), executor);
  co_return co_await answer_page(parts, std::move(wish), request, identity);
}

}  // namespace

void add_event_routes(http::Router& router, const EventRoutes& parts) {
  router.add_stream(
      "GET", "/events",
      parts.gateway.authorised_stream(
          Right::read, [parts](const http::Request& request, http::BodyStream&, const auth::Identity& identity) {
            return answer(parts, request, identity);
          }));
}

}  // namespace lakegate::api
