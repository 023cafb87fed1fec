#include "columnar/plain_writer.h"

#include <gtest/gtest.h>

#include <vector>

namespace lakegate::columnar {
namespace {

using namespace std::string_view_literals;

// Two batches of one page behind its levels.
template <class T>
void check(const std::vector<T>& first, const std::vector<T>& second, std::string_view page) {
  PlainWriter writer;
  writer.begin("a page before");
  writer.begin("L");
  EXPECT_TRUE(writer.append(std::span<const T>(first), 1000));
  EXPECT_TRUE(writer.append(std::span<const T>(second), 1000));
  EXPECT_EQ(writer.page(), page);
}

TEST(PlainWriter, WritesEveryType) {
  check<uint8_t>({1, 0, 1}, {0, 0, 0, 0, 1, 1, 0, 1}, "L\x85\x05"sv);
  check<int32_t>({1, -2}, {3}, "L\1\0\0\0\xfe\xff\xff\xff\3\0\0\0"sv);
  check<int64_t>({1}, {-1}, "L\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"sv);
  check<float>({1.5F}, {}, "L\0\0\xc0\x3f"sv);
  check<double>({}, {1.5}, "L\0\0\0\0\0\0\xf8\x3f"sv);
  check<std::string_view>({"ab", ""}, {"c"}, "L\2\0\0\0ab\0\0\0\0\1\0\0\0c"sv);
}

TEST(PlainWriter, StopsAtTheLimit) {
  PlainWriter writer;
  writer.begin("L");
  const std::vector<std::string_view> text = {"ab"};
  EXPECT_FALSE(writer.append(std::span<const std::string_view>(text), 6));
  EXPECT_EQ(writer.page(), "L");
  EXPECT_TRUE(writer.append(std::span<const std::string_view>(text), 7));
  EXPECT_FALSE(writer.append(std::span<const std::string_view>(text), 6));
}

}  // namespace
}  // namespace lakegate::columnar
