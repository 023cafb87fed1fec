// ResolutionGate: few schemas are resolved at the same time. One of ten thousand fields takes a third of a second of a
// core and a hundred megabytes; many at once would take the ledger's readers from everyone else.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <type_traits>

#include "base/result.h"

namespace lakegate::registry {

struct ResolutionLimits {
  size_t running_max = std::clamp<size_t>(std::thread::hardware_concurrency() / 2, 2, 8);
  size_t waiting_max = 16;                     // each holds a thread of the pool
  std::chrono::milliseconds wait_max{15'000};  // for its turn
};

// Thread-safe.
class ResolutionGate {
 public:
  explicit ResolutionGate(ResolutionLimits limits = {}) : limits_(limits) {}

  // What `work()` returns, a Result or Status, once it had its turn; on the caller's thread. Enter before asking the
  // ledger, never inside one of its closures. Memory that long work leaves behind goes back to the system.
  // `overloaded`: too many wait, or the turn did not come in time; nothing was done.
  template <class Work>
  std::invoke_result_t<Work&> run(Work&& work);

 private:
  Status enter();
  // `since`: when the work began.
  void leave(std::chrono::steady_clock::time_point since);

  const ResolutionLimits limits_;
  std::mutex mutex_;
  std::condition_variable left_;
  size_t running_ = 0;  // guarded by mutex_
  size_t waiting_ = 0;  // guarded by mutex_
};

template <class Work>
std::invoke_result_t<Work&> ResolutionGate::run(Work&& work) {
  if (Status entered = enter(); !entered) return std::unexpected(std::move(entered).error());
  struct Leaving {
    ResolutionGate& gate;
    std::chrono::steady_clock::time_point since;
    ~Leaving() { gate.leave(since); }
  };
  const Leaving leaving{*this, std::chrono::steady_clock::now()};
  return work();
}

}  // namespace lakegate::registry
