#include "pipeline/expiring.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "ledger/batches.h"
#include "model/error_codes.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t datasets_page = 1'000;

}  // namespace

Expiring::Expiring(Ledger& ledger, Expire expire, const Clock& clock, const PipelineSettings& settings)
    : ledger_(ledger),
      expire_(std::move(expire)),
      clock_(clock),
      settings_(settings),
      set_back_(settings.back_off, "A batch could not be expired", "batch"),
      thread_([this] { return pass(); }, settings.expiry_pause) {}

std::optional<Millis> Expiring::pass() {
  const Millis now = clock_.now_ms();
  const Result<Outlook> outlook = look_at_datasets(now);
  if (!outlook) {
    const Millis pause = settings_.back_off.after(++failures_);
    log::warning("Old batches are looked at again", {{"again_in_ms", pause}, {"cause", outlook.error()}});
    return pause;
  }
  failures_ = 0;
  if (outlook->more) return 0;
  std::optional<Millis> wait;
  if (outlook->next) wait = std::max<Millis>(1, *outlook->next - now);
  // Those set back are old already: their own dates count for them.
  if (const std::optional<Millis> again = set_back_.next())
    wait = std::max<Millis>(1, std::min(*again, wait.value_or(*again)));
  return wait;
}

Result<Expiring::Outlook> Expiring::look_at_datasets(Millis now) {
  Outlook outlook;
  // What is due by now. A date that comes while we look is for the next pass.
  due_ = set_back_.due();
  DatasetId after;
  while (true) {
    LG_ASSIGN(const std::vector<ledger::DatasetAge> page,
              ledger_.read([&](ReadTx& tx) { return ledger::dataset_ages(tx, after, datasets_page); }));
    for (const ledger::DatasetAge& age : page) LG_TRY(look_at(age, now, outlook));
    if (std::ssize(page) < datasets_page) break;
    after = page.back().id;
  }
  // Not met: their datasets have another time now, or are gone.
  for (const BatchId& batch : due_) set_back_.erase(batch);
  return outlook;
}

Status Expiring::look_at(const ledger::DatasetAge& age, Millis now, Outlook& outlook) {
  const std::optional<CalendarPeriod> time_to_live = time_to_live_of(age);
  if (!time_to_live) return {};
  // Without an active batch: whichever becomes active from now on grows old no earlier.
  const Millis due = after(age.active_since.value_or(now), *time_to_live);
  if (due < now) {
    LG_ASSIGN(const bool more, expire_old(age.id, *time_to_live, now));
    outlook.more = outlook.more || more;
    // What is left of them is younger, or set back and has a date of its own.
    LG_ASSIGN(const auto rest, ledger_.read([&](ReadTx& tx) {
      return ledger::active_batches_since(tx, age.id, now + 1, static_cast<int64_t>(set_back_.size()) + 1);
    }));
    const auto next = std::ranges::find_if(rest, [&](const Batch& batch) { return !set_back_.contains(batch.id); });
    const Millis since = next == rest.end() ? now : next->completed.value_or(now);
    outlook.next = std::min(outlook.next.value_or(after(since, *time_to_live)), after(since, *time_to_live));
  } else {
    outlook.next = std::min(outlook.next.value_or(due), due);
  }
  return {};
}

// True: there may be more. One that cannot be taken out now holds up no other, unless there are very many of them.
Result<bool> Expiring::expire_old(const DatasetId& dataset, const CalendarPeriod& time_to_live, Millis now) {
  const int64_t limit = settings_.batches_per_expiry_max + static_cast<int64_t>(set_back_.size());
  LG_ASSIGN(std::vector<Batch> old,
            ledger_.read([&](ReadTx& tx) { return ledger::active_batches_since(tx, dataset, now + 1, limit); }));
  const bool may_be_more = std::ssize(old) == limit;
  const size_t found = old.size();
  std::erase_if(old, [&](const Batch& batch) { return after(batch.completed.value_or(now), time_to_live) >= now; });
  for (const Batch& batch : old) {
    const bool is_due = std::erase(due_, batch.id) > 0;
    if (set_back_.contains(batch.id) && !is_due) continue;
    const Status expired = expire_(batch);
    // Its client was faster, or its dataset is gone.
    const bool gone = !expired && expired.error().code == &codes::batch_wrong_state;
    if (expired || gone) {
      set_back_.erase(batch.id);
    } else {
      set_back_.add(batch.id, expired.error());
    }
  }
  return may_be_more && old.size() == found;
}

std::optional<CalendarPeriod> Expiring::time_to_live_of(const ledger::DatasetAge& age) const {
  if (const auto own = parse_calendar_period(age.time_to_live)) return own;
  if (settings_.batch_time_to_live <= 0) return std::nullopt;
  return CalendarPeriod{.months = 0, .rest = settings_.batch_time_to_live};
}

}  // namespace lakegate::pipeline
