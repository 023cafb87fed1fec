#include "pipeline/advancing.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/batches.h"
#include "model/trace.h"

namespace lakegate::pipeline {
namespace {

// The client's data is at fault, not the server: no warning.
void tell_failure(const BatchStep& step, std::string_view org) {
  log::info("Batch failed", {{"batch", step.batch},
                             {"dataset", step.dataset},
                             {"org", org},
                             {"errors", step.errors.size()},
                             {"first_error", step.errors.front().code},
                             {"first_file", step.errors.front().file},
                             {"trace_id", trace_id_of(step.trace)}});
}

}  // namespace
namespace {

constexpr int64_t page_batches = 500;
constexpr size_t errors_per_commit_max = ledger::errors_per_batch_max;

}  // namespace

Advancing::Advancing(Ledger& ledger, const Clock& clock, const PipelineSettings& settings)
    : ledger_(ledger),
      clock_(clock),
      settings_(settings),
      set_back_(settings.back_off, "A batch could not be moved on", "batch"),
      thread_([this] { return pass(); }) {}

void Advancing::wake(const BatchId& batch) {
  {
    const std::lock_guard lock(mutex_);
    if (hints_.size() >= settings_.hints_max) {
      hints_.clear();
      look_at_all_ = true;
    }
    if (!look_at_all_) hints_.insert(batch);
  }
  thread_.wake();
}

std::optional<Millis> Advancing::pass() {
  std::unordered_set<BatchId> due;
  if (take_hints(due)) {
    set_back_.clear();
    if (const Status all = advance_all(); !all) {
      log::warning("Completed batches wait", {{"cause", all.error()}});
      const std::lock_guard lock(mutex_);
      look_at_all_ = true;
      return settings_.back_off.after(++read_failures_);
    }
    read_failures_ = 0;
  }
  advance(std::vector<BatchId>(due.begin(), due.end()));
  return set_back_.next();
}

// What is to be looked at now. True: everything. A hint about a batch that is set back waits with it.
bool Advancing::take_hints(std::unordered_set<BatchId>& due) {
  bool all = false;
  {
    const std::lock_guard lock(mutex_);
    due.swap(hints_);
    std::swap(all, look_at_all_);
  }
  std::erase_if(due, [this](const BatchId& batch) { return set_back_.waits(batch); });
  for (BatchId& batch : set_back_.due()) due.insert(std::move(batch));
  return all;
}

Status Advancing::advance_all() {
  LG_TRY(advance_all_in(BatchStatus::staging));
  return advance_all_in(BatchStatus::loaded);
}

Status Advancing::advance_all_in(BatchStatus status) {
  BatchId last;
  while (true) {
    LG_ASSIGN(const std::vector<Batch> page,
              ledger_.read([&](ReadTx& tx) { return ledger::batches_in_status(tx, status, last, page_batches); }));
    std::vector<BatchId> ids;
    for (const Batch& batch : page) ids.push_back(batch.id);
    advance(ids);
    if (static_cast<int64_t>(page.size()) < page_batches) return {};
    last = ids.back();
  }
}

void Advancing::advance(std::span<const BatchId> batches) {
  while (!batches.empty()) {
    const std::vector<BatchStep> steps = find_steps(batches);
    if (carry_out_all(steps)) {
      for (const BatchStep& step : steps) set_back_.erase(step.batch);
      continue;
    }
    // One that cannot be moved must not hold the others up.
    for (const BatchStep& step : steps) {
      if (const Status moved = carry_out_all({&step, 1}); moved) {
        set_back_.erase(step.batch);
      } else {
        set_back_.add(step.batch, moved.error());
      }
    }
  }
}

// What one commit shall do, for batches taken from the front.
std::vector<BatchStep> Advancing::find_steps(std::span<const BatchId>& batches) {
  std::vector<BatchStep> steps;
  size_t errors = 0;
  while (!batches.empty() && steps.size() < settings_.batches_per_commit_max && errors < errors_per_commit_max) {
    const BatchId& batch = batches.front();
    batches = batches.subspan(1);
    Result<BatchStep> step = ledger_.read([&](ReadTx& tx) { return next_step(tx, batch); });
    if (!step) {
      set_back_.add(batch, step.error());
    } else if (step->kind == BatchStep::Kind::none) {
      set_back_.erase(batch);
    } else {
      errors += step->errors.size();
      steps.push_back(*std::move(step));
    }
  }
  return steps;
}

Status Advancing::carry_out_all(std::span<const BatchStep> steps) {
  if (steps.empty()) return {};
  const Millis now = clock_.now_ms();
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    for (const BatchStep& step : steps) LG_TRY(carry_out(tx, step, now, now + settings_.reader_grace));
    return {};
  }));
  for (const BatchStep& step : steps) {
    if (step.kind == BatchStep::Kind::fail) tell_failure(step, org_names_.of(step.org));
  }
  return {};
}

}  // namespace lakegate::pipeline
