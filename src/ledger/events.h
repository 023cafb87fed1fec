// Events: what happened in a dataset, in order. (dataset, seq) is an event's id: allotted in the transaction that makes
// it happen, without gaps, so that a reader who knows the last seq misses nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct Event {
  DatasetId dataset_id = {};
  int64_t seq = 0;  // from 1
  Millis at = 0;
  std::string kind = {};      // e.g. "batch.active", "dataset.created"
  BatchId batch_id = {};      // may be empty
  std::string detail = "{}";  // JSON object
};

// Returns the seq that it got; `event.seq` is ignored. batches.h writes those of batches.
Result<int64_t> append_event(Tx& tx, const Event& event);
Result<std::vector<Event>> list_events(ReadTx& tx, const DatasetId& id, int64_t after_seq, int64_t limit);

}  // namespace lakegate::ledger
