// Creating a batch: it belongs to one dataset and is judged by the schema that the dataset has at this moment.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "pipeline/batch_client.h"
#include "pipeline/replay_order.h"

namespace lakegate::pipeline {

struct BatchOrder {
  DatasetId dataset = {};
  std::string external_id = {};  // empty: none
  InputFormat format = InputFormat::parquet;
  std::string input_format_json = "{}";  // as sent
  std::string tags_json = "{}";          // as Batch::tags_json
  ReplayOrder replay = {};               // empty: replaces none
};

// A new batch under `id`, loading. Where the sandbox has a batch of the external id already, that one comes back in the
// state that it has by now, so that a lost answer is asked for by asking again; `external_id_taken` names it if it is
// of another dataset or format. `dataset_not_found`, also for another scope's and deleted ones. What it replaces goes
// when it becomes active, not before; refusals as of find_predecessors.
Result<Batch> create_batch(Tx& tx, const BatchClient& client, const BatchOrder& order, const BatchId& id, Millis now);

}  // namespace lakegate::pipeline
