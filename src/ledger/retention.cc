#include "ledger/retention.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "ledger/sql.h"
#include "model/ids.h"

namespace lakegate::ledger {
namespace {

Result<int64_t> prune_answers(Tx& tx, Millis before, int64_t rows_max) {
  return change_rows(tx,
                     "DELETE FROM stored_answer WHERE (org, sandbox, key) IN (SELECT org, sandbox, key"
                     " FROM stored_answer WHERE created < :before ORDER BY created LIMIT :rows)",
                     before, rows_max);
}

// Dataset by dataset, each from its first event to its first young one, and never the last, which counts them. An index
// by time would be written with every event, and this asks each dataset two questions now and then.
Result<int64_t> prune_events(Tx& tx, Millis before, int64_t rows_max) {
  using Removed = std::tuple<int64_t, int64_t>;  // sandbox, position
  LG_ASSIGN(
      const std::vector<Removed> removed,
      find_rows<Removed>(tx,
                         "DELETE FROM event WHERE (dataset_id, seq) IN (SELECT e.dataset_id, e.seq"
                         " FROM dataset d CROSS JOIN event e WHERE d.id > '' AND e.dataset_id = d.id"
                         " AND e.seq < coalesce((SELECT y.seq FROM (SELECT seq, at FROM event WHERE dataset_id = d.id"
                         "   ORDER BY seq LIMIT :rows + 1) y WHERE y.at >= :before LIMIT 1),"
                         "  (SELECT max(seq) FROM event WHERE dataset_id = d.id)) LIMIT :rows_2)"
                         " RETURNING sandbox, position",
                         rows_max, before, rows_max));
  std::map<int64_t, int64_t> last;
  for (const auto& [sandbox, position] : removed) last[sandbox] = std::max(last[sandbox], position);
  for (const auto& [sandbox, position] : last) {
    LG_TRY(change_rows(tx,
                       "INSERT INTO removed_events (sandbox, position) VALUES (:sandbox, :position)"
                       " ON CONFLICT (sandbox) DO UPDATE SET position = max(position, excluded.position)",
                       sandbox, position));
  }
  return std::ssize(removed);
}

Result<int64_t> prune_audit(Tx& tx, Millis before, int64_t rows_max) {
  return change_rows(tx,
                     "DELETE FROM audit WHERE number IN (SELECT number FROM audit"
                     " WHERE at < :before ORDER BY at LIMIT :rows)",
                     before, rows_max);
}

// Batch by batch, and each remembers that it was done: else every call would look again at all batches that ever were.
Result<int64_t> prune_history(Tx& tx, Millis before, int64_t rows_max) {
  LG_ASSIGN(const std::vector<BatchId> batches,
            find_rows<BatchId>(tx,
                               "SELECT id FROM batch WHERE status IN ('failed', 'aborted', 'abandoned', 'deleted')"
                               " AND has_history = 1 AND updated < :before ORDER BY updated LIMIT :rows",
                               before, rows_max));
  int64_t removed = 0;
  for (const BatchId& batch : batches) {
    LG_ASSIGN(const int64_t rows,
              change_rows(tx,
                          "DELETE FROM batch_history WHERE batch_id = :batch AND number IN (SELECT number"
                          " FROM batch_history WHERE batch_id = :batch_2 ORDER BY number LIMIT :rows)",
                          batch, batch, rows_max - removed));
    removed += rows;
    if (removed >= rows_max) break;
    LG_TRY(change_rows(tx, "UPDATE batch SET has_history = 0 WHERE id = :batch", batch));
  }
  return removed;
}

}  // namespace

Result<int64_t> prune(Tx& tx, const Retention& retention, Millis now, int64_t rows_max) {
  LG_ASSIGN(const int64_t answers, prune_answers(tx, now - retention.answers, rows_max));
  LG_ASSIGN(const int64_t events, prune_events(tx, now - retention.events, rows_max));
  LG_ASSIGN(const int64_t audit, prune_audit(tx, now - retention.audit, rows_max));
  LG_ASSIGN(const int64_t history, prune_history(tx, now - retention.history, rows_max));
  return answers + events + audit + history;
}

}  // namespace lakegate::ledger
