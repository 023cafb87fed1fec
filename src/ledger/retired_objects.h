// Retired objects: what a table's current snapshot has no more while older snapshots still show it. They are condemned
// when the last of those snapshots leaves the table's metadata.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// `sequence_number`: of the first snapshot without it.
Status retire_object(Tx& tx, const DatasetId& dataset, const ObjectKey& key, int64_t sequence_number);
// All objects of a batch, with one row.
Status retire_batch(Tx& tx, const DatasetId& dataset, const BatchId& batch, int64_t sequence_number);

// Condemns for `due` what was retired by a snapshot up to `oldest_sequence`, the oldest one that stays. At most `limit`
// objects or batches, oldest first; returns how many.
Result<int64_t> condemn_retired(Tx& tx, const DatasetId& dataset, int64_t oldest_sequence, Millis due, int64_t limit);

// A table out of which batches were taken that earlier snapshots still show.
struct TableWithRetired {
  DatasetId dataset;
  Millis since = 0;  // the first of them was taken out; 0 where that snapshot has left the metadata, too
};
// Those first that have had them longest.
Result<std::vector<TableWithRetired>> tables_with_retired_batches(ReadTx& tx, int64_t limit);

}  // namespace lakegate::ledger
