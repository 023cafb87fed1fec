#include "upload/range_claims.h"

#include <gtest/gtest.h>

#include <optional>

namespace lakegate::upload {
namespace {

using Busy = RangeClaims::Busy;
using Claim = RangeClaims::Claim;

const ObjectKey object("1/d/data/00/x.parquet");

// With [10, 20) claimed: is `range` granted, and if not, does it replace?
void check(ByteRange range, bool granted, bool same_range = false) {
  SCOPED_TRACE(fmt::format("{}..{}", range.begin, range.end));
  RangeClaims claims;
  int asked = 0;
  auto first = claims.claim(object, {10, 20}, [&] { ++asked; });
  ASSERT_TRUE(std::holds_alternative<Claim>(first));
  const auto second = claims.claim(object, range, [] {});
  EXPECT_EQ(std::holds_alternative<Claim>(second), granted);
  if (granted) return;
  EXPECT_EQ(std::get<Busy>(second).range, (ByteRange{10, 20}));
  EXPECT_EQ(std::get<Busy>(second).same_range, same_range);
  EXPECT_EQ(asked, same_range ? 1 : 0);
}

TEST(RangeClaims, GrantsWhatNobodyWrites) {
  check({0, 10}, true);
  check({20, 30}, true);
  check({0, 11}, false);
  check({19, 21}, false);
  check({12, 15}, false);
  check({0, 40}, false);
  check({10, 20}, false, true);
}

TEST(RangeClaims, AnotherObjectIsAnotherMatter) {
  RangeClaims claims;
  const auto first = claims.claim(object, {0, 10}, [] {});
  const auto second = claims.claim(ObjectKey("1/d/data/00/y.parquet"), {0, 10}, [] {});
  EXPECT_TRUE(std::holds_alternative<Claim>(second));
  EXPECT_EQ(claims.count(), 2u);
}

TEST(RangeClaims, TheSameRangeIsHandedOverOnceTheHolderLetsGo) {
  RangeClaims claims;
  int asked = 0;
  int freed = 0;
  auto first = std::optional(claims.claim(object, {0, 10}, [&] { ++asked; }));
  EXPECT_TRUE(std::holds_alternative<Busy>(claims.claim(object, {0, 10}, [] {})));
  EXPECT_TRUE(std::holds_alternative<Busy>(claims.claim(object, {0, 10}, [] {})));
  EXPECT_EQ(asked, 1);  // once is enough
  claims.when_free(object, {0, 10}, [&] { ++freed; });
  EXPECT_EQ(freed, 0);
  first.reset();
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(claims.count(), 0u);
  EXPECT_TRUE(std::holds_alternative<Claim>(claims.claim(object, {0, 10}, [] {})));
  claims.when_free(object, {0, 10}, [&] { ++freed; });
  EXPECT_EQ(freed, 2);  // nobody there: at once
}

}  // namespace
}  // namespace lakegate::upload
