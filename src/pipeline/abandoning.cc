#include "pipeline/abandoning.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/objects.h"
#include "model/trace.h"

namespace lakegate::pipeline {

Abandoning::Abandoning(Ledger& ledger, const upload::FlowingBodies& bodies, const Clock& clock,
                       const PipelineSettings& settings)
    : ledger_(ledger), bodies_(bodies), clock_(clock), settings_(settings), thread_([this] { return pass(); }) {}

std::optional<Millis> Abandoning::pass() {
  const Millis now = clock_.now_ms();
  const Result<bool> more = abandon_idle(now);
  const Result<Millis> next = more ? next_date(now) : std::unexpected(more.error());
  if (!next) {
    const Millis pause = settings_.back_off.after(++failures_);
    log::warning("Idle batches are looked at again", {{"again_in_ms", pause}, {"cause", next.error()}});
    return pause;
  }
  failures_ = 0;
  if (*more) return 0;
  return std::max<Millis>(1, *next - now);
}

// True: there may be more. Which batches are idle is asked inside of the transaction: a sign of life may come at any
// time. A body that flows is one that leaves no trace yet; noting it also takes the batch off the head of the list.
Result<bool> Abandoning::abandon_idle(Millis now) {
  const Millis before = now - settings_.abandon_after;
  LG_ASSIGN(const std::vector<Batch> idle, ledger_.read([&](ReadTx& tx) {
    return ledger::idle_batches(tx, before, settings_.batches_per_abandon_max);
  }));
  if (idle.empty()) return false;
  std::vector<Batch> abandoned;
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    abandoned.clear();
    LG_ASSIGN(const std::vector<Batch> still_idle, ledger::idle_batches(tx, before, settings_.batches_per_abandon_max));
    for (const Batch& batch : still_idle) {
      if (bodies_.flows_to(batch.id)) {
        LG_TRY(ledger::touch_batch(tx, batch.id, now));
        continue;
      }
      LG_TRY(ledger::transition(tx, batch.id, BatchEvent::abandon, now, "no sign of life from its client"));
      LG_TRY(ledger::condemn_batch_objects(tx, batch.id, now + settings_.reader_grace));
      abandoned.push_back(batch);
    }
    return {};
  }));
  for (const Batch& batch : abandoned) tell(batch);
  return static_cast<int64_t>(idle.size()) == settings_.batches_per_abandon_max;
}

void Abandoning::tell(const Batch& batch) {
  log::info("Batch abandoned", {{"batch", batch.id},
                                {"dataset", batch.dataset_id},
                                {"org", org_names_.of(batch.scope.org)},
                                {"trace_id", trace_id_of(batch.trace)}});
}

// When the batch that has been idle longest is due. Where none is loading: no batch can be due before a new one is.
Result<Millis> Abandoning::next_date(Millis now) {
  LG_ASSIGN(const std::optional<Millis> oldest, ledger_.read([](ReadTx& tx) { return ledger::oldest_activity(tx); }));
  return oldest.value_or(now) + settings_.abandon_after;
}

}  // namespace lakegate::pipeline
