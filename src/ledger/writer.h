// Writer: one caller at a time writes, for all that wait: it takes their closures, runs them as members of one
// transaction, each in a savepoint of its own, commits once, and answers. A lone caller commits on its own thread.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/bell.h"
#include "base/histogram.h"
#include "base/result.h"
#include "ledger/connection.h"
#include "ledger/ledger.h"
#include "ledger/stop_switch.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

class Writer {
 public:
  using Function = std::function<Status(Tx&)>;

  // `gate` is held while a group is written: whoever holds it keeps the writers waiting. All callers must have returned
  // before it is destroyed.
  Writer(std::unique_ptr<Connection> connection, const LedgerOptions& options, std::mutex& gate, StopSwitch& stop);

  // Thread-safe; blocks until the group is durable or has failed.
  Status write(const Function& function);

  void add_listener(Ledger::Listener listener) { listeners_.push_back(std::move(listener)); }

  int64_t commits() const { return commits_.load(); }
  int64_t members() const { return members_.load(); }
  int64_t refused() const { return refused_.load(); }
  int64_t waiting() const;
  HistogramCounts commit_us() const { return commit_us_.read(); }
  HistogramCounts group_sizes() const { return group_sizes_.read(); }

 private:
  // One caller's closure, on its stack while it waits.
  struct Member {
    const Function& function;
    Status status = {};
    std::vector<Wake> wakes = {};
    bool leads = false;  // it is its turn to write, for itself and others; else it is answered
    Bell called = {};
  };

  Result<bool> join(Member& member);
  std::vector<Member*> take_group();
  void pass_on();
  void write_group(std::span<Member* const> group) noexcept;
  Status try_group(std::span<Member* const> group);
  Status run_in_savepoint(Member& member);
  Status run_closure(Member& member);
  void give_up(const Error& cause);
  void tell_listeners(std::span<Member* const> group);

  const std::unique_ptr<Connection> connection_;
  const size_t queue_max_;
  const size_t group_max_;
  std::mutex& gate_;
  StopSwitch& stop_;
  std::vector<Ledger::Listener> listeners_;
  std::atomic<int64_t> commits_ = 0;
  std::atomic<int64_t> members_ = 0;
  std::atomic<int64_t> refused_ = 0;
  DurationHistogram commit_us_;
  SizeHistogram group_sizes_;

  mutable std::mutex mutex_;
  std::deque<Member*> queue_;  // guarded by mutex_
  bool writing_ = false;       // guarded by mutex_: somebody leads
};

}  // namespace lakegate::ledger
