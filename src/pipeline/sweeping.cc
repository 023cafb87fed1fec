#include "pipeline/sweeping.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/error_codes.h"
#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/objects.h"
#include "ledger/retention.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t batches_at_once_max = 100;

}  // namespace

Sweeping::Sweeping(Ledger& ledger, ObjectStore& objects, const RemovalGate* removals, const Clock& clock, int64_t epoch,
                   const PipelineSettings& settings)
    : ledger_(ledger),
      objects_(objects),
      removals_(removals),
      clock_(clock),
      epoch_(epoch),
      settings_(settings),
      thread_([this] { return pass(); }, settings.sweep_pause) {}

// One bounded helping of each kind; another one follows at once while there is more.
std::optional<Millis> Sweeping::pass() {
  removal_failed_ = false;
  held_up_ = false;
  const Result<bool> objects = sweep_objects();
  const Result<bool> batches = objects ? end_swept_batches() : objects;
  const Result<bool> rows = batches ? prune() : batches;
  const Result<Millis> next = rows ? next_date() : std::unexpected(rows.error());
  if (!next || removal_failed_) {
    const Millis pause = settings_.back_off.after(++failures_);
    if (!next) log::warning("Sweeping goes on", {{"again_in_ms", pause}, {"cause", next.error()}});
    return pause;
  }
  failures_ = 0;
  if (held_up_) return settings_.copy_pause;
  if (*objects || *batches || *rows) return 0;
  return std::max<Millis>(0, *next - clock_.now_ms());
}

// True: there may be more.
Result<bool> Sweeping::sweep_objects() {
  const Millis now = clock_.now_ms();
  LG_ASSIGN(const std::vector<ObjectKey> keys, ledger_.read([&](ReadTx& tx) {
    return ledger::objects_to_sweep(tx, now, epoch_, settings_.objects_per_sweep_max);
  }));
  if (keys.empty()) return false;
  LG_ASSIGN(const std::vector<ObjectKey> gone, remove_in_turn(keys));
  crash_point("sweep.removed");
  if (gone.empty()) return false;
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    for (const ObjectKey& key : gone) LG_TRY(ledger::forget_object(tx, key, epoch_));
    return {};
  }));
  return static_cast<int64_t>(keys.size()) == settings_.objects_per_sweep_max;
}

// None while a backup is being made: it copies what its copy of the ledger refers to, and takes its time.
Result<std::vector<ObjectKey>> Sweeping::remove_in_turn(std::span<const ObjectKey> keys) {
  if (removals_ == nullptr) return remove(keys);
  LG_ASSIGN(const std::optional<FileDescriptor> turn, removals_->try_remove());
  held_up_ = !turn;
  if (held_up_) return std::vector<ObjectKey>();
  return remove(keys);
}

// Those whose bytes are gone. The row goes after the bytes: a crash in between repeats the removal, which is fine.
std::vector<ObjectKey> Sweeping::remove(std::span<const ObjectKey> keys) {
  std::vector<ObjectKey> gone;
  for (const ObjectKey& key : keys) {
    if (const Status removed = objects_.remove(key); removed) {
      gone.push_back(key);
    } else {
      removal_failed_ = true;
      log::error("An object that nothing refers to could not be removed",
                 {{"object", key}, {"cause", removed.error()}});
    }
  }
  return gone;
}

Result<bool> Sweeping::end_swept_batches() {
  LG_ASSIGN(const std::vector<BatchId> swept,
            ledger_.read([](ReadTx& tx) { return ledger::swept_batches(tx, batches_at_once_max); }));
  if (swept.empty()) return false;
  const Millis now = clock_.now_ms();
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    for (const BatchId& batch : swept) {
      LG_TRY(ledger::transition(tx, batch, BatchEvent::sweep, now, "its objects are removed"));
    }
    return {};
  }));
  return static_cast<int64_t>(swept.size()) == batches_at_once_max;
}

Result<bool> Sweeping::prune() {
  const Millis now = clock_.now_ms();
  if (now < next_prune_) return false;
  LG_ASSIGN(const int64_t pruned, ledger_.write([&](Tx& tx) {
    return ledger::prune(tx, settings_.retention, now, settings_.prune_rows_max);
  }));
  if (pruned > 0) return true;
  next_prune_ = now + settings_.prune_interval;
  return false;
}

Result<Millis> Sweeping::next_date() {
  const Millis now = clock_.now_ms();
  LG_ASSIGN(const std::optional<Millis> due, ledger_.read([&](ReadTx& tx) { return ledger::next_sweep(tx, now); }));
  return std::min(due.value_or(next_prune_), next_prune_);
}

}  // namespace lakegate::pipeline
