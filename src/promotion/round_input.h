// What a round starts from: one consistent view of the ledger.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "model/sight.h"
#include "model/table_state.h"
#include "promotion/promotion_settings.h"

namespace lakegate {

// An active batch, as the table has it.
struct ActiveRows {
  BatchId batch = {};
  int64_t sequence_number = 0;       // of the snapshot that brought it
  std::vector<DataFile> files = {};  // with rows; without statistics
};

struct StagedWork {
  OrgNumber org;
  TableState table = {};
  std::vector<Batch> batches = {};        // oldest first; empty: there is nothing to do
  std::vector<DataFile> files = {};       // of those, in their order
  std::vector<ActiveRows> replaced = {};  // what goes when they come: then the round has one batch
  bool more = false;                      // staged batches that did not fit
};

// The table as the ledger has it now: ledger::load_table, or what is known to be the same.
using LoadTable = std::function<Result<TableState>(ReadTx&, const DatasetId&)>;

// Whole batches up to the settings' limits, at least one. A batch that replaces others comes alone, in its turn: its
// round is an overwrite, and a round has one kind. A deleted dataset has nothing to do.
Result<StagedWork> read_staged_work(ReadTx& tx, const DatasetId& dataset, const PromotionSettings& settings,
                                    const LoadTable& load_table);

struct ActiveBatch {
  OrgNumber org;
  TableState table = {};
  ActiveRows rows = {};
};

// `batch_not_found`; `batch_wrong_state` where `event` is not possible now.
Result<ActiveBatch> read_active_batch(ReadTx& tx, const Sight& sight, const BatchId& id, BatchEvent event);

}  // namespace lakegate
