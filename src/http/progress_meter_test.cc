#include "http/progress_meter.h"

#include <gtest/gtest.h>

#include <vector>

namespace lakegate::http {
namespace {

using std::chrono::seconds;

struct Wait {
  int seconds;
  int64_t bytes;
};

// 100 bytes in 10 seconds are asked for.
void check(const std::vector<Wait>& waits, bool stalled, int patience) {
  ProgressMeter meter(seconds(10), 100);
  for (const Wait& wait : waits) meter.waited(seconds(wait.seconds), wait.bytes);
  EXPECT_EQ(meter.stalled(), stalled);
  EXPECT_EQ(meter.patience(), ProgressMeter::Duration(seconds(patience)));
}

TEST(ProgressMeter, AsksForBytesInEveryInterval) {
  check({}, false, 10);
  check({{9, 0}}, false, 1);
  check({{10, 0}}, true, 0);
  check({{5, 99}}, false, 5);
  check({{5, 100}}, false, 10);
  check({{5, 50}, {4, 50}}, false, 10);
  check({{5, 50}, {5, 49}}, true, 0);
  check({{9, 100}, {9, 100}, {9, 0}}, false, 1);
  check({{9, 1000}, {10, 0}}, true, 0);  // no credit for haste
  check({{0, 100000}, {4, 0}}, false, 6);
}

}  // namespace
}  // namespace lakegate::http
