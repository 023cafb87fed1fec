// Replays: which earlier batches a batch replaces. Its rows come and theirs go with one snapshot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/replay.h"

namespace lakegate::ledger {

// In the write that inserts the batch. `replay.predecessors` are ids of batches that exist, each once.
Status insert_replay(Tx& tx, const BatchId& batch, const Replay& replay);

// Nothing where the batch replaces none.
Result<std::optional<Replay>> replay_of(ReadTx& tx, const BatchId& batch);

// The youngest batch that replaces `batch` or is to: one that failed or was given up does not count, nor one whose own
// rows were taken out again.
Result<std::optional<BatchId>> successor_of(ReadTx& tx, const BatchId& batch);

// Writes the tag `acp_successor` of the batch, by which clients find what came in its place.
Status tag_successor(Tx& tx, const BatchId& batch, const BatchId& successor);

}  // namespace lakegate::ledger
