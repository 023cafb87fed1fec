#include "ledger/checkpointer.h"

#include "base/log.h"

namespace lakegate::ledger {

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection, const LedgerOptions& options, std::mutex& gate,
                           StopSwitch& stop)
    : connection_(std::move(connection)),
      bytes_checkpoint_(options.log_bytes_checkpoint),
      bytes_max_(options.log_bytes_max),
      idle_restart_(options.idle_restart),
      gate_(gate),
      stop_(stop),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::log_grew_to(int64_t bytes) {
  if (bytes < log_bytes_.exchange(bytes)) tried_bytes_ = 0;  // the log began anew
  {
    const std::lock_guard lock(mutex_);
    ++growths_;
  }
  if (enough()) changed_.notify_one();
}

// Copies when enough has gathered; lets the log begin anew when a whole idle time brought no commit.
void Checkpointer::run() {
  int64_t growths_seen = 0;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    (void)changed_.wait_for(lock, idle_restart_, [this] { return ending_ || enough(); });
    if (ending_) return;
    const bool idle = growths_ == growths_seen;
    growths_seen = growths_;
    lock.unlock();
    if (enough()) {
      copy();
    } else if (idle && log_bytes_ > 0) {
      restart_log();
    }
    lock.lock();
  }
}

// Beside the writer. Under steady load the log's end is never reached and the log never starts anew, so over its
// maximum the writer waits while the short rest is copied.
void Checkpointer::copy() {
  checkpoint(false);
  if (log_bytes_ >= bytes_max_) restart_log();
}

void Checkpointer::restart_log() {
  const std::lock_guard gate(gate_);
  checkpoint(true);
}

void Checkpointer::checkpoint(bool restart) {
  if (stop_.stopped()) return;
  tried_bytes_ = log_bytes_.load();
  const auto done = connection_->checkpoint(restart);
  if (done.has_value()) {
    if (restart && !done->busy) log_bytes_ = tried_bytes_ = 0;
    return;
  }
  connection_->clear_failure();
  if (done.error().kind() == ErrorKind::no_space) {
    // Nothing is lost: the log keeps all until there is room.
    log::warning("The ledger's log cannot be copied, the disk is full", {{"log_bytes", log_bytes_.load()}});
    return;
  }
  stop_.stop(done.error());
}

}  // namespace lakegate::ledger
