// Tables: the state of each dataset's Iceberg table, moved by compare-and-swap, and which round a batch came with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/table_state.h"

namespace lakegate::ledger {

// A new dataset's table; `state.version` must be 1.
Status insert_table(Tx& tx, const TableState& state);

// `not_found`: the dataset has no table.
Result<TableState> load_table(ReadTx& tx, const DatasetId& id);
// The version alone, cheap: for ETags and caches.
Result<int64_t> table_version(ReadTx& tx, const DatasetId& id);

// Replaces the state when the stored version is still `next.version` - 1, else `conflict`: load and build again. Costs
// what differs. A schema or snapshot once stored never changes under its id.
Status store_table(Tx& tx, const TableState& next);

// The newest table metadata file that is durable. Missing, or of an older version than the table: write a new one.
struct MetadataFile {
  ObjectKey object;
  int64_t version = 0;  // of the TableState that it holds
};
Result<std::optional<MetadataFile>> find_metadata_file(ReadTx& tx, const DatasetId& id);
// Its object (`writing`) becomes live, the former one is condemned for `former_due`. `conflict`: a file of the same or
// a newer version is there; condemn yours.
Status set_metadata_file(Tx& tx, const DatasetId& id, const MetadataFile& file, Millis former_due);
// Living datasets whose metadata file is missing or older than their table.
Result<std::vector<DatasetId>> tables_without_fresh_metadata(ReadTx& tx, int64_t limit);

// Which snapshot brought (or took) a batch's rows. Written by the round's transaction, with the batch's snapshot_id.
struct BatchSnapshot {
  BatchId batch_id;
  int64_t snapshot_id = 0;
  int64_t sequence_number = 0;
};
Status record_promoted(Tx& tx, const DatasetId& id, const BatchSnapshot& entry);
// The round that made the batch active. `not_found`: it never was.
Result<BatchSnapshot> promoted_with(ReadTx& tx, const BatchId& id);
// Ascending batch id.
Result<std::vector<BatchId>> batches_of_snapshot(ReadTx& tx, const DatasetId& id, int64_t snapshot_id,
                                                 const BatchId& after, int64_t limit);

}  // namespace lakegate::ledger
