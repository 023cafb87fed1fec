#include "catalog/dataset_deletion.h"

#include <limits>
#include <string>
#include <vector>

#include "base/crash_point.h"
#include "base/log.h"
#include "catalog/dataset_record.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/objects.h"
#include "ledger/removed_tables.h"
#include "ledger/retired_objects.h"
#include "model/error_codes.h"
#include "model/violation_codes.h"

namespace lakegate::catalog {
namespace {

constexpr int64_t deletions_per_read = 100;
constexpr std::string_view cause = "dataset deleted";

// Of one write: the dataset is deleted already.
struct Piece {
  const Dataset& dataset;
  Millis now = 0;
  Millis due = 0;  // of what readers saw
  int64_t limit = 0;
};

Status move_on(Tx& tx, const Piece& piece, const Batch& batch) {
  const std::string& user = piece.dataset.updated_user;
  if (batch.status == BatchStatus::active) {
    LG_TRY(ledger::transition(tx, batch.id, BatchEvent::expire, piece.now, cause, user));
    return ledger::condemn_batch_objects(tx, batch.id, piece.due);
  }
  const BatchError error{std::string(codes::dataset_deleted.id),
                         fmt::format("Dataset {} (\"{}\") was deleted by {} before the batch was active; nothing of "
                                     "the batch was loaded.",
                                     piece.dataset.id, piece.dataset.name, user),
                         {},
                         {},
                         {},
                         0,
                         {},
                         {}};
  LG_TRY(ledger::add_errors(tx, batch.id, {&error, 1}));
  LG_TRY(ledger::transition(tx, batch.id, BatchEvent::fail_by_client, piece.now, cause, user));
  return ledger::condemn_batch_objects(tx, batch.id, 0);
}

// How many were moved.
Result<int64_t> move_some(Tx& tx, const Piece& piece) {
  LG_ASSIGN(const std::vector<Batch> batches, ledger::living_batches(tx, piece.dataset.id, piece.limit));
  for (const Batch& batch : batches) LG_TRY(move_on(tx, piece, batch));
  return std::ssize(batches);
}

Status finish(const DatasetDeletion& parts, const DatasetId& id) {
  LG_ASSIGN(const Dataset dataset, parts.ledger.read([&](ReadTx& tx) { return ledger::get_dataset(tx, id); }));
  const Millis now = parts.clock.now_ms();
  const Piece piece{dataset, now, now + parts.reader_grace, parts.batches_per_write};
  int64_t moved = 0;
  do {
    crash_point("deletion.before_batches");
    LG_ASSIGN(moved, parts.ledger.write([&](Tx& tx) { return move_some(tx, piece); }));
  } while (moved > 0);
  int64_t condemned = 0;
  do {
    LG_ASSIGN(condemned, parts.ledger.write([&](Tx& tx) {
      return ledger::condemn_retired(tx, id, std::numeric_limits<int64_t>::max(), piece.due, piece.limit);
    }));
  } while (condemned == piece.limit);
  crash_point("deletion.before_table");
  return parts.ledger.write([&](Tx& tx) { return ledger::remove_table(tx, id, piece.due); });
}

}  // namespace

Status mark_deleted(Tx& tx, const DatasetId& id, std::optional<int64_t> expected_version, const Author& author,
                    Millis now) {
  LG_ASSIGN(const Dataset dataset, ledger::find_dataset(tx, author.scope, id));
  if (expected_version && *expected_version != dataset.version) {
    return fail(codes::precondition_failed, "Dataset {} has version 1.0.{} now, no more 1.0.{}. Read it again.", id,
                dataset.version, *expected_version);
  }
  LG_TRY(ledger::delete_dataset(tx, author.scope, id, now, author.user));
  return record_dataset_act(tx, dataset, DatasetAct::remove, now, author,
                            {{"name", dataset.name}, {"table", dataset.table_name}});
}

void finish_deletion(const DatasetDeletion& parts, const DatasetId& id) {
  const Status finished = finish(parts, id);
  if (!finished)
    log::warning("A dataset is deleted, its batches not all", {{"dataset", id}, {"cause", finished.error()}});
}

Status delete_dataset(const DatasetDeletion& parts, const DatasetId& id, std::optional<int64_t> expected_version,
                      const Author& author) {
  const Millis now = parts.clock.now_ms();
  LG_TRY(parts.ledger.write([&](Tx& tx) { return mark_deleted(tx, id, expected_version, author, now); }));
  finish_deletion(parts, id);
  return {};
}

Result<int64_t> finish_deletions(const DatasetDeletion& parts) {
  int64_t finished = 0;
  std::vector<DatasetId> unfinished;
  do {
    LG_ASSIGN(unfinished, parts.ledger.read(
                              [](ReadTx& tx) { return ledger::deleted_datasets_with_tables(tx, deletions_per_read); }));
    for (const DatasetId& id : unfinished) {
      LG_TRY(finish(parts, id));
      ++finished;
    }
  } while (!unfinished.empty());
  return finished;
}

}  // namespace lakegate::catalog
