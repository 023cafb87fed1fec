#include "pipeline/batch_actions.h"

#include <array>
#include <optional>
#include <utility>

#include "base/crash_point.h"
#include "ledger/batches.h"
#include "ledger/files.h"
#include "ledger/objects.h"
#include "model/error_codes.h"
#include "pipeline/batch_step.h"
#include "pipeline/open_files.h"

namespace lakegate::pipeline {
namespace {

constexpr Millis never_visible = 0;  // due at once

struct Found {
  Batch batch;
  bool moved = false;  // by the event, at some time
};

Result<Found> find(ReadTx& tx, const BatchClient& client, const BatchId& id, BatchEvent event) {
  LG_ASSIGN(Batch batch, ledger::find_batch(tx, client.scope, id));
  LG_ASSIGN(const std::optional<BatchTransition> before, ledger::find_transition(tx, id, event));
  return Found{std::move(batch), before.has_value()};
}

Result<Batch> move_to_loaded(Tx& tx, const BatchClient& client, const BatchId& id, Millis now) {
  return ledger::transition(tx, id, BatchEvent::complete, now, "COMPLETE by client", client.user, client.trace);
}

// One transaction of COMPLETE. Nothing: open files are left, call again.
Result<std::optional<Batch>> try_complete(Tx& tx, const BatchClient& client, const BatchId& id, int64_t bytes_max,
                                          Millis now) {
  LG_ASSIGN(Found found, find(tx, client, id, BatchEvent::complete));
  if (found.moved) return std::move(found.batch);
  const bool allowed = next_status(found.batch.status, BatchEvent::complete).has_value();
  if (!allowed) return move_to_loaded(tx, client, id, now);  // which says what the state allows
  LG_ASSIGN(ledger::FileTotals totals, ledger::count_files(tx, id));
  if (totals.file_count == 0) {
    return fail(codes::batch_without_files,
                "Batch {} has no files yet and is still loading. Send its files, then COMPLETE; or ABORT it.", id);
  }
  if (totals.open_count > 0) {
    LG_ASSIGN(const bool all, stitch_open_files(tx, id, now));
    if (!all) return std::nullopt;
    LG_ASSIGN(totals, ledger::count_files(tx, id));
  }
  if (totals.sent_bytes > bytes_max) {
    return fail(codes::batch_too_large,
                "Batch {} has {} bytes in {} files; a batch may have {} (setting upload.batch_bytes_max). It is still "
                "loading: ABORT it and send the files in several batches.",
                id, totals.sent_bytes, totals.file_count, bytes_max);
  }
  LG_TRY(ledger::set_totals(tx, id, {.file_count = totals.file_count, .size_bytes = totals.sent_bytes}));
  LG_ASSIGN(const Batch loaded, move_to_loaded(tx, client, id, now));
  return stage_if_judged(tx, loaded, now);
}

BatchError failed_by(const BatchClient& client, const Batch& batch) {
  BatchError error;
  error.code = codes::failed_by_client.id;
  error.description = fmt::format(
      "Client {} (user {}) ended the batch with the action FAIL while it was {}. Nothing of it was loaded: send the "
      "data with a new batch if it is still wanted.",
      client.client_id, client.user, to_string(batch.status));
  return error;
}

}  // namespace

std::string_view to_string(BatchAction action) {
  switch (action) {
    case BatchAction::complete: return "COMPLETE";
    case BatchAction::abort: return "ABORT";
    case BatchAction::fail: return "FAIL";
    case BatchAction::revert: return "REVERT";
  }
  return "";
}

Result<Batch> BatchActions::perform(BatchAction action, const BatchClient& client, const BatchId& id) {
  switch (action) {
    case BatchAction::complete: return complete(client, id);
    case BatchAction::abort: return abort(client, id);
    case BatchAction::fail: return fail(client, id);
    case BatchAction::revert: return revert(client, id);
  }
  return lakegate::fail(codes::internal, "Unknown batch action.");
}

Result<Batch> BatchActions::complete(const BatchClient& client, const BatchId& id) {
  while (true) {
    Result<std::optional<Batch>> tried =
        ledger_.write([&](Tx& tx) { return try_complete(tx, client, id, bytes_max_, clock_.now_ms()); });
    if (tried && !*tried) continue;
    if (tried) {
      crash_point("batch.completed");
      return std::move(**tried);
    }
    if (tried.error().code == &codes::batch_incomplete_files) {
      // The write stopped at the first file that lacks bytes; the client wants to know all of them.
      LG_TRY(ledger_.read([&](ReadTx& tx) { return check_open_files(tx, id); }));
    }
    return std::unexpected(std::move(tried).error());
  }
}

Result<Batch> BatchActions::abort(const BatchClient& client, const BatchId& id) {
  LG_ASSIGN(Batch batch, ledger_.write([&](Tx& tx) -> Result<Batch> {
    LG_ASSIGN(Found found, find(tx, client, id, BatchEvent::abort));
    if (found.moved) return std::move(found.batch);
    LG_ASSIGN(Batch aborted, ledger::transition(tx, id, BatchEvent::abort, clock_.now_ms(), "ABORT by client",
                                                client.user, client.trace));
    LG_TRY(ledger::condemn_batch_objects(tx, id, never_visible));
    return aborted;
  }));
  crash_point("batch.aborted");
  return batch;
}

Result<Batch> BatchActions::fail(const BatchClient& client, const BatchId& id) {
  LG_ASSIGN(Batch batch, ledger_.write([&](Tx& tx) -> Result<Batch> {
    LG_ASSIGN(Found found, find(tx, client, id, BatchEvent::fail_by_client));
    if (found.moved) return std::move(found.batch);
    const BatchError error = failed_by(client, found.batch);
    LG_TRY(ledger::add_errors(tx, id, {&error, 1}));  // rolled back where the state refuses
    LG_ASSIGN(Batch failed, ledger::transition(tx, id, BatchEvent::fail_by_client, clock_.now_ms(), "FAIL by client",
                                               client.user, client.trace));
    LG_TRY(ledger::condemn_batch_objects(tx, id, never_visible));
    return failed;
  }));
  crash_point("batch.failed");
  return batch;
}

Result<Batch> BatchActions::revert(const BatchClient& client, const BatchId& id) {
  const auto look = [&](ReadTx& tx) { return find(tx, client, id, BatchEvent::revert); };
  LG_ASSIGN(Found before, ledger_.read(look));
  if (before.moved) return std::move(before.batch);
  const Result<Round> round =
      promoter_.revert(client.scope, id, BatchEvent::revert, "REVERT by client", client.user, client.trace);
  crash_point("batch.reverted");
  LG_ASSIGN(Found after, ledger_.read(look));
  if (after.moved) return std::move(after.batch);  // also where another REVERT was faster
  if (round) return lakegate::fail(codes::internal, "Batch {} was reverted, but its history does not say so.", id);
  if (round.error().code != &codes::conflict) return std::unexpected(round.error());
  Error busy{&codes::unavailable, "The batch's table is changing too often at the moment. Send the request again."};
  busy.retry_after = std::chrono::seconds(1);
  return std::unexpected(std::move(busy));
}

}  // namespace lakegate::pipeline
