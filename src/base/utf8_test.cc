#include "base/utf8.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

void check(std::string_view text, bool valid, size_t code_points = 0) {
  SCOPED_TRACE(printable(text, 40));
  EXPECT_EQ(is_utf8(text), valid);
  if (valid) {
    EXPECT_EQ(code_point_count(text), code_points);
  }
}

TEST(Utf8, KnowsValidText) {
  check("", true, 0);
  check("plain text of more than eight bytes", true, 35);
  check("grüße", true, 5);
  check("12345678ü", true, 9);
  check("\U0001F600", true, 1);
  check("\xed\x9f\xbf", true, 1);
  check("\xf4\x8f\xbf\xbf", true, 1);
}

TEST(Utf8, KnowsWhatIsNot) {
  check("\xff", false);
  check("\x80", false);
  check("12345678\xc3", false);
  check("\xc0\xaf", false);          // over-long
  check("\xe0\x80\xaf", false);      // over-long
  check("\xed\xa0\x80", false);      // surrogate
  check("\xf4\x90\x80\x80", false);  // above U+10FFFF
  check("\xe2\x82", false);
  check("1234567\xc3(9", false);
}

TEST(Utf8, KnowsAscii) {
  for (size_t length = 0; length < 40; ++length) {
    std::string text(length, '\x7F');
    EXPECT_TRUE(is_ascii(text));
    for (size_t at = 0; at < length; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << length << " " << at;
      text[at] = 'a';
    }
  }
}

TEST(Utf8, ShowsAnything) {
  EXPECT_EQ(printable("ab\nü\xff", 10), "ab\\x0aü\\xff");
  EXPECT_EQ(printable("grüße", 3), "grü…");
  EXPECT_EQ(printable("grü", 3), "grü");
  EXPECT_EQ(printable("a\u009b2Jb\u202etxt\u2069", 12), "a\\u009b2Jb\\u202etxt\\u2069");
  EXPECT_EQ(printable("\u2028\u2028", 1), "\\u2028…");
}

}  // namespace
}  // namespace lakegate
