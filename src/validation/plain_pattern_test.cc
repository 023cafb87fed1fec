#include "validation/plain_pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <sstream>
#include <string>
#include <string_view>

#include "xdm/patterns.h"

namespace lakegate::validation {
namespace {

TEST(PlainPattern, IsOnlyWhatALoopDecides) {
  for (const std::string_view plain :
       {"^$", "^[A-Z]{3}$", "^M[0-9]+$", "^[0-9]{12}-[0-9]{8}$", "^[_A-Za-z0-9]+$", "^[0-9]+-[0-9]+$", "^[-.\\w]*$",
        "^uuid:[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}$", "^[0-9]{1,2}\\.[0-9]{1,2}$", "^a?b*c{2,}$", "^[0-9A-Za-z\\.\\-\\_/@]+$",
        "^[a\\-z]{0,2}$", "^[A-z]$", "^x{0}$"}) {
    // Word characters are not escaped: \_ means nothing special in ECMA-262, and is left to RE2.
    const bool expected = plain.find("\\_") == std::string_view::npos;
    EXPECT_EQ(PlainPattern::parse(plain).has_value(), expected) << plain;
  }
  std::istringstream others(
      R"(^ $ a ^a a$ ^a|b$ ^(a)$ ^.$ ^[^a]$ ^[]$ ^\s$ ^\ba$ ^ü$ ^[ü]$ ^a*a$ ^a?ab$ ^[a-c]+b*c$ ^[0-9]*x?[0-9]$)"
      R"( ^a{2000}$ ^a{3,2}$ ^a{,2}$ ^a{x}$ ^a**$ ^a+?$ ^a{2}{3}$ ^[z-a]$ ^[+-/]$ ^[a-\d]$ ^[\d-z]$ ^[a$ ^a\$)"
      R"( ^*a$ ^]$ ^a^b$ ^\x41$ ^\u0041$ ^\cA$ ^\1$)");
  for (std::string other; others >> other;) {
    EXPECT_FALSE(PlainPattern::parse(other).has_value()) << other;
  }
}

std::string random_pattern(std::minstd_rand& random) {
  constexpr std::string_view ones[] = {"a",    "b",   "-", "[ab]", "[a-c]",  "[b-]", "\\d",  "1",      "[0-1]",
                                       "[^a]", "\\.", ".", "\\w",  "[\\d.]", "/",    "[.-]", "[\\-a]", "[a\\]]"};
  constexpr std::string_view counts[] = {"", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "{2,3}", "{0}"};
  std::string pattern = "^";
  for (size_t item = random() % 4; item > 0; --item) {
    pattern += ones[random() % std::size(ones)];
    pattern += counts[random() % std::size(counts)];
  }
  return pattern + "$";
}

std::string random_text(std::minstd_rand& random) {
  constexpr std::string_view letters[] = {"a", "a", "b", "c", "1", "0", "-", ".", "/", "]", "ü", "\n", "_"};
  std::string text;
  for (size_t length = random() % 6; length > 0; --length) text += letters[random() % std::size(letters)];
  return text;
}

// Whatever it takes on, it decides as RE2 does.
TEST(PlainPattern, AgreesWithRe2) {
  std::minstd_rand random(7);
  int taken = 0;
  int matched = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string pattern = random_pattern(random);
    const auto plain = PlainPattern::parse(pattern);
    if (!plain) continue;
    ++taken;
    const RE2 reference(xdm::translate_pattern(pattern).value());
    for (int j = 0; j < 60; ++j) {
      const std::string text = random_text(random);
      const bool expected = RE2::PartialMatch(text, reference);
      matched += expected ? 1 : 0;
      ASSERT_EQ(plain->matches(text), expected) << pattern << " on \"" << text << "\"";
    }
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(matched, 3000);
}

}  // namespace
}  // namespace lakegate::validation
