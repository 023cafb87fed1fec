// Judging: every complete file gets its verdict, as soon as it is complete and not only when its batch is.
//
// The ledger is the queue: what waits there is read in order, and what is under way is remembered here. An object is
// under way once at a time, until its verdict is committed: its tail is never written again afterwards, when readers
// may be reading it.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/ledger.h"
#include "ledger/verdicts.h"
#include "model/batch.h"
#include "model/ids.h"
#include "objects/object_store.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/schema_cache.h"
#include "pipeline/set_backs.h"
#include "pipeline/verdict_recorder.h"
#include "validation/validator.h"

namespace lakegate::pipeline {

class Judging {
 public:
  // Validator::submit, or a test's.
  using Submit =
      std::function<Status(validation::ValidationRequest, std::function<void(validation::ValidationOutcome)>)>;

  Judging(Ledger& ledger, ObjectStore& objects, Submit submit, const Clock& clock, const PipelineSettings& settings);
  ~Judging() { stop(); }

  void start();
  // Verdicts in hand are recorded. What the validator answers later is dropped: a start judges it again.
  void stop();
  // A file became complete. Never blocks; from any thread.
  void wake() {
    look_ = true;
    thread_.wake();
  }

 private:
  struct Work {
    ledger::UnjudgedFile unjudged;
    InputFormat format = InputFormat::parquet;
    std::shared_ptr<const validation::ValidationSchema> schema;
  };

  std::optional<Millis> pass();
  void settle_finished();
  Result<std::vector<Work>> find_work(ReadTx& tx);
  bool may_begin(const ObjectKey& object) const;
  Result<Work> prepare(ReadTx& tx, ledger::UnjudgedFile unjudged);
  Status begin(Work work);
  void forget_gone(const std::unordered_set<ObjectKey>& waiting);
  void finish(const ObjectKey& object, Status status);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Submit submit_;
  const PipelineSettings& settings_;

  // The thread's own
  SchemaCache schemas_;
  std::unordered_set<ObjectKey> in_flight_;
  SetBacks<ObjectKey> set_back_;
  int64_t read_failures_ = 0;

  std::atomic<bool> look_ = true;  // the ledger may have files that were not seen yet

  std::mutex mutex_;
  std::vector<std::pair<ObjectKey, Status>> finished_;  // guarded by mutex_

  VerdictRecorder recorder_;
  WokenThread thread_;
};

}  // namespace lakegate::pipeline
