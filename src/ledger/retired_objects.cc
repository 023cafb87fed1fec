#include "ledger/retired_objects.h"

#include "ledger/objects.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, TableWithRetired& table) {
  visit(table.dataset, table.since);
}

namespace {

struct Retired {
  int64_t number = 0;
  std::optional<std::string> key;
  std::optional<std::string> batch_id;
};

template <class Visit>
void visit_columns(Visit& visit, Retired& retired) {
  visit(retired.number, retired.key, retired.batch_id);
}

}  // namespace

Status retire_object(Tx& tx, const DatasetId& dataset, const ObjectKey& key, int64_t sequence_number) {
  LG_ASSIGN(const int64_t changed, change_rows(tx,
                                               "INSERT INTO retired (dataset_id, sequence_number, object)"
                                               " SELECT :dataset, :sequence, number FROM object WHERE key = :key",
                                               dataset, sequence_number, key));
  if (changed == 1) return {};
  return fail(codes::not_found, "There is no object {}", key);
}

Status retire_batch(Tx& tx, const DatasetId& dataset, const BatchId& batch, int64_t sequence_number) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO retired (dataset_id, sequence_number, batch_id) VALUES (:dataset, :sequence, :batch)",
                     dataset, sequence_number, batch));
  return {};
}

Result<int64_t> condemn_retired(Tx& tx, const DatasetId& dataset, int64_t oldest_sequence, Millis due, int64_t limit) {
  LG_ASSIGN(const std::vector<Retired> rows,
            find_rows<Retired>(tx,
                               "SELECT r.number, o.key, r.batch_id FROM retired r"
                               " LEFT JOIN object o ON o.number = r.object"
                               " WHERE r.dataset_id = :dataset AND r.sequence_number <= :oldest"
                               " ORDER BY r.sequence_number, r.number LIMIT :limit",
                               dataset, oldest_sequence, limit));
  for (const Retired& row : rows) {
    if (row.key) LG_TRY(condemn_object(tx, ObjectKey(*row.key), due));
    if (row.batch_id) LG_TRY(condemn_batch_objects(tx, BatchId(*row.batch_id), due));
    LG_TRY(change_rows(tx, "DELETE FROM retired WHERE number = :number", row.number));
  }
  return static_cast<int64_t>(rows.size());
}

// A table keeps a bounded number of snapshots, so there are few of these rows whatever was taken out before.
Result<std::vector<TableWithRetired>> tables_with_retired_batches(ReadTx& tx, int64_t limit) {
  return find_rows<TableWithRetired>(tx,
                                     "SELECT r.dataset_id, min(coalesce(s.at, 0)) AS since"
                                     " FROM retired r INDEXED BY retired_batch"
                                     " LEFT JOIN table_snapshot s ON s.dataset_id = r.dataset_id"
                                     " AND s.sequence_number = r.sequence_number"
                                     " WHERE r.batch_id IS NOT NULL GROUP BY r.dataset_id ORDER BY since LIMIT :limit",
                                     limit);
}

}  // namespace lakegate::ledger
