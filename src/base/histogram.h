// Histogram: how often a figure was how large. Counting is a few relaxed additions: fit for every request.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace lakegate {

// What a histogram has counted. `counts[i]` are those up to `bounds[i]` and above the bound before it; the last one,
// which has no bound, those above all.
struct HistogramCounts {
  std::span<const int64_t> bounds = {};
  std::vector<int64_t> counts = {};
  int64_t sum = 0;
};

// Thread-safe. `bounds` ascend, in the unit of what is counted.
template <const auto& bounds>
class Histogram {
 public:
  void add(int64_t value) {
    const auto place = std::ranges::lower_bound(bounds, value) - bounds.begin();
    counts_[static_cast<size_t>(place)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  // While others count the figures may lie a moment apart.
  HistogramCounts read() const {
    HistogramCounts read{.bounds = bounds, .sum = sum_.load(std::memory_order_relaxed)};
    for (const auto& count : counts_) read.counts.push_back(count.load(std::memory_order_relaxed));
    return read;
  }

 private:
  std::array<std::atomic<int64_t>, bounds.size() + 1> counts_{};
  std::atomic<int64_t> sum_ = 0;
};

// Microseconds: from a commit of a fast disk to a file that is judged for minutes.
inline constexpr std::array<int64_t, 15> duration_bounds_us = {500,       1'000,     2'500,     5'000,      10'000,
                                                               25'000,    50'000,    100'000,   250'000,    500'000,
                                                               1'000'000, 2'500'000, 5'000'000, 15'000'000, 60'000'000};
// Things done together.
inline constexpr std::array<int64_t, 10> size_bounds = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000};

using SizeHistogram = Histogram<size_bounds>;

class DurationHistogram : public Histogram<duration_bounds_us> {
 public:
  void add(std::chrono::steady_clock::duration duration) {
    Histogram::add(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  }
};

}  // namespace lakegate
