// How much there is and how much waits: for whoever watches the server.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch_status.h"

namespace lakegate::ledger {

// Counting stops here, so that asking costs some milliseconds however much waits.
inline constexpr int64_t waiting_counted_max = 10'000;

struct WaitingWork {
  int64_t unjudged_files = 0;     // complete, without a verdict; at most waiting_counted_max
  int64_t objects_due = 0;        // to be removed now; the same
  int64_t objects_condemned = 0;  // to be removed later; the same
  Millis sweep_lag = 0;           // how long the one that is due longest has been
  Millis oldest_completed = 0;    // how long ago the batch was completed that waits longest to become active
};
Result<WaitingWork> count_waiting(ReadTx& tx, Millis now);

// Of all orgs, by state. Walks an index with all batches: for the start of a server, about 0.1 s a million.
using BatchCounts = std::array<int64_t, all_batch_statuses.size()>;
Result<BatchCounts> count_batches_by_status(ReadTx& tx);

}  // namespace lakegate::ledger
