// What a new batch is to replace: the client's words become batches of the ledger, or a refusal.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"
#include "model/replay.h"
#include "model/sight.h"

namespace lakegate::pipeline {

inline constexpr size_t predecessors_max = 1'000;

// As the request has it, contract/batch-ingestion.md "Replay".
struct ReplayOrder {
  std::string reason;
  std::vector<std::string> ids;  // without the `$` forms
  std::vector<std::string> external_ids;

  bool empty() const { return ids.empty() && external_ids.empty(); }
};

// The batches that are meant, in the order of the request, each once. `predecessor_unknown` where there is none of that
// name in the dataset; `predecessor_busy` where a batch is still on its way, or another batch replaces it already: two
// that replace the same rows would both stay.
Result<Replay> find_predecessors(ReadTx& tx, const Sight& sight, const DatasetId& dataset, const ReplayOrder& order);

}  // namespace lakegate::pipeline
