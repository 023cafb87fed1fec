// VerdictRecorder: what follows a judgement: the tail goes behind the object's bytes, then the verdict into the ledger.
// Both wait for the disk, so several files are under way at a time: their syncs overlap and the ledger takes their
// verdicts in one commit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/org_names.h"
#include "model/batch_file.h"
#include "objects/object_store.h"
#include "validation/validator.h"

namespace lakegate::pipeline {

struct JudgedFile {
  BatchFile file;
  validation::ValidationOutcome outcome;
};

// Takes the validator's outcomes, on its thread. It outlives the recorder: the validator may answer later than anybody
// listens. Bounded by what was submitted.
class JudgedQueue {
 public:
  void push(JudgedFile judged);      // never blocks; dropped once closed
  std::optional<JudgedFile> take();  // waits; nothing: closed
  void close();                      // what waits is dropped: it will be judged again

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<JudgedFile> queue_;  // guarded by mutex_
  bool closed_ = false;           // guarded by mutex_
};

class VerdictRecorder {
 public:
  // Called on one of the threads, once for each file pushed. An error: nothing is recorded, judge it again.
  using OnDone = std::function<void(const ObjectKey&, Status)>;

  VerdictRecorder(Ledger& ledger, ObjectStore& objects, const Clock& clock, OnDone on_done);
  ~VerdictRecorder() { stop(); }

  void start(size_t threads);
  void stop();  // files in hand are recorded, waiting ones dropped

  const std::shared_ptr<JudgedQueue>& queue() const { return queue_; }

 private:
  void run();
  Status record(const JudgedFile& judged);
  Status append_tail(const JudgedFile& judged);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  ledger::OrgNames org_names_;
  const OnDone on_done_;
  const std::shared_ptr<JudgedQueue> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace lakegate::pipeline
