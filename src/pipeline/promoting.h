// Promoting: tables with staged batches get their rounds. A few threads, one round of a table at a time: what is staged
// while it runs goes together into the next one, so a busy table makes larger rounds instead of more.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"
#include "model/ids.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/set_backs.h"

namespace lakegate::pipeline {

class Promoting {
 public:
  // Makes a round, as Promoter::promote. True: staged batches are left over.
  using Promote = std::function<Result<bool>(const DatasetId&)>;

  Promoting(Ledger& ledger, Promote promote, const PipelineSettings& settings);
  ~Promoting() { stop(); }

  void start();  // looks for staged batches of all tables at first
  void stop();   // rounds that run are finished
  // A batch of the dataset was staged. Never blocks; from any thread.
  void wake(const DatasetId& dataset);

  struct Counts {
    int64_t waiting = 0;   // tables whose turn is still to come
    int64_t running = 0;   // rounds under way
    int64_t set_back = 0;  // tables whose round failed and is tried again later
  };
  Counts counts() const;

 private:
  using Time = std::chrono::steady_clock;
  enum class Turn { waiting, running, running_wanted_again };
  using Lock = std::unique_lock<std::mutex>;

  void run();
  void want(const DatasetId& dataset);
  std::optional<DatasetId> next_table();
  void wait(Lock& lock);
  void look_at_all(Lock& lock);
  void make_round(const DatasetId& dataset, Lock& lock);

  Ledger& ledger_;
  const Promote promote_;
  const PipelineSettings& settings_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_
  std::unordered_map<DatasetId, Turn> turns_;
  std::deque<DatasetId> queue_;   // those waiting
  SetBacks<DatasetId> set_back_;  // have no turn
  bool look_at_all_ = true;       // at start, and when wakes were too many
  Time::time_point look_due_ = {};
  int64_t look_failures_ = 0;
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace lakegate::pipeline
