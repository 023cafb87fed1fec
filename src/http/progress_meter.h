// ProgressMeter: whether the other side moves enough bytes for the time that is spent waiting for it.
#pragma once

#include <chrono>
#include <cstdint>

namespace lakegate::http {

// Counts only waiting: a slow disk of ours is not the client's fault. One thread.
class ProgressMeter {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // At least `bytes_min` (1 at least) in every `interval`.
  ProgressMeter(Duration interval, int64_t bytes_min)
      : interval_(interval), bytes_min_(bytes_min), patience_(interval) {}

  // How long the next wait may take.
  Duration patience() const { return patience_; }
  bool stalled() const { return patience_ <= Duration::zero(); }

  void waited(Duration time, int64_t bytes) {
    bytes_ += bytes;
    patience_ -= time;
    if (bytes_ < bytes_min_ || bytes == 0) return;
    bytes_ = 0;
    patience_ = interval_;
  }

 private:
  const Duration interval_;
  const int64_t bytes_min_;
  Duration patience_;
  int64_t bytes_ = 0;  // since the interval began
};

}  // namespace lakegate::http
