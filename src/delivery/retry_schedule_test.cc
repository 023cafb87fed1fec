#include "delivery/retry_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"

namespace lakegate::delivery {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

TEST(RetrySchedule, PausesGrowAndEnd) {
  SeededRandom random(1);
  const RetrySchedule schedule;
  const std::vector<Millis> seconds = {5, 300, 1'800, 7'200, 18'000, 36'000, 50'400, 72'000, 86'400};
  for (size_t i = 0; i < seconds.size(); ++i) {
    const Millis pause = seconds[i] * 1'000;
    for (int repeat = 0; repeat < 50; ++repeat) {
      EXPECT_THAT(schedule.after(static_cast<int64_t>(i) + 1, std::nullopt, random).value(),
                  AllOf(Ge(pause), Le(pause + pause / 5)));
    }
  }
  EXPECT_EQ(schedule.after(10, std::nullopt, random), std::nullopt);
  EXPECT_EQ(schedule.after(10, 5, random), std::nullopt);  // asking for more does not make more attempts
}

// Those who failed together do not come back together.
TEST(RetrySchedule, JittersTheWholeFifth) {
  SeededRandom random(2);
  const RetrySchedule schedule({10'000});
  Millis least = 100'000;
  Millis most = 0;
  for (int i = 0; i < 500; ++i) {
    const Millis pause = schedule.after(1, std::nullopt, random).value();
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  EXPECT_LT(least, 10'100);
  EXPECT_GT(most, 11'900);
}

TEST(RetrySchedule, WaitsAsLongAsAskedWithinBounds) {
  SeededRandom random(3);
  const RetrySchedule schedule({1'000}, 60'000);
  EXPECT_THAT(schedule.after(1, 30'000, random).value(), AllOf(Ge(30'000), Le(30'200)));
  EXPECT_THAT(schedule.after(1, 1'000'000, random).value(), AllOf(Ge(60'000), Le(60'200)));
  EXPECT_THAT(schedule.after(1, 10, random).value(), AllOf(Ge(1'000), Le(1'200)));
  EXPECT_THAT(schedule.after(1, -5, random).value(), AllOf(Ge(1'000), Le(1'200)));
}

TEST(RetrySchedule, IsRead) {
  SeededRandom random(4);
  const auto read = RetrySchedule::parse("500ms, 2s  1m 3h 1d 0s");
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(read->after(4, std::nullopt, random).value(), Ge(3 * 3'600'000));
  EXPECT_EQ(read->after(6, std::nullopt, random), 0);
  EXPECT_EQ(read->after(7, std::nullopt, random), std::nullopt);
  for (const char* wrong : {"", "  ", "5", "s", "-5s", "5 s", "5x", "31d", "9999999999999999999s", "5s;6s"}) {
    const auto refused = RetrySchedule::parse(wrong);
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().code, &codes::invalid_argument);
  }
  std::string many;
  for (int i = 0; i < 101; ++i) many += "1s ";
  EXPECT_FALSE(RetrySchedule::parse(many).has_value());
}

}  // namespace
}  // namespace lakegate::delivery
