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

std::string living_sql() {
  return fmt::format(
      "{} UNION ALL {} LIMIT ?2",
      select_batches(fmt::format("INDEXED BY batch_living WHERE sandbox = (SELECT sandbox FROM dataset WHERE id = ?1)"
                                 " AND dataset_id = ?1 AND {}",
                                 is_living)),
      select_batches("INDEXED BY batch_active_since WHERE dataset_id = ?1 AND status = 'active'"));
}

}  // namespace

template <class Visit>
void visit_columns(Visit& visit, LastBatches& last) {
  visit(last.last, last.last_status, last.last_active, last.last_failed);
}

// One statement: lists ask it of each of their datasets.
Result<LastBatches> last_batches(ReadTx& tx, const DatasetId& id) {
  LG_ASSIGN(
      const auto found,
      find_row<LastBatches>(
          tx,
          "SELECT coalesce(n.id, ''), coalesce(n.status, 'loading'),"
          " coalesce((SELECT b.id FROM batch b WHERE b.org = d.org AND b.sandbox = d.sandbox AND b.dataset_id = d.id"
          " AND b.status = 'active' ORDER BY b.created DESC, b.id DESC LIMIT 1), ''),"
          " coalesce((SELECT b.id FROM batch b WHERE b.org = d.org AND b.sandbox = d.sandbox AND b.dataset_id = d.id"
          " AND b.status = 'failed' ORDER BY b.created DESC, b.id DESC LIMIT 1), '')"
          " FROM dataset d LEFT JOIN batch n ON n.id = (SELECT b.id FROM batch b WHERE b.org = d.org"
          " AND b.sandbox = d.sandbox AND b.dataset_id = d.id ORDER BY b.created DESC, b.id DESC LIMIT 1)"
          " WHERE d.id = :dataset",
          id));
  return found.value_or(LastBatches());
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
  static const std::string sql = select_batches(
      "INDEXED BY batch_living WHERE sandbox = (SELECT d.sandbox FROM dataset d WHERE d.id = :dataset)"
      " AND dataset_id = :same_dataset AND status = 'staged' ORDER BY id LIMIT :limit");
  return find_rows<Batch>(tx, sql, id, id, limit);
}

Result<std::vector<Batch>> living_batches(ReadTx& tx, const DatasetId& id, int64_t limit) {
  static const std::string sql = living_sql();
  return find_rows<Batch>(tx, sql, id, limit);
}

Result<std::vector<BatchId>> swept_batches(ReadTx& tx, int64_t limit) {
  return find_rows<BatchId>(tx,
                            "SELECT id FROM batch WHERE status = 'inactive'"
                            " AND NOT EXISTS (SELECT 1 FROM object WHERE object.batch_id = batch.id)"
                            " ORDER BY id LIMIT :limit",
                            limit);
}

}  // namespace lakegate::ledger
