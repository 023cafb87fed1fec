// Epochs: each start of a server has a number of its own, so that what an earlier one left half done can be told.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

struct Epoch {
  int64_t number = 0;              // from 1
  bool earlier_stop_clean = true;  // false: the one before did not end_epoch
};

// Once per start, before anything else is written.
Result<Epoch> begin_epoch(Tx& tx, Millis now);

// After the last write of an orderly stop.
Status end_epoch(Tx& tx, int64_t number, Millis now);

Result<int64_t> current_epoch(ReadTx& tx);

}  // namespace lakegate::ledger
