// What our own work asks of batches. Statuses are spelled out where a partial index serves them: SQLite chooses it by
// the text.
#include <array>
#include <cassert>

#include "ledger/batch_rows.h"
#include "ledger/batches.h"

namespace lakegate::ledger {
namespace {

struct StatusSql {
  std::array<std::string, all_batch_statuses.size()> texts;

  StatusSql() {
    for (const BatchStatus status : all_batch_statuses) {
      texts[static_cast<size_t>(status)] = select_batches(
          fmt::format("WHERE status = '{}' AND id > :after ORDER BY id LIMIT :limit", to_string(status)));
    }
  }
};

// One arm a status, each in the order of its index, merged: a page costs what it holds.
std::string living_sql() {
  std::string sql;
  for (const std::string_view status : {"loading", "loaded", "staging", "staged", "active"}) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += select_batches(fmt::format("WHERE dataset_id = ?1 AND status = '{}' AND id > ?2", status));
  }
  return sql + " ORDER BY id LIMIT ?3";
}

struct LastBatch {
  BatchId id;
  BatchStatus status = BatchStatus::loading;
};

template <class Visit>
void visit_columns(Visit& visit, LastBatch& last) {
  visit(last.id, last.status);
}

Result<BatchId> last_in_status(ReadTx& tx, const DatasetId& id, BatchStatus status) {
  LG_ASSIGN(const auto last, find_row<BatchId>(tx,
                                               "SELECT id FROM batch WHERE dataset_id = :dataset AND status = :status"
                                               " ORDER BY id DESC LIMIT 1",
                                               id, status));
  return last.value_or(BatchId());
}

}  // namespace

Result<LastBatches> last_batches(ReadTx& tx, const DatasetId& id) {
  LastBatches batches;
  LG_ASSIGN(const auto last,
            find_row<LastBatch>(tx,
                                "SELECT b.id, b.status FROM dataset d CROSS JOIN batch b ON b.org = d.org"
                                " AND b.sandbox = d.sandbox AND b.dataset_id = d.id WHERE d.id = :dataset"
                                " ORDER BY b.created DESC, b.id DESC LIMIT 1",
                                id));
  if (last) {
    batches.last = last->id;
    batches.last_status = last->status;
  }
  LG_ASSIGN(batches.last_active, last_in_status(tx, id, BatchStatus::active));
  LG_ASSIGN(batches.last_failed, last_in_status(tx, id, BatchStatus::failed));
  return batches;
}

Result<std::vector<Batch>> batches_in_status(ReadTx& tx, BatchStatus status, const BatchId& after, int64_t limit) {
  using enum BatchStatus;
  assert(status == loading || status == loaded || status == staging || status == staged || status == inactive);
  static const StatusSql sql;
  return find_rows<Batch>(tx, sql.texts[static_cast<size_t>(status)], after, limit);
}

Result<std::vector<Batch>> idle_batches(ReadTx& tx, Millis before, int64_t limit) {
  // Left to itself, SQLite walks all loading batches by batch_work and sorts them.
  static const std::string sql = select_batches(
      "INDEXED BY batch_idle WHERE status = 'loading' AND last_activity < :before ORDER BY last_activity LIMIT :limit");
  return find_rows<Batch>(tx, sql, before, limit);
}

Result<std::optional<Millis>> oldest_activity(ReadTx& tx) {
  return find_row<Millis>(tx,
                          "SELECT last_activity FROM batch INDEXED BY batch_idle WHERE status = 'loading'"
                          " ORDER BY last_activity LIMIT 1");
}

Result<std::vector<Batch>> active_batches_since(ReadTx& tx, const DatasetId& id, Millis before, int64_t limit) {
  static const std::string sql = select_batches(
      "INDEXED BY batch_active_since WHERE dataset_id = :dataset AND status = 'active' AND completed < :before"
      " ORDER BY completed LIMIT :limit");
  return find_rows<Batch>(tx, sql, id, before, limit);
}

Result<std::vector<DatasetId>> datasets_with_staged_batches(ReadTx& tx) {
  return find_rows<DatasetId>(tx, "SELECT DISTINCT dataset_id FROM batch WHERE status = 'staged'");
}

Result<std::vector<Batch>> staged_batches(ReadTx& tx, const DatasetId& id, int64_t limit) {
  static const std::string sql =
      select_batches("WHERE dataset_id = :dataset AND status = 'staged' ORDER BY id LIMIT :limit");
  return find_rows<Batch>(tx, sql, id, limit);
}

Result<std::vector<Batch>> living_batches(ReadTx& tx, const DatasetId& id, const BatchId& after, int64_t limit) {
  static const std::string sql = living_sql();
  return find_rows<Batch>(tx, sql, id, after, limit);
}

Result<std::vector<BatchId>> swept_batches(ReadTx& tx, int64_t limit) {
  return find_rows<BatchId>(tx,
                            "SELECT id FROM batch WHERE status = 'inactive'"
                            " AND NOT EXISTS (SELECT 1 FROM object WHERE object.batch_id = batch.id)"
                            " ORDER BY id LIMIT :limit",
                            limit);
}

}  // namespace lakegate::ledger
