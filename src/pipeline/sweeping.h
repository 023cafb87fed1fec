// Sweeping: removes the bytes of objects that nothing refers to, when their grace is over, and what an earlier start of
// the server left half written; then the rows that only grow. The ledger says what may go; no folder is ever listed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/ledger.h"
#include "model/ids.h"
#include "objects/object_store.h"
#include "objects/removal_gate.h"
#include "pipeline/pipeline_settings.h"

namespace lakegate::pipeline {

class Sweeping {
 public:
  // `removals` may be null: nobody copies the objects then.
  Sweeping(Ledger& ledger, ObjectStore& objects, const RemovalGate* removals, const Clock& clock, int64_t epoch,
           const PipelineSettings& settings);
  ~Sweeping() { stop(); }

  void start() { thread_.start(); }
  void stop() { thread_.stop(); }
  // An object was condemned, or a batch became inactive. Never blocks; from any thread.
  void wake() { thread_.wake(); }

 private:
  std::optional<Millis> pass();
  Result<bool> sweep_objects();
  Result<std::vector<ObjectKey>> remove_in_turn(std::span<const ObjectKey> keys);
  std::vector<ObjectKey> remove(std::span<const ObjectKey> keys);
  Result<bool> end_swept_batches();
  Result<bool> prune();
  Result<Millis> next_date();

  Ledger& ledger_;
  ObjectStore& objects_;
  const RemovalGate* const removals_;
  const Clock& clock_;
  const int64_t epoch_;
  const PipelineSettings& settings_;

  // The thread's own
  int64_t failures_ = 0;
  bool removal_failed_ = false;  // in this pass
  bool held_up_ = false;         // the same, by a copy that is being made
  Millis next_prune_ = 0;

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
