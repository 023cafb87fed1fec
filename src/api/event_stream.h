// EventStream: the feed as server-sent events (HTML Living Standard, section 9.2).
//
// It reads a page from the ledger when the one before is on its way, and waits for a commit when there is none: a slow
// reader holds one page, nobody else's time, and no event is ever dropped. At each look it asks again whether the
// client may still read, so that a token that ran out or a key that was revoked ends it.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/commit_wait.h"
#include "api/event_feed.h"
#include "events/feed.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

class EventStream final : public http::BodySource {
 public:
  // One of EventRoutes::streams_max, until it goes. Nothing: all are taken.
  class Place {
   public:
    static std::optional<Place> take(const EventRoutes& parts);
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (taken_) --*taken_;
    }

   private:
    explicit Place(std::shared_ptr<std::atomic<int64_t>> taken) : taken_(std::move(taken)) {}
    std::shared_ptr<std::atomic<int64_t>> taken_;
  };

  // Begins behind `query.after`. `request` is kept: its token and key are looked at again.
  EventStream(EventRoutes parts, const http::Request& request, const auth::Identity& identity, ledger::EventQuery query,
              const boost::asio::any_io_executor& executor, Place place);

  // False: too many wait already (setting http.waiting_max), or the server is stopping. Then it is of no use.
  bool waits() const { return wait_.waits(); }

  boost::asio::awaitable<std::string> next() override;

 private:
  using SteadyClock = std::chrono::steady_clock;

  Result<events::FeedPage> look();
  std::string begin();
  std::string render(const events::FeedPage& feed);
  std::string heartbeat();
  std::string cursor(int64_t position) const { return events::feed_cursor(sandbox_id_, position); }

  const EventRoutes parts_;
  const http::Request request_;
  const std::string sandbox_id_;
  const Place place_;
  CommitWait wait_;
  ledger::EventQuery query_;
  int64_t told_ = 0;  // the last position that the client has as its cursor
  bool begun_ = false;
  SteadyClock::time_point last_sent_ = SteadyClock::now();
};

}  // namespace lakegate::api
