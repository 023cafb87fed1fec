#include "columnar/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace lakegate::columnar {
namespace {

// Around the widths of vectors, and long ones.
const std::vector<size_t> counts = {1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 100, 4096};

template <class T>
class ScanTest : public ::testing::Test {};
using Types = ::testing::Types<uint8_t, int32_t, int64_t, float, double>;
TYPED_TEST_SUITE(ScanTest, Types);

// Wherever the smallest, the largest and a NaN stand.
TYPED_TEST(ScanTest, FindsTheExtentOfValues) {
  for (const size_t count : counts) {
    for (size_t at = 0; at < count; at += count < 100 ? 1 : 97) {
      std::vector<TypeParam> values(count, TypeParam{10});
      values[at] = 1;
      EXPECT_EQ(extent(std::span<const TypeParam>(values)).smallest, TypeParam{1}) << count << " " << at;
      values[at] = 99;
      EXPECT_EQ(extent(std::span<const TypeParam>(values)).largest, TypeParam{99}) << count << " " << at;
      EXPECT_EQ(extent(std::span<const TypeParam>(values)).nan_count, 0);
      if constexpr (std::is_floating_point_v<TypeParam>) {
        values[at] = std::numeric_limits<TypeParam>::quiet_NaN();
        const auto found = extent(std::span<const TypeParam>(values));
        EXPECT_EQ(found.nan_count, 1);
        EXPECT_EQ(found.smallest, count == 1 ? std::numeric_limits<TypeParam>::infinity() : TypeParam{10});
        EXPECT_EQ(found.largest, count == 1 ? -std::numeric_limits<TypeParam>::infinity() : TypeParam{10});
      }
    }
  }
}

TEST(Scan, OrdersTextsByTheirBytes) {
  const std::vector<std::string> texts = {"",
                                          "a",
                                          std::string("a\0", 2),
                                          "ab",
                                          "abcdefg",
                                          "abcdefgh",
                                          "abcdefghi",
                                          "abcdefghij",
                                          "abcdefgi",
                                          "abcdefghijklmnop",
                                          "abcdefghijklmnoq",
                                          "abcdefghijklmno\xFF",
                                          "\x7F",
                                          "\x80",
                                          "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"};
  for (const std::string_view one : texts) {
    for (const std::string_view other : texts) {
      const std::vector<std::string_view> both = {one, other};
      EXPECT_EQ(extent(std::span<const std::string_view>(both)).smallest, std::min(one, other)) << one << " " << other;
      EXPECT_EQ(extent(std::span<const std::string_view>(both)).largest, std::max(one, other)) << one << " " << other;
    }
  }
}

TEST(Scan, FindsTheLargestIndex) {
  EXPECT_EQ(largest_index({}), 0U);
  for (const size_t count : counts) {
    std::vector<int32_t> indices(count, 3);
    EXPECT_EQ(largest_index(indices), 3U);
    indices[count / 2] = 70'000;
    EXPECT_EQ(largest_index(indices), 70'000U);
    indices[count - 1] = -1;
    EXPECT_EQ(largest_index(indices), 0xFFFF'FFFFU);
  }
}

TEST(Scan, CountsLevels) {
  EXPECT_EQ(count_levels({}, 2).equal, 0);
  std::minstd_rand random(1);
  for (const size_t count : counts) {
    std::vector<int16_t> levels(count);
    for (int16_t& level : levels) level = static_cast<int16_t>(1 + random() % 3);
    const LevelCount found = count_levels(levels, 3);
    EXPECT_EQ(found.equal, std::ranges::count(levels, 3));
    EXPECT_EQ(found.least, std::ranges::min(levels));
  }
}

TEST(Scan, ProjectsLevels) {
  for (const size_t count : counts) {
    std::vector<int16_t> definition(count);
    std::vector<int16_t> repetition(count);
    for (size_t i = 0; i < count; ++i) definition[i] = static_cast<int16_t>(i % 5), repetition[i] = i % 3 == 0 ? 1 : 0;
    std::vector<uint16_t> made(count);
    project_levels(definition, repetition, 2, made.data());
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(made[i], std::min<size_t>(i % 5, 2) * 128 + (i % 3 == 0 ? 1 : 0));
    project_levels(definition, {}, 2, made.data());
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(made[i], std::min<size_t>(i % 5, 2) * 128);
  }
}

}  // namespace
}  // namespace lakegate::columnar
