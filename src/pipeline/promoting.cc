#include "pipeline/promoting.h"

#include <algorithm>

#include "base/log.h"
#include "ledger/batches.h"

namespace lakegate::pipeline {

using std::chrono::milliseconds;

Promoting::Promoting(Ledger& ledger, Promote promote, const PipelineSettings& settings)
    : ledger_(ledger),
      promote_(std::move(promote)),
      settings_(settings),
      set_back_(settings.back_off, "A table's round failed", "dataset") {}

void Promoting::start() {
  for (size_t i = 0; i < settings_.rounds_max; ++i) threads_.emplace_back([this] { run(); });
}

void Promoting::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Promoting::wake(const DatasetId& dataset) {
  {
    const std::lock_guard lock(mutex_);
    want(dataset);
  }
  changed_.notify_one();
}

Promoting::Counts Promoting::counts() const {
  const std::lock_guard lock(mutex_);
  return {.waiting = std::ssize(queue_),
          .running = std::ssize(turns_) - std::ssize(queue_),
          .set_back = static_cast<int64_t>(set_back_.size())};
}

// Under the lock. A table that is set back stays so: a staged batch does not mend it.
void Promoting::want(const DatasetId& dataset) {
  if (set_back_.waits(dataset)) return;
  if (const auto found = turns_.find(dataset); found != turns_.end()) {
    if (found->second == Turn::running) found->second = Turn::running_wanted_again;
  } else if (turns_.size() >= settings_.hints_max) {
    look_at_all_ = true;
  } else {
    turns_.emplace(dataset, Turn::waiting);
    queue_.push_back(dataset);
  }
}

void Promoting::run() {
  Lock lock(mutex_);
  while (!stopping_) {
    if (const std::optional<DatasetId> dataset = next_table()) {
      make_round(*dataset, lock);
    } else if (look_at_all_ && look_due_ <= Time::now()) {
      look_at_all(lock);
    } else {
      wait(lock);
    }
  }
}

// Under the lock. The next one whose turn it is, which is running from now on.
std::optional<DatasetId> Promoting::next_table() {
  for (const DatasetId& dataset : set_back_.due()) {
    want(dataset);
    set_back_.try_again(dataset);
  }
  if (queue_.empty()) return std::nullopt;
  DatasetId dataset = std::move(queue_.front());
  queue_.pop_front();
  turns_.at(dataset) = Turn::running;
  return dataset;
}

void Promoting::wait(Lock& lock) {
  std::optional<Time::time_point> due;
  if (look_at_all_) due = look_due_;
  if (const std::optional<Millis> next = set_back_.next()) {
    const Time::time_point then = Time::now() + milliseconds(*next);
    due = std::min(due.value_or(then), then);
  }
  if (due) {
    changed_.wait_until(lock, *due);
  } else {
    changed_.wait(lock);
  }
}

void Promoting::look_at_all(Lock& lock) {
  look_at_all_ = false;
  lock.unlock();
  const auto datasets = ledger_.read([](ReadTx& tx) { return ledger::datasets_with_staged_batches(tx); });
  lock.lock();
  if (!datasets) {
    const Millis pause = settings_.back_off.after(++look_failures_);
    log::warning("Staged batches wait", {{"again_in_ms", pause}, {"cause", datasets.error()}});
    look_at_all_ = true;
    look_due_ = Time::now() + milliseconds(pause);
    return;
  }
  look_failures_ = 0;
  for (const DatasetId& dataset : *datasets) want(dataset);
  changed_.notify_all();
}

void Promoting::make_round(const DatasetId& dataset, Lock& lock) {
  lock.unlock();
  const Result<bool> more = promote_(dataset);
  lock.lock();
  const bool again = turns_.at(dataset) == Turn::running_wanted_again;
  turns_.erase(dataset);
  if (!more) {
    set_back_.add(dataset, more.error());
    changed_.notify_one();  // whoever waits does not know this date
    return;
  }
  set_back_.erase(dataset);
  if (*more || again) want(dataset);
}

}  // namespace lakegate::pipeline
