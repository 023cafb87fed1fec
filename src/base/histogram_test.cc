#include "base/histogram.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lakegate {
namespace {

constexpr std::array<int64_t, 3> bounds = {1, 10, 100};

void check(int64_t value, std::vector<int64_t> expected) {
  SCOPED_TRACE(value);
  Histogram<bounds> histogram;
  histogram.add(value);
  EXPECT_EQ(histogram.read().counts, expected);
  EXPECT_EQ(histogram.read().sum, value);
}

TEST(Histogram, ABoundBelongsToWhatIsBelowIt) {
  check(0, {1, 0, 0, 0});
  check(1, {1, 0, 0, 0});
  check(2, {0, 1, 0, 0});
  check(10, {0, 1, 0, 0});
  check(100, {0, 0, 1, 0});
  check(101, {0, 0, 0, 1});
}

TEST(Histogram, DurationsAreMicroseconds) {
  DurationHistogram histogram;
  histogram.add(std::chrono::milliseconds(3));
  histogram.add(std::chrono::hours(1));
  const HistogramCounts read = histogram.read();
  EXPECT_EQ(read.sum, 3'000 + 3'600'000'000);
  EXPECT_EQ(read.counts[3], 1) << "up to 5 ms";
  EXPECT_EQ(read.counts.back(), 1);
  EXPECT_EQ(std::accumulate(read.counts.begin(), read.counts.end(), int64_t{0}), 2);
}

}  // namespace
}  // namespace lakegate
