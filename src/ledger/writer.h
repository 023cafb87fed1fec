// Writer: the one thread that writes. It takes what waits, runs it as members of one transaction, each in a savepoint
// of its own, commits once, and answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/connection.h"
#include "ledger/ledger.h"
#include "ledger/stop_switch.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

class Writer {
 public:
  using Function = std::function<Status(Tx&)>;

  // `gate` is held while a group is written: whoever holds it keeps the writer waiting.
  Writer(std::unique_ptr<Connection> connection, const LedgerOptions& options, std::mutex& gate, StopSwitch& stop);
  // Writes what waits, then ends.
  ~Writer();

  // Thread-safe; blocks until the group is durable or has failed.
  Status write(const Function& function);

  void add_listener(Ledger::Listener listener) { listeners_.push_back(std::move(listener)); }

  int64_t commits() const { return commits_.load(); }
  int64_t members() const { return members_.load(); }
  int64_t refused() const { return refused_.load(); }

 private:
  // One caller's closure, on its stack while it waits.
  struct Member {
    const Function& function;
    Status status = {};
    std::vector<Wake> wakes = {};
    std::mutex mutex = {};
    std::condition_variable answered = {};
    bool done = false;  // guarded by mutex

    void answer();
    void wait();
  };

  void run();
  std::vector<Member*> take_group();
  void write_group(std::span<Member* const> group);
  Status try_group(std::span<Member* const> group);
  Status run_member(Member& member);
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

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Member*> queue_;  // guarded by mutex_
  bool ending_ = false;        // guarded by mutex_

  std::jthread thread_;  // last: it uses all above
};

}  // namespace lakegate::ledger
