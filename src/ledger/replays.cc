#include "ledger/replays.h"

#include <utility>

#include "ledger/batch_tags.h"
#include "ledger/batches.h"
#include "ledger/sql.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, Predecessor& predecessor) {
  visit(predecessor.id, predecessor.external_id);
}

namespace ledger {

Status insert_replay(Tx& tx, const BatchId& batch, const Replay& replay) {
  LG_TRY(change_rows(tx, "INSERT INTO replay (batch_id, reason) VALUES (:batch, :reason)", batch, replay.reason));
  int64_t place = 0;
  for (const Predecessor& predecessor : replay.predecessors) {
    LG_TRY(change_rows(tx,
                       "INSERT INTO predecessor (batch_id, place, predecessor_id, external_id)"
                       " VALUES (:batch, :place, :predecessor, :external_id)",
                       batch, ++place, predecessor.id, predecessor.external_id));
  }
  return {};
}

Result<std::optional<Replay>> replay_of(ReadTx& tx, const BatchId& batch) {
  LG_ASSIGN(std::optional<std::string> reason,
            find_row<std::string>(tx, "SELECT reason FROM replay WHERE batch_id = :batch", batch));
  if (!reason) return std::nullopt;
  // As many as a request may name.
  LG_ASSIGN(std::vector<Predecessor> predecessors,
            find_rows<Predecessor>(tx,
                                   "SELECT predecessor_id, external_id FROM predecessor"
                                   " WHERE batch_id = :batch ORDER BY place LIMIT 100000",
                                   batch));
  return Replay{.reason = *std::move(reason), .predecessors = std::move(predecessors)};
}

Result<std::optional<BatchId>> successor_of(ReadTx& tx, const BatchId& batch) {
  return find_row<BatchId>(tx,
                           "SELECT b.id FROM predecessor p JOIN batch b ON b.id = p.batch_id"
                           " WHERE p.predecessor_id = :batch"
                           " AND b.status IN ('loading', 'loaded', 'staging', 'staged', 'active')"
                           " ORDER BY b.created DESC, b.id DESC LIMIT 1",
                           batch);
}

Status tag_successor(Tx& tx, const BatchId& batch, const BatchId& successor) {
  LG_TRY(change_rows(tx,
                     "UPDATE batch SET tags = json_set(tags, '$.acp_successor', json_array(:successor))"
                     " WHERE id = :batch",
                     successor, batch));
  LG_ASSIGN(const Batch tagged, get_batch(tx, batch));
  return replace_tags(tx, tagged);
}

}  // namespace ledger
}  // namespace lakegate
