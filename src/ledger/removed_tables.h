// The end of tables: what a dataset's deletion leaves to do, and its last step.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// The table's state goes, and with it snapshots, manifests and metadata file; their objects are condemned for `due`.
// Objects of batches and retired ones are the caller's to condemn before. Fine where there is no table.
Status remove_table(Tx& tx, const DatasetId& id, Millis due);

// Deleted datasets whose table is still there: their deletion is not finished. Ascending id.
Result<std::vector<DatasetId>> deleted_datasets_with_tables(ReadTx& tx, int64_t limit);

}  // namespace lakegate::ledger
