#include "pipeline/batch_creation.h"

#include <optional>
#include <utility>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/replays.h"
#include "model/error_codes.h"

namespace lakegate::pipeline {
namespace {

// The batch that has the order's external id, if it is what the order asks for.
Result<std::optional<Batch>> find_former(ReadTx& tx, const Sight& scope, const BatchOrder& order) {
  if (order.external_id.empty()) return std::nullopt;
  LG_ASSIGN(std::optional<Batch> former, ledger::find_batch_by_external_id(tx, scope, order.external_id));
  if (!former) return std::nullopt;
  if (former->dataset_id == order.dataset && former->format == order.format) return former;
  return fail(
      codes::external_id_taken,
      "externalId \"{}\" is that of batch {} of dataset {}, format {}; this request says dataset {}, format {}. "
      "Use another externalId for another batch.",
      order.external_id, former->id, former->dataset_id, to_string(former->format), order.dataset,
      to_string(order.format));
}

}  // namespace

Result<Batch> create_batch(Tx& tx, const BatchClient& client, const BatchOrder& order, const BatchId& id, Millis now) {
  LG_ASSIGN(std::optional<Batch> former, find_former(tx, client.scope, order));
  if (former) return *std::move(former);
  LG_ASSIGN(const Dataset dataset, ledger::find_dataset(tx, client.scope, order.dataset));
  Batch batch;
  batch.id = id;
  batch.scope = client.scope;
  batch.dataset_id = dataset.id;
  batch.external_id = order.external_id;
  batch.format = order.format;
  batch.input_format_json = order.input_format_json;
  batch.tags_json = order.tags_json;
  batch.schema_version = dataset.schema_version;
  batch.created = batch.updated = now;
  batch.created_user = batch.updated_user = client.user;
  batch.created_client = client.client_id.text();
  batch.trace = client.trace;
  LG_TRY(ledger::insert_batch(tx, batch));
  if (order.replay.empty()) return batch;
  LG_ASSIGN(const Replay replay, find_predecessors(tx, client.scope, dataset.id, order.replay));
  LG_TRY(ledger::insert_replay(tx, batch.id, replay));
  return batch;
}

}  // namespace lakegate::pipeline
