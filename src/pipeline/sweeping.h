// Sweeping: removes the bytes of objects that nothing refers to, when their grace is over, and what an earlier start of
// the server left half written; then the rows that only grow. The ledger says what may go; no folder is ever listed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "model/ids.h"
#include "objects/object_store.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/woken_thread.h"

namespace lakegate::pipeline {

class Sweeping {
 public:
  Sweeping(Ledger& ledger, ObjectStore& objects, const Clock& clock, int64_t epoch, const PipelineSettings& settings);
  ~Sweeping() { stop(); }

  void start() { thread_.start(); }
  void stop() { thread_.stop(); }
  // An object was condemned, or a batch became inactive. Never blocks; from any thread.
  void wake() { thread_.wake(); }

 private:
  std::optional<Millis> pass();
  Result<bool> sweep_objects();
  std::vector<ObjectKey> remove(std::span<const ObjectKey> keys);
  Result<bool> end_swept_batches();
  Result<bool> prune();
  Result<Millis> next_date();

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  const int64_t epoch_;
  const PipelineSettings& settings_;

  // The thread's own
  int64_t failures_ = 0;
  bool removal_failed_ = false;  // in this pass
  Millis next_prune_ = 0;

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
