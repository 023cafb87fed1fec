#include "pipeline/replay_order.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "ledger/batches.h"
#include "ledger/replays.h"
#include "model/error_codes.h"

namespace lakegate::pipeline {
namespace {

constexpr size_t quoted_code_points_max = 100;

std::unexpected<Error> unknown(std::string_view kind, std::string_view name, const DatasetId& dataset) {
  return fail(
      codes::predecessor_unknown,
      "replay: dataset {} has no batch with {} \"{}\", and nothing was created. The dataset's batches are listed "
      "by GET /data/foundation/catalog/batches?dataSet={}.",
      dataset, kind, printable(name, quoted_code_points_max), dataset);
}

// What cannot become active any more has no rows that could come back, so that it may be named too.
Status check_free(ReadTx& tx, const Batch& batch) {
  if (!is_final(batch.status)) {
    return fail(
        codes::predecessor_busy,
        "replay: batch {} is {}: only a batch that is active or ended can be replaced. Wait for it, or ABORT or "
        "FAIL it first.",
        batch.id, to_string(batch.status));
  }
  LG_ASSIGN(const std::optional<BatchId> successor, ledger::successor_of(tx, batch.id));
  if (!successor) return {};
  return fail(codes::predecessor_busy,
              "replay: batch {} is replaced by batch {} already. Name that one instead, or REVERT or ABORT it first.",
              batch.id, *successor);
}

Status add(ReadTx& tx, Replay& replay, const Batch& batch, std::string external_id) {
  const auto twin = std::ranges::find(replay.predecessors, batch.id, &Predecessor::id);
  if (twin != replay.predecessors.end()) return {};
  LG_TRY(check_free(tx, batch));
  replay.predecessors.push_back({.id = batch.id, .external_id = std::move(external_id)});
  return {};
}

Status add_by_id(ReadTx& tx, Replay& replay, const Sight& sight, const DatasetId& dataset, const std::string& id) {
  const Result<Batch> batch = ledger::find_batch_of_dataset(tx, sight, BatchId(id), dataset);
  if (batch) return add(tx, replay, *batch, {});
  if (batch.error().kind() != ErrorKind::not_found) return std::unexpected(batch.error());
  return unknown("id", id, dataset);
}

// A batch without an external id goes by its own, which is what the Catalog shows.
Status add_by_external_id(ReadTx& tx, Replay& replay, const Sight& sight, const DatasetId& dataset,
                          const std::string& external_id) {
  LG_ASSIGN(std::optional<Batch> batch, ledger::find_batch_by_external_id(tx, sight, external_id));
  if (!batch) {
    const Result<Batch> by_id = ledger::find_batch(tx, sight, BatchId(external_id));
    if (!by_id && by_id.error().kind() != ErrorKind::not_found) return std::unexpected(by_id.error());
    if (by_id && by_id->external_id.empty()) batch = *by_id;
  }
  if (batch && batch->dataset_id == dataset) return add(tx, replay, *batch, external_id);
  return unknown("external id", external_id, dataset);
}

}  // namespace

Result<Replay> find_predecessors(ReadTx& tx, const Sight& sight, const DatasetId& dataset, const ReplayOrder& order) {
  Replay replay{.reason = order.reason};
  for (const std::string& id : order.ids) LG_TRY(add_by_id(tx, replay, sight, dataset, id));
  for (const std::string& id : order.external_ids) LG_TRY(add_by_external_id(tx, replay, sight, dataset, id));
  return replay;
}

}  // namespace lakegate::pipeline
