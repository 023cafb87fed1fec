#include "pipeline/expiring.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "ledger/batches.h"
#include "model/error_codes.h"

namespace lakegate::pipeline {

Expiring::Expiring(Ledger& ledger, Expire expire, const Clock& clock, const PipelineSettings& settings)
    : ledger_(ledger),
      expire_(std::move(expire)),
      clock_(clock),
      settings_(settings),
      set_back_(settings.back_off, "expire batch"),
      thread_([this] { return pass(); }) {}

void Expiring::start() {
  if (settings_.batch_time_to_live > 0) thread_.start();
}

std::optional<Millis> Expiring::pass() {
  const Millis now = clock_.now_ms();
  const Result<bool> more = expire_old(now);
  const Result<Millis> next = more ? next_date(now) : std::unexpected(more.error());
  if (!next) {
    const Millis pause = settings_.back_off.after(++failures_);
    log::warning("Old batches are looked at again in {} ms: {}", pause, next.error().message);
    return pause;
  }
  failures_ = 0;
  if (*more) return 0;
  const Millis left = std::max<Millis>(1, *next - now);
  const std::optional<Millis> again = set_back_.next();
  // Those set back are old already: only their own dates count for them.
  return again ? std::max<Millis>(1, *again) : left;
}

// True: there may be more. One that cannot be taken out now holds up no other, unless there are very many of them.
Result<bool> Expiring::expire_old(Millis now) {
  const Millis before = now - settings_.batch_time_to_live;
  const int64_t limit = settings_.batches_per_expiry_max + static_cast<int64_t>(set_back_.size());
  LG_ASSIGN(const std::vector<Batch> old,
            ledger_.read([&](ReadTx& tx) { return ledger::active_batches_since(tx, before, limit); }));
  set_back_.drop_due([&](const BatchId& id) { return std::ranges::find(old, id, &Batch::id) != old.end(); });
  for (const Batch& batch : old) {
    if (set_back_.waits(batch.id)) continue;
    const Status expired = expire_(batch);
    // Its client was faster, or its dataset is gone.
    const bool gone = !expired && expired.error().code == &codes::batch_wrong_state;
    if (expired || gone) {
      set_back_.erase(batch.id);
    } else {
      set_back_.add(batch.id, expired.error());
    }
  }
  return static_cast<int64_t>(old.size()) == limit;
}

// When the batch that has been active longest is due. Where none is: none can be due before a new one is.
Result<Millis> Expiring::next_date(Millis now) {
  LG_ASSIGN(const std::optional<Millis> oldest, ledger_.read([](ReadTx& tx) { return ledger::oldest_active(tx); }));
  return oldest.value_or(now) + settings_.batch_time_to_live;
}

}  // namespace lakegate::pipeline
