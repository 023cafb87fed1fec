#include "auth/request_rate.h"

#include <gtest/gtest.h>

namespace lakegate::auth {
namespace {

const ApiKey one("one");
const ApiKey other("other");

TEST(RequestRate, AMinutesWorthAtOnceThenByTheRate) {
  FakeClock clock{1'700'000'000'000};
  RequestRate rate(clock, 60);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(rate.take(one).has_value()) << i;
  const Status refused = rate.take(one);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code->id, "429050");
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(1));
  EXPECT_TRUE(rate.take(other).has_value()) << "each client for itself";

  clock.advance_ms(999);
  EXPECT_FALSE(rate.take(one).has_value()) << "refused ones cost nothing, and give nothing";
  clock.advance_ms(1);
  EXPECT_TRUE(rate.take(one).has_value());
  EXPECT_FALSE(rate.take(one).has_value());
  clock.advance_ms(60'000);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(rate.take(one).has_value()) << i;
  EXPECT_FALSE(rate.take(one).has_value());
}

TEST(RequestRate, SaysHowLong) {
  FakeClock clock{1'700'000'000'000};
  RequestRate rate(clock, 2);
  ASSERT_TRUE(rate.take(one).has_value());
  ASSERT_TRUE(rate.take(one).has_value());
  EXPECT_EQ(rate.take(one).error().retry_after, std::chrono::seconds(30));
  clock.advance_ms(10'500);
  EXPECT_EQ(rate.take(one).error().retry_after, std::chrono::seconds(20)) << "rounded up";
}

TEST(RequestRate, ZeroIsNoLimit) {
  FakeClock clock{0};
  RequestRate rate(clock, 0);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(rate.take(one).has_value());
}

TEST(RequestRate, AClockThatIsSetBackLocksNobodyOut) {
  FakeClock clock{1'700'000'000'000};
  RequestRate rate(clock, 10);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(rate.take(one).has_value());
  clock.advance_ms(-3'600'000);
  EXPECT_TRUE(rate.take(one).has_value());
}

}  // namespace
}  // namespace lakegate::auth
