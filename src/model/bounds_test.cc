#include "model/bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lakegate {
namespace {

using std::string_literals::operator""s;

TEST(Bounds, NumbersAreLittleEndian) {
  EXPECT_EQ(encode_bound(true), "\1"s);
  EXPECT_EQ(encode_bound(false), "\0"s);
  EXPECT_EQ(encode_bound(int32_t{34}), "\x22\0\0\0"s);
  EXPECT_EQ(encode_bound(int32_t{-2}), "\xfe\xff\xff\xff"s);
  EXPECT_EQ(encode_bound(int64_t{258}), "\x02\x01\0\0\0\0\0\0"s);
  EXPECT_EQ(encode_bound(std::numeric_limits<int64_t>::min()), "\0\0\0\0\0\0\0\x80"s);
  EXPECT_EQ(encode_bound(14.5), "\0\0\0\0\0\0\x2d\x40"s);
}

TEST(Bounds, ZerosWidenOutwards) {
  EXPECT_EQ(encode_lower(0.0), encode_bound(-0.0));
  EXPECT_EQ(encode_lower(-0.0), encode_bound(-0.0));
  EXPECT_EQ(encode_upper(-0.0), encode_bound(0.0));
  EXPECT_EQ(encode_upper(2.0), encode_bound(2.0));
  EXPECT_EQ(encode_lower(-HUGE_VAL), encode_bound(-HUGE_VAL));
}

struct Cut {
  std::string input;
  std::string lower;
  std::optional<std::string> upper;
};

void check(const Cut& row) {
  SCOPED_TRACE(row.input);
  EXPECT_EQ(truncate_lower(row.input, 3), row.lower);
  EXPECT_EQ(truncate_upper(row.input, 3), row.upper);
}

TEST(Bounds, StringsAreCutAtCodePoints) {
  check({"", "", ""});
  check({"abc", "abc", "abc"});
  check({"abcd", "abc", "abd"});
  check({"äöüß", "äöü", "äöý"});
  check(
      {"ab\x7f"
       "d",
       "ab\x7f", "ab\xc2\x80"});
  check({"a\u07ff\u07ffx", "a\u07ff\u07ff", "a\u07ff\u0800"});
  check({"a\uffff\uffffx", "a\uffff\uffff", "a\uffff\U00010000"});
  check({"ab\ud7ffx", "ab\ud7ff", "ab\ue000"});                     // no surrogates
  check({"a\U0010ffff\U0010ffffx", "a\U0010ffff\U0010ffff", "b"});  // the last code point cannot grow
  check({"\U0010ffff\U0010ffff\U0010ffffx", "\U0010ffff\U0010ffff\U0010ffff", std::nullopt});
  check({"\U0010ffff\U0010ffff\U0010ffff", "\U0010ffff\U0010ffff\U0010ffff", "\U0010ffff\U0010ffff\U0010ffff"});
  check(
      {"a\xff"
       "bcd",
       "a", std::nullopt});                     // not UTF-8
  check({"a\xed\xa0\x80", "a", std::nullopt});  // an encoded surrogate
  check({"a\xc3", "a", std::nullopt});          // cut within a sequence
}

TEST(Bounds, DefaultIsSixteen) {
  EXPECT_EQ(truncate_lower("0123456789abcdefg"), "0123456789abcdef");
  EXPECT_EQ(truncate_upper("0123456789abcdefg"), "0123456789abcdeg");
}

}  // namespace
}  // namespace lakegate
