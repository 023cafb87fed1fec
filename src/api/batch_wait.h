// Waiting for a batch to end within a request, without holding a thread.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

#include "base/result.h"
#include "events/commit_watch.h"
#include "http/worker_pool.h"
#include "ledger/ledger.h"
#include "model/batch.h"

namespace lakegate::api {

struct Waited {
  Batch batch;          // as it is now
  bool waited = false;  // false: too many wait already, or the server is stopping
};

// Until no upload or action can lead on to `active` any more (active, failed, aborted …), `patience` is over, or the
// server stops. A coroutine of a network thread; the ledger is read on `pool`.
boost::asio::awaitable<Result<Waited>> wait_until_final(events::CommitWatch& watch, http::WorkerPool& pool,
                                                        Ledger& ledger, const Scope& scope, const BatchId& id,
                                                        std::chrono::seconds patience);

}  // namespace lakegate::api
