#include "access/byte_range.h"

#include <gtest/gtest.h>

namespace lakegate::access {
namespace {

using Kind = WantedBytes::Kind;

void check(std::optional<std::string_view> field, int64_t size_bytes, const WantedBytes& expected) {
  SCOPED_TRACE(testing::Message() << field.value_or("none") << " of " << size_bytes);
  const WantedBytes found = wanted_bytes(field, size_bytes);
  EXPECT_EQ(found.kind, expected.kind);
  EXPECT_EQ(found.range.begin, expected.range.begin);
  EXPECT_EQ(found.range.end, expected.range.end);
}

WantedBytes part(int64_t begin, int64_t end) { return {.kind = Kind::part, .range = {begin, end}}; }
const WantedBytes whole{};
const WantedBytes unsatisfiable{.kind = Kind::unsatisfiable};

TEST(ByteRange, ReadsSingleRanges) {
  check("bytes=0-99", 249058, part(0, 100));
  check("bytes=0-0", 1, part(0, 1));
  check("bytes=5-", 10, part(5, 10));
  check("bytes=9-9", 10, part(9, 10));
  check("bytes=9-10", 10, part(9, 10));
  check("bytes=0-9223372036854775807", 10, part(0, 10));
  check("bytes=0-99999999999999999999999", 10, part(0, 10));
  check("bytes=-3", 10, part(7, 10));
  check("bytes=-10", 10, part(0, 10));
  check("bytes=-99999999999999999999999", 10, part(0, 10));
  check("Bytes=2-4", 10, part(2, 5));
  check("  bytes=2-4\t", 10, part(2, 5));
  check("bytes=, 2-4 ,,", 10, part(2, 5));
}

TEST(ByteRange, FindsWhatNoByteMeets) {
  check("bytes=10-", 10, unsatisfiable);
  check("bytes=10-20", 10, unsatisfiable);
  check("bytes=99999999999999999999999-", 10, unsatisfiable);
  check("bytes=0-", 0, unsatisfiable);
  check("bytes=-0", 10, unsatisfiable);
}

TEST(ByteRange, IgnoresTheRest) {
  check(std::nullopt, 10, whole);
  for (const char* field :
       {"", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1-b", "bytes=4-2", "bytes=1", "bytes =0-1",
        "bytes= 0 - 1", "bytes=+1-2", "bytes=--1", "bytes=1-2-3", "bytes=0x1-2", "items=0-1", "0-1"}) {
    check(field, 10, whole);
  }
  check("bytes=-5", 0, whole);
}

TEST(ByteRange, TakesNoticeOfSeveral) {
  for (const char* field : {"bytes=0-1,3-4", "bytes=0-1, 0-1", "bytes=,0-1,,-1", "bytes=0-1,x"}) {
    check(field, 10, {.kind = Kind::several});
  }
}

}  // namespace
}  // namespace lakegate::access
