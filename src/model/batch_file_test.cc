#include "model/batch_file.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

void check(std::vector<ByteRange> held, int64_t total, const std::vector<ByteRange>& expected) {
  EXPECT_EQ(missing_ranges(std::move(held), total), expected);
}

TEST(MissingRanges, NamesEveryGap) {
  check({}, 0, {});
  check({}, 10, {{0, 10}});
  check({{0, 10}}, 10, {});
  check({{5, 10}, {0, 5}}, 10, {});
  check({{6, 8}, {2, 4}}, 10, {{0, 2}, {4, 6}, {8, 10}});
}

}  // namespace
}  // namespace lakegate
