#include "ledger/batches.h"

#include <cassert>

#include "ledger/batch_rows.h"
#include "ledger/batch_tags.h"
#include "ledger/event_detail.h"
#include "ledger/events.h"
#include "ledger/refusals.h"
#include "ledger/usage.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

Result<Batch> one_batch(Result<std::optional<Batch>> found, const BatchId& id) {
  if (!found.has_value()) return std::unexpected(std::move(found).error());
  if (!found->has_value()) return no_batch(id);
  return **std::move(found);
}

// Whether the sandbox's usage is counted.
Result<bool> insert_row(Tx& tx, const Batch& batch) {
  LG_ASSIGN(
      const auto metered,
      find_row<int64_t>(
          tx,
          "INSERT INTO batch (id, org, sandbox, dataset_id, status, external_id, format, input_format, tags,"
          " schema_version, created, updated, started, completed, created_user, created_client, updated_user, version,"
          " file_count, size_bytes, record_count, failed_record_count, snapshot_id, last_activity, trace) VALUES"
          " (:id, :org, :sandbox, :dataset, :status, :external_id, :format, :input_format, :tags, :schema_version,"
          " :created, :updated, :started, :completed, :created_user, :created_client, :updated_user, :version, :files,"
          " :size, :records, :failed_records, :snapshot, :last_activity, :trace)"
          " RETURNING EXISTS (SELECT 1 FROM usage u WHERE u.sandbox = batch.sandbox)",
          batch.id, batch.scope.org, batch.scope.sandbox, batch.dataset_id, batch.status, batch.external_id,
          batch.format, batch.input_format_json, batch.tags_json, batch.schema_version, batch.created, batch.updated,
          batch.started, batch.completed, batch.created_user, batch.created_client, batch.updated_user, batch.version,
          batch.file_count, batch.size_bytes, batch.record_count, batch.failed_record_count, batch.snapshot_id,
          batch.created, batch.trace));
  return metered.value_or(0) != 0;
}

}  // namespace

Status insert_batch(Tx& tx, const Batch& batch) {
  assert(batch.status == BatchStatus::loading);
  if (!batch.external_id.empty()) {
    LG_ASSIGN(const auto other, find_batch_by_external_id(tx, Sight::whole(batch.scope), batch.external_id));
    // Which batch is not said: its dataset may be one that the client does not see.
    if (other) {
      return fail(codes::external_id_taken,
                  "A batch of the sandbox has the externalId '{}' already. Choose another externalId.",
                  batch.external_id);
    }
  }
  LG_ASSIGN(const bool metered, insert_row(tx, batch));
  if (metered) LG_TRY(count_new_batch(tx, batch.scope, batch.created));
  LG_TRY(insert_tags(tx, batch));
  LG_TRY(append_event(tx, {.dataset_id = batch.dataset_id,
                           .at = batch.created,
                           .kind = event_kind(batch.status),
                           .batch_id = batch.id,
                           .detail = creation_detail(batch),
                           .scope = batch.scope}));
  tx.on_commit(
      {.kind = Wake::Kind::batch_status, .batch = batch.id, .dataset = batch.dataset_id, .status = batch.status});
  return {};
}

Result<Batch> find_batch(ReadTx& tx, const Sight& sight, const BatchId& id) {
  static const std::string sql = select_batches("WHERE id = :id AND org = :org AND sandbox = :sandbox");
  LG_ASSIGN(Batch batch, one_batch(find_row<Batch>(tx, sql, id, sight.org, sight.sandbox), id));
  if (!sight.sees(batch.dataset_id)) return no_batch(id);
  LG_TRY(sight.check(batch.dataset_id));
  return batch;
}

Result<Batch> find_batch_of_dataset(ReadTx& tx, const Sight& sight, const BatchId& id, const DatasetId& dataset) {
  LG_ASSIGN(Batch batch, find_batch(tx, sight, id));
  if (batch.dataset_id == dataset) return batch;
  return fail(codes::batch_wrong_dataset, "Batch {} belongs to dataset {}, not to {}. Correct the path.", id,
              batch.dataset_id, dataset);
}

Result<std::optional<Batch>> find_batch_by_external_id(ReadTx& tx, const Sight& sight, std::string_view external_id) {
  static const std::string sql =
      select_batches("WHERE sandbox = :sandbox AND external_id = :external_id AND external_id <> '' AND org = :org");
  LG_ASSIGN(auto batch, find_row<Batch>(tx, sql, sight.sandbox, external_id, sight.org));
  if (batch && !sight.check(batch->dataset_id)) return std::nullopt;
  return batch;
}

Result<Batch> get_batch(ReadTx& tx, const BatchId& id) {
  static const std::string sql = select_batches("WHERE id = :id");
  return one_batch(find_row<Batch>(tx, sql, id), id);
}

Status set_totals(Tx& tx, const BatchId& id, const BatchTotals& totals) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE batch SET file_count = :files, size_bytes = :size, record_count = :records,"
                        " failed_record_count = :failed WHERE id = :id",
                        totals.file_count, totals.size_bytes, totals.record_count, totals.failed_record_count, id));
  if (changed == 0) return no_batch(id);
  return {};
}

Status touch_batch(Tx& tx, const BatchId& id, Millis now) {
  LG_TRY(change_rows(
      tx, "UPDATE batch SET last_activity = max(last_activity, :now) WHERE id = :id AND status = 'loading'", now, id));
  return {};
}

}  // namespace lakegate::ledger
