// Checkpointer: copies the write-ahead log into the database file, on a thread and a connection of its own. SQLite's
// automatic way does it inside a commit and hides the disk's errors.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "ledger/connection.h"
#include "ledger/ledger.h"
#include "ledger/stop_switch.h"

namespace lakegate::ledger {

class Checkpointer {
 public:
  Checkpointer(std::unique_ptr<Connection> connection, const LedgerOptions& options, std::mutex& gate,
               StopSwitch& stop);
  ~Checkpointer();

  // After each commit, on the thread that wrote.
  void log_grew_to(int64_t bytes);

  int64_t log_bytes() const { return log_bytes_.load(); }

 private:
  void run();
  bool enough() const { return log_bytes_ - tried_bytes_ >= bytes_checkpoint_; }
  void copy();
  void restart_log();
  void checkpoint(bool restart);

  const std::unique_ptr<Connection> connection_;
  const int64_t bytes_checkpoint_;
  const int64_t bytes_max_;
  const std::chrono::milliseconds idle_restart_;
  std::mutex& gate_;
  StopSwitch& stop_;
  std::atomic<int64_t> log_bytes_ = 0;
  std::atomic<int64_t> tried_bytes_ = 0;  // the log's length at the last try; readers may have kept it from all of it

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t growths_ = 0;  // guarded by mutex_
  bool ending_ = false;  // guarded by mutex_

  std::jthread thread_;  // last: it uses all above
};

}  // namespace lakegate::ledger
