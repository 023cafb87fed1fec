// Deleting a dataset: from one commit on nobody finds it; then its batches are moved on in bounded pieces, and its
// table goes last. A stop between two pieces leaves a deleted dataset that still has its table: finish_deletions sees
// that.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/dataset_creation.h"
#include "ledger/ledger.h"
#include "model/ids.h"

namespace lakegate::catalog {

struct DatasetDeletion {
  Ledger& ledger;
  const Clock& clock;
  Millis reader_grace = 0;          // what readers may still be reading stays that long
  int64_t batches_per_write = 100;  // and retired objects
};

// The first step, in a transaction of the caller: from its commit on nobody finds the dataset. `dataset_not_found`,
// `precondition_failed` as delete_dataset.
Status mark_deleted(Tx& tx, const DatasetId& id, std::optional<int64_t> expected_version, const Author& author,
                    Millis now);
// All others, of a dataset that is marked. What fails is logged and left to finish_deletions. Blocks.
void finish_deletion(const DatasetDeletion& parts, const DatasetId& id);

// Both. `expected_version`: only while the dataset has it, else `precondition_failed`. `dataset_not_found`. Batches on
// their way become `failed` with an error that names the deletion, active ones `inactive`; their objects are condemned,
// those that readers saw for the end of reader_grace. Once the dataset is deleted the answer is good, even if moving
// batches had to stop half-way: finish_deletions goes on. Blocks.
Status delete_dataset(const DatasetDeletion& parts, const DatasetId& id, std::optional<int64_t> expected_version,
                      const Author& author);

// What an earlier stop left undone; for every start, before anything else works on batches or beside it. Returns how
// many deletions it finished. Blocks.
Result<int64_t> finish_deletions(const DatasetDeletion& parts);

}  // namespace lakegate::catalog
