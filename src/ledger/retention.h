// Retention: rows that only grow are removed when their time is over, a few at a time.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

struct Retention {
  Millis answers = 24LL * 3600 * 1000;      // Idempotency-Key
  Millis events = 90LL * 24 * 3600 * 1000;  // the last of each dataset stays: it counts them
  Millis audit = 365LL * 24 * 3600 * 1000;
  Millis history = 365LL * 24 * 3600 * 1000;  // of batches that are final and not active; a living batch keeps all
};

// Removes at most `rows_max` rows of each kind and returns how many went: call again, in a write of its own, until 0.
Result<int64_t> prune(Tx& tx, const Retention& retention, Millis now, int64_t rows_max);

}  // namespace lakegate::ledger
