#include "base/error_codes.h"
#include "ledger/sql.h"
#include "ledger/tables.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, BatchSnapshot& entry) {
  visit(entry.batch_id, entry.snapshot_id, entry.sequence_number);
}

Status record_promoted(Tx& tx, const DatasetId& id, const BatchSnapshot& entry) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "UPDATE batch SET snapshot_id = :snapshot WHERE id = :batch AND dataset_id = :dataset",
                        entry.snapshot_id, entry.batch_id, id));
  if (changed == 0) return fail(codes::not_found, "Dataset {} has no batch {}", id, entry.batch_id);
  LG_ASSIGN(const int64_t inserted,
            change_rows(tx,
                        "INSERT INTO batch_snapshot (batch_id, dataset_id, snapshot_id, sequence_number) VALUES"
                        " (:batch, :dataset, :snapshot, :sequence) ON CONFLICT (batch_id) DO NOTHING",
                        entry.batch_id, id, entry.snapshot_id, entry.sequence_number));
  if (inserted == 1) return {};
  return fail(codes::conflict, "Batch {} came with an earlier round", entry.batch_id);
}

Result<BatchSnapshot> promoted_with(ReadTx& tx, const BatchId& id) {
  LG_ASSIGN(auto entry,
            find_row<BatchSnapshot>(
                tx, "SELECT batch_id, snapshot_id, sequence_number FROM batch_snapshot WHERE batch_id = :batch", id));
  if (!entry.has_value()) return fail(codes::not_found, "Batch {} never was active", id);
  return *std::move(entry);
}

Result<std::vector<BatchId>> batches_of_snapshot(ReadTx& tx, const DatasetId& id, int64_t snapshot_id,
                                                 const BatchId& after, int64_t limit) {
  return find_rows<BatchId>(tx,
                            "SELECT batch_id FROM batch_snapshot WHERE dataset_id = :dataset"
                            " AND snapshot_id = :snapshot AND batch_id > :after ORDER BY batch_id LIMIT :limit",
                            id, snapshot_id, after, limit);
}

}  // namespace lakegate::ledger
