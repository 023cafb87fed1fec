// Forgetting: rows that were reverted or expired stay readable by the table's earlier snapshots for a while; then those
// snapshots leave the table's metadata, though nobody writes to it any more. Sweeping removes the bytes after its
// grace.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/ledger.h"
#include "model/ids.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/set_backs.h"

namespace lakegate::pipeline {

class Forgetting {
 public:
  // Lets snapshots go that others came after at that time or earlier, as Promoter::forget_history.
  using Forget = std::function<Status(const DatasetId&, Millis before)>;

  Forgetting(Ledger& ledger, Forget forget, const Clock& clock, const PipelineSettings& settings);
  ~Forgetting() { stop(); }

  void start() { thread_.start(); }
  void stop() { thread_.stop(); }
  // A batch became inactive. Never blocks; from any thread.
  void wake() { thread_.wake(); }

 private:
  std::optional<Millis> pass();
  Result<std::optional<Millis>> forget_old(Millis now);

  Ledger& ledger_;
  const Forget forget_;
  const Clock& clock_;
  const PipelineSettings& settings_;

  // The thread's own
  SetBacks<DatasetId> set_back_;
  int64_t failures_ = 0;

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
