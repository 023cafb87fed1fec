#include "ledger/objects.h"

#include "base/error_codes.h"
#include "ledger/object_rows.h"
#include "ledger/usage.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, ObjectRow& row) {
  visit(row.key, row.dataset_id, row.batch_id, row.state, row.epoch, row.due);
}

namespace {

std::optional<BatchId> batch_or_none(const BatchId& batch) {
  if (batch.empty()) return std::nullopt;
  return batch;
}

Status state_conflict(ReadTx& tx, const ObjectKey& key, std::string_view refused) {
  LG_ASSIGN(const std::optional<ObjectRow> row, find_object(tx, key));
  if (!row) return fail(codes::conflict, "Object {} cannot be {}: it is not in the ledger", key, refused);
  return fail(codes::conflict, "Object {} cannot be {}: it is {}, of epoch {}", key, refused, to_string(row->state),
              row->epoch);
}

}  // namespace

Status begin_object(Tx& tx, const ObjectKey& key, const DatasetId& dataset, const BatchId& batch, int64_t epoch) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO object (key, dataset_id, batch_id, state, epoch) VALUES"
                     " (:key, :dataset, :batch, 'writing', :epoch)",
                     key, dataset, batch_or_none(batch), epoch));
  return {};
}

Status keep_object(Tx& tx, const ObjectKey& key) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "UPDATE object SET state = 'live' WHERE key = :key AND state = 'writing'", key));
  if (changed == 1) return {};
  return state_conflict(tx, key, "kept");
}

Status condemn_object(Tx& tx, const ObjectKey& key, Millis due) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE object SET state = 'condemned', due = max(coalesce(due, 0), :due), awaits_verdict = 0"
                        " WHERE key = :key",
                        due, key));
  if (changed > 0) tx.on_commit({.kind = Wake::Kind::object});
  return {};
}

Status condemn_batch_objects(Tx& tx, const BatchId& batch, Millis due) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE object SET state = 'condemned', due = max(coalesce(due, 0), :due), awaits_verdict = 0"
                        " WHERE batch_id = :batch",
                        due, batch));
  LG_TRY(change_rows(tx, "DELETE FROM held_range WHERE batch_id = :batch", batch));
  if (changed > 0) tx.on_commit({.kind = Wake::Kind::object, .batch = batch});
  return {};
}

Result<std::optional<ObjectRow>> find_object(ReadTx& tx, const ObjectKey& key) {
  return find_row<ObjectRow>(
      tx, "SELECT key, dataset_id, coalesce(batch_id, ''), state, epoch, due FROM object WHERE key = :key", key);
}

Result<std::vector<ObjectKey>> objects_to_sweep(ReadTx& tx, Millis now, int64_t epoch, int64_t limit) {
  LG_ASSIGN(std::vector<ObjectKey> keys,
            find_rows<ObjectKey>(
                tx, "SELECT key FROM object WHERE state = 'condemned' AND due <= :now ORDER BY due LIMIT :limit", now,
                limit));
  const int64_t room = limit - static_cast<int64_t>(keys.size());
  LG_ASSIGN(const std::vector<ObjectKey> unfinished,
            find_rows<ObjectKey>(
                tx, "SELECT key FROM object WHERE state = 'writing' AND epoch < :epoch ORDER BY epoch LIMIT :limit",
                epoch, room));
  keys.insert(keys.end(), unfinished.begin(), unfinished.end());
  return keys;
}

Result<std::optional<Millis>> next_sweep(ReadTx& tx, Millis now) {
  return find_row<Millis>(tx, "SELECT due FROM object WHERE state = 'condemned' AND due > :now ORDER BY due LIMIT 1",
                          now);
}

// Verdict and data file go with the row, and its file of the batch points nowhere then (migration 1).
Status forget_object(Tx& tx, const ObjectKey& key, int64_t epoch) {
  LG_TRY(count_forgotten_object(tx, key));
  LG_ASSIGN(const int64_t changed, change_rows(tx,
                                               "DELETE FROM object WHERE key = :key"
                                               " AND (state = 'condemned' OR (state = 'writing' AND epoch < :epoch))",
                                               key, epoch));
  if (changed == 1) return {};
  LG_ASSIGN(const auto row, find_object(tx, key));
  if (!row) return {};
  return state_conflict(tx, key, "forgotten");
}

Result<std::vector<ObjectRow>> list_objects(ReadTx& tx, const ObjectKey& after, int64_t limit) {
  return find_rows<ObjectRow>(tx,
                              "SELECT key, dataset_id, coalesce(batch_id, ''), state, epoch, due FROM object"
                              " WHERE key > :after ORDER BY key LIMIT :limit",
                              after, limit);
}

}  // namespace lakegate::ledger
