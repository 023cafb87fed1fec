// WokenThread: one thread that makes a pass whenever someone wakes it, and again when the last pass said so. Wakes that
// come during a pass are one wake. How every step of pipeline and delivery waits; nothing polls.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"

namespace lakegate {

class WokenThread {
 public:
  // Runs on the thread alone. Returns how long the next pass waits without being woken; 0: there is more to do, go on
  // at once; nothing: until it is woken.
  using Pass = std::function<std::optional<Millis>()>;

  // `pause`: at least so long before the next pass unless there is more to do, for work that need not be prompt.
  explicit WokenThread(Pass pass, Millis pause = 0) : pass_(std::move(pass)), pause_(pause) {}
  ~WokenThread() { stop(); }

  void start();  // the first pass begins at once
  void stop();   // returns when the pass in hand has ended; no other begins
  void wake();   // never blocks; from any thread, at any time

 private:
  void run();

  const Pass pass_;
  const Millis pause_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace lakegate
