// The state machine's move in the ledger, and the history that it leaves.
#include <algorithm>

#include "base/error_codes.h"
#include "ledger/batches.h"
#include "ledger/column_types.h"
#include "ledger/event_detail.h"
#include "ledger/events.h"
#include "ledger/refusals.h"
#include "ledger/usage.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, BatchTransition& transition) {
  visit(transition.from, transition.to, transition.at, transition.cause);
}

namespace ledger {
namespace {

bool ends_in(BatchStatus status) {
  using enum BatchStatus;
  return status == active || status == failed || status == aborted || status == abandoned;
}

// As quotas count it.
bool is_on_its_way(BatchStatus status) {
  using enum BatchStatus;
  return status == loading || status == loaded || status == staging || status == staged;
}

Status check_has_error(ReadTx& tx, const BatchId& id) {
  LG_ASSIGN(const auto number,
            find_row<int64_t>(tx, "SELECT number FROM batch_error WHERE batch_id = :batch LIMIT 1", id));
  if (number) return {};
  return fail(codes::internal, "Batch {} was about to fail without a recorded error", id);
}

// Nobody will ask for these verdicts any more.
Status forget_waiting_files(Tx& tx, const BatchId& id) {
  LG_TRY(change_rows(tx, "UPDATE object SET awaits_verdict = 0 WHERE batch_id = :batch AND awaits_verdict = 1", id));
  return {};
}

// Writes `batch`, which was in `from` when it was read. Whether the sandbox's usage is counted.
Result<bool> move_row(Tx& tx, const Batch& batch, BatchStatus from, BatchEvent event) {
  LG_ASSIGN(
      const auto metered,
      find_row<int64_t>(tx,
                        "UPDATE batch SET status = :to, updated = :updated, started = :started, completed = :completed,"
                        " updated_user = :user, version = :version, trace = :trace WHERE id = :id AND status = :from"
                        " RETURNING EXISTS (SELECT 1 FROM usage u WHERE u.sandbox = batch.sandbox)",
                        batch.status, batch.updated, batch.started, batch.completed, batch.updated_user, batch.version,
                        batch.trace, batch.id, from));
  if (metered) return *metered != 0;
  LG_ASSIGN(const Batch now, get_batch(tx, batch.id));
  return wrong_state(batch.id, now.status, event);
}

struct Step {
  BatchStatus from;
  BatchEvent event;
  std::string_view cause;
  std::string_view user;
};

Result<std::string> detail_of(ReadTx& tx, const Batch& batch, const Step& step) {
  TransitionFacts facts{.from = step.from, .event = step.event, .cause = step.cause, .user = step.user};
  if (batch.status == BatchStatus::failed) {
    LG_ASSIGN(facts.first_errors, errors_of(tx, batch.id, errors_in_event_max));
    LG_ASSIGN(const auto count,
              find_row<int64_t>(tx, "SELECT max(number) FROM batch_error WHERE batch_id = :b", batch.id));
    facts.error_count = count.value_or(0);
  }
  return transition_detail(batch, facts);
}

Status tell(Tx& tx, const Batch& batch, const Step& step) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO batch_history (batch_id, number, from_status, to_status, event, at, cause, user)"
                     " SELECT :batch, coalesce(max(number), 0) + 1, :from, :to, :event, :at, :cause, :user"
                     " FROM batch_history WHERE batch_id = :same_batch",
                     batch.id, step.from, batch.status, step.event, batch.updated, step.cause, step.user, batch.id));
  LG_ASSIGN(std::string detail, detail_of(tx, batch, step));
  LG_TRY(append_event(tx, {.dataset_id = batch.dataset_id,
                           .at = batch.updated,
                           .kind = event_kind(batch.status),
                           .batch_id = batch.id,
                           .detail = std::move(detail),
                           .scope = batch.scope}));
  tx.on_commit({.kind = Wake::Kind::batch_status,
                .batch = batch.id,
                .dataset = batch.dataset_id,
                .status = batch.status,
                .from = step.from});
  return {};
}

}  // namespace

Result<Batch> transition(Tx& tx, const BatchId& id, BatchEvent event, Millis now, std::string_view cause,
                         std::string_view user, std::string_view trace) {
  LG_ASSIGN(Batch batch, get_batch(tx, id));
  const BatchStatus from = batch.status;
  const std::optional<BatchStatus> to = next_status(from, event);
  if (!to) return wrong_state(id, from, event);
  if (to == BatchStatus::failed) LG_TRY(check_has_error(tx, id));

  batch.status = *to;
  batch.updated = std::max(batch.updated, now);
  if (event == BatchEvent::complete) batch.started = batch.updated;
  if (ends_in(*to)) batch.completed = batch.updated;
  if (!user.empty()) batch.updated_user = user;
  if (!trace.empty()) batch.trace = trace;
  ++batch.version;
  LG_ASSIGN(const bool metered, move_row(tx, batch, from, event));
  if (metered && is_on_its_way(from) && !is_on_its_way(*to)) LG_TRY(count_ended_batch(tx, batch.scope));
  if (ends_in(*to) && to != BatchStatus::active) LG_TRY(forget_waiting_files(tx, id));
  LG_TRY(tell(tx, batch, {from, event, cause, user}));
  return batch;
}

Result<std::optional<BatchTransition>> find_transition(ReadTx& tx, const BatchId& id, BatchEvent event) {
  return find_row<BatchTransition>(tx,
                                   "SELECT from_status, to_status, at, cause FROM batch_history"
                                   " WHERE batch_id = :batch AND event = :event ORDER BY number DESC LIMIT 1",
                                   id, event);
}

// The machine has no cycle: a handful at most.
Result<std::vector<BatchTransition>> history(ReadTx& tx, const BatchId& id) {
  return find_rows<BatchTransition>(
      tx, "SELECT from_status, to_status, at, cause FROM batch_history WHERE batch_id = :batch ORDER BY number", id);
}

}  // namespace ledger
}  // namespace lakegate
