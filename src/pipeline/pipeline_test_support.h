// World: what the pipeline works on, for tests: a real ledger, a store in memory, and one dataset with the columns
// id (integer, required, at most 1000) and name (string).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/temporary_folder.h"
#include "ledger/ledger.h"
#include "ledger/ledger_test_support.h"
#include "ledger/verdicts.h"
#include "model/batch.h"
#include "model/batch_file.h"
#include "objects/fake_store.h"
#include "pipeline/pipeline_settings.h"
#include "validation/validator.h"

namespace lakegate::pipeline::testing {

// Nobody in a test waits for minutes.
inline PipelineSettings quick_settings() {
  PipelineSettings settings;
  settings.back_off = {.first = 1, .most = 20};
  settings.sweep_pause = 0;
  settings.expiry_pause = 0;
  return settings;
}

// Thread-safe but for its construction.
class World {
 public:
  World();

  Ledger& ledger() { return *ledger_; }
  FakeStore& objects() { return objects_; }
  FakeClock& clock() { return clock_; }
  Random& random() { return random_; }
  const DatasetId& dataset() const { return dataset_; }
  static constexpr int64_t epoch = 2;

  DatasetId create_dataset(const std::string& name);

  // Who is told of commits from now on, as a server's pipeline; until the end of this object no more.
  class Listening {
   public:
    Listening(World& world, Ledger::Listener listener) : world_(world) { world_.set_listener(std::move(listener)); }
    Listening(const Listening&) = delete;
    ~Listening() { world_.set_listener(nullptr); }

   private:
    World& world_;
  };

  // What a client does, without HTTP.
  BatchId create_batch(InputFormat format = InputFormat::parquet) { return create_batch_of(dataset_, format); }
  BatchId create_batch_of(const DatasetId& dataset, InputFormat format = InputFormat::parquet);
  BatchFile put(const BatchId& batch, const std::string& path, std::string_view bytes);
  void complete(const BatchId& batch);
  Batch move(const BatchId& batch, BatchEvent event);
  // Its files have no verdict needed: staged without judging.
  BatchId staged_batch(const DatasetId& dataset);

  Batch batch(const BatchId& id);
  BatchStatus status(const BatchId& id) { return batch(id).status; }
  std::vector<BatchError> errors(const BatchId& id);
  std::optional<ValidationReport> verdict(const BatchFile& file);
  void record_verdict(const BatchFile& file, const ValidationReport& report);
  std::string bytes_of(const ObjectKey& object);

  // Waits until it is true. False: a minute was not enough. touch(): ask again soon.
  bool eventually(const std::function<bool()>& holds);
  bool becomes(const BatchId& id, BatchStatus status) {
    return eventually([&] { return this->status(id) == status; });
  }
  void touch();

 private:
  void set_listener(Ledger::Listener listener);
  void on_commit(std::span<const Wake> wakes);

  TemporaryFolder folder_;
  FakeStore objects_;
  FakeClock clock_{1'700'000'000'000};
  SeededRandom random_{1};
  Scope scope_;
  DatasetId dataset_;

  std::mutex listener_mutex_;
  Ledger::Listener listener_;  // guarded by listener_mutex_
  std::mutex mutex_;
  std::condition_variable changed_;

  std::unique_ptr<Ledger> ledger_;  // last: its writer uses the above
};

ValidationReport good_report(int64_t sent_bytes, int64_t tail_bytes, int64_t rows = 10);
ValidationReport bad_report(int64_t sent_bytes, std::vector<Violation> violations = {});
Violation unknown_column(std::string column);

// Stands in for the validator: files that begin with "bad" are bad, the others good with the tail "-tail". Answers on
// the caller's thread at once, or when told. Thread-safe.
class FakeValidator {
 public:
  Status submit(validation::ValidationRequest request, std::function<void(validation::ValidationOutcome)> on_outcome);

  void hold();             // from now on nothing is answered…
  void release(size_t n);  // …until told; the oldest first
  void refuse(int times);  // the next are `unavailable`
  size_t submitted();
  size_t held();
  // Names of all that was submitted, in order.
  std::vector<std::string> names();
  std::vector<InputFormat> formats();

 private:
  struct Job {
    validation::ValidationRequest request;
    std::function<void(validation::ValidationOutcome)> on_outcome;
  };

  void release_locked(size_t n);

  std::mutex mutex_;
  bool holding_ = false;
  int refusals_ = 0;
  std::vector<Job> held_;
  std::vector<std::string> names_;
  std::vector<InputFormat> formats_;
};

}  // namespace lakegate::pipeline::testing
