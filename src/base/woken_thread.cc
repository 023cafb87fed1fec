#include "base/woken_thread.h"

#include <algorithm>
#include <chrono>

namespace lakegate {
namespace {

// Dates come from a clock that may be set; a wait ends now and then to look at it again.
constexpr Millis wait_max = 3'600'000;

}  // namespace

void WokenThread::start() {
  thread_ = std::thread([this] { run(); });
}

void WokenThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WokenThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void WokenThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const std::optional<Millis> next = pass_();
    lock.lock();
    if (next == 0) continue;
    if (pause_ > 0) changed_.wait_for(lock, std::chrono::milliseconds(pause_), [this] { return stopping_; });
    const auto due = [this] { return woken_ || stopping_; };
    if (next) {
      const Millis left = std::clamp<Millis>(*next - pause_, 0, wait_max);
      changed_.wait_for(lock, std::chrono::milliseconds(left), due);
    } else {
      changed_.wait(lock, due);
    }
  }
}

}  // namespace lakegate
