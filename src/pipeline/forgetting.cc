#include "pipeline/forgetting.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "ledger/retired_objects.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t tables_at_once_max = 100;

}  // namespace

Forgetting::Forgetting(Ledger& ledger, Forget forget, const Clock& clock, const PipelineSettings& settings)
    : ledger_(ledger),
      forget_(std::move(forget)),
      clock_(clock),
      settings_(settings),
      set_back_(settings.back_off, "A table's history could not be let go", "dataset"),
      thread_([this] { return pass(); }, settings.sweep_pause) {}

std::optional<Millis> Forgetting::pass() {
  const Result<std::optional<Millis>> next = forget_old(clock_.now_ms());
  if (!next) {
    const Millis pause = settings_.back_off.after(++failures_);
    log::warning("Reverted rows are looked at again", {{"again_in_ms", pause}, {"cause", next.error()}});
    return pause;
  }
  failures_ = 0;
  const std::optional<Millis> again = set_back_.next();
  if (!*next) return again;
  return std::min(**next, again.value_or(**next));
}

// How long until the next table is due; nothing: none will be before another batch becomes inactive.
Result<std::optional<Millis>> Forgetting::forget_old(Millis now) {
  const int64_t limit = tables_at_once_max + static_cast<int64_t>(set_back_.size());
  LG_ASSIGN(const std::vector<ledger::TableWithRetired> tables,
            ledger_.read([&](ReadTx& tx) { return ledger::tables_with_retired_batches(tx, limit); }));
  set_back_.drop_due([&](const DatasetId& id) {
    return std::ranges::find(tables, id, &ledger::TableWithRetired::dataset) != tables.end();
  });
  for (const ledger::TableWithRetired& table : tables) {
    const Millis due = table.since + settings_.history_age_max;
    if (due > now) return due - now;
    if (set_back_.waits(table.dataset)) continue;
    const Status forgotten = forget_(table.dataset, now - settings_.history_age_max);
    if (forgotten) {
      set_back_.erase(table.dataset);
    } else {
      set_back_.add(table.dataset, forgotten.error());
    }
  }
  const bool all = static_cast<int64_t>(tables.size()) < limit;
  return all && set_back_.size() == tables.size() ? std::optional<Millis>() : std::optional<Millis>(1);
}

}  // namespace lakegate::pipeline
