// Advancing: takes completed batches, and moves each on when the last of its files has its verdict: to staged, or to
// failed with what its files' reports say. One thread; batches that are ready at the same time share a commit.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/ledger.h"
#include "ledger/org_names.h"
#include "model/ids.h"
#include "pipeline/batch_step.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/set_backs.h"

namespace lakegate::pipeline {

class Advancing {
 public:
  Advancing(Ledger& ledger, const Clock& clock, const PipelineSettings& settings);
  ~Advancing() { stop(); }

  void start() { thread_.start(); }  // looks at all completed batches at first
  void stop() { thread_.stop(); }
  // The batch was completed, or a file of it judged. Never blocks; from any thread.
  void wake(const BatchId& batch);

 private:
  std::optional<Millis> pass();
  bool take_hints(std::unordered_set<BatchId>& due);
  Status advance_all();
  Status advance_all_in(BatchStatus status);
  void advance(std::span<const BatchId> batches);
  std::vector<BatchStep> find_steps(std::span<const BatchId>& batches);
  Status carry_out_all(std::span<const BatchStep> steps);

  Ledger& ledger_;
  const Clock& clock_;
  const PipelineSettings& settings_;
  ledger::OrgNames org_names_{ledger_};

  // The thread's own
  SetBacks<BatchId> set_back_;
  int64_t read_failures_ = 0;

  std::mutex mutex_;
  std::unordered_set<BatchId> hints_;  // guarded by mutex_
  bool look_at_all_ = true;            // guarded by mutex_: at start, and when hints were too many

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
