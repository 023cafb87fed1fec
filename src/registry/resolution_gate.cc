#include "registry/resolution_gate.h"

#include <malloc.h>

#include "model/error_codes.h"

namespace lakegate::registry {
namespace {

// Shorter work has not taken enough memory to be worth looking for.
constexpr std::chrono::milliseconds long_work{50};
constexpr std::chrono::seconds try_again_after{2};

Error too_much(size_t running) {
  return {&codes::overloaded,
          fmt::format("{} schemas are being resolved and as many wait as may; send the request again in a moment.",
                      running),
          try_again_after};
}

}  // namespace

Status ResolutionGate::enter() {
  std::unique_lock lock(mutex_);
  if (running_ >= limits_.running_max) {
    if (waiting_ >= limits_.waiting_max) return std::unexpected(too_much(running_));
    ++waiting_;
    const bool came = left_.wait_for(lock, limits_.wait_max, [this] { return running_ < limits_.running_max; });
    --waiting_;
    if (!came) return std::unexpected(too_much(running_));
  }
  ++running_;
  return {};
}

void ResolutionGate::leave(std::chrono::steady_clock::time_point since) {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  left_.notify_one();
  // The allocator keeps what a thread freed for that thread, and any thread of the pool may be the next.
  if (std::chrono::steady_clock::now() - since > long_work) ::malloc_trim(0);
}

}  // namespace lakegate::registry
