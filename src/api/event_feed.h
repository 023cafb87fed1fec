// GET /events: the feed of a sandbox, docs/events.md. A page, at once or as soon as there is something to tell (long
// poll), or with `Accept: text/event-stream` a stream that does not end (event_stream.h).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "api/gateway.h"
#include "events/commit_watch.h"
#include "http/router.h"
#include "http/worker_pool.h"
#include "ledger/events.h"
#include "ledger/ledger.h"

namespace lakegate::api {

// References outlive the router.
struct EventRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  http::WorkerPool& pool;
  events::CommitWatch& watch;
  std::chrono::seconds wait_max{60};            // setting http.wait_max
  std::chrono::milliseconds heartbeat{15'000};  // setting events.heartbeat
  int64_t streams_max = 256;                    // setting events.streams_max
  std::shared_ptr<std::atomic<int64_t>> streams = std::make_shared<std::atomic<int64_t>>(0);
};

void add_event_routes(http::Router& router, const EventRoutes& parts);

}  // namespace lakegate::api
