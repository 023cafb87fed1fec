#include "xdm/patterns.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

namespace lakegate::xdm {
namespace {

void check(std::string_view pattern, std::string_view text, bool expected) {
  const auto translated = translate_pattern(pattern);
  ASSERT_TRUE(translated.has_value()) << pattern << ": " << translated.error().message;
  EXPECT_EQ(RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), RE2(*translated)), expected)
      << pattern << " as " << *translated << " on \"" << text << "\"";
}

TEST(Patterns, SearchUnlessAnchored) {
  check("b", "abc", true);
  check("^b", "abc", false);
  check("c$", "abc", true);
  check("^$", "", true);
  check("", "anything", true);
  check("^a$", "b\na\nc", false);  // ends of the text, not of lines
}

TEST(Patterns, MeanWhatEcmaSays) {
  check("a.b", "a\nb", false);
  check("a.b", "a\rb", false);
  check("a.b",
        "a\xE2\x80\xA8"
        "b",
        false);
  check("^.$", "ü", true);
  check("^.$", "\xF0\x9F\x8C\xBB", true);
  check("^\\s$", "\xC2\xA0", true);
  check("^\\s$", "\xEF\xBB\xBF", true);
  check("^\\S$", "\xC2\xA0", false);
  check("^[\\s]$", "\t", true);
  check("^[^\\s]$", "\xE3\x80\x80", false);
  check("^[\\S]$", "a", true);
  check("^[\\S]$", " ", false);
  check("^\\d$", "\xD9\xA3", false);  // digits are ASCII
  check("^\\w$", "ü", false);
  check("\\bfoo\\b", "a foo b", true);
  check("\\Boo", "foo", true);
  check("^\\u00fc$", "ü", true);
  check("^\\xfc$", "ü", true);
  check("^\\u{1F33B}$", "\xF0\x9F\x8C\xBB", true);
  check("^\\uD83C\\uDF3B$", "\xF0\x9F\x8C\xBB", true);
  check("^\\cJ$", "\n", true);
  check("^\\0$", std::string_view("\0", 1), true);
  check("^\\t\\v\\f$", "\t\v\f", true);
  check("^\\p{L}+$", "aü", true);
  check("^\\p{Script=Greek}$", "α", true);
}

TEST(Patterns, KeepNeedlessEscapes) {
  check("^\\w+\\/[-.\\w]+$", "text/plain", true);
  check("^[0-9A-Za-z\\.\\-\\_/@]+$", "a-b_c/d@e.f", true);
  check("^\\-\\_\\:\\e$", "-_:e", true);
  check("^a\\.b$", "axb", false);
}

TEST(Patterns, ReadClassesAsEcma) {
  check("[]", "a", false);
  check("^[^]$", "\n", true);
  check("^[[]$", "[", true);
  check("^[[:alpha:]]$", "a", false);
  check("^[a-c]$", "b", true);
  check("^[a\\-c]$", "b", false);
  check("^[-a]$", "-", true);
  check("^[a-]$", "-", true);
  check("^[\\d-x]+$", "4-x", true);
  check("^[\\]]$", "]", true);
  check("^[\\b]$", "\b", true);
  check("^[^a]$", "b", true);
  check("^[\\w.]+$", "a.b", true);
  check("^]$", "]", true);
}

TEST(Patterns, GroupAndRepeat) {
  check("^(?:ab){2}$", "abab", true);
  check("^(ab)+?$", "ab", true);
  check("^(?<year>\\d{4})$", "2024", true);
  check("^a{2,}$", "aaa", true);
  check("^a{2,3}$", "aaaa", false);
  check("^a{,2}$", "a{,2}", true);  // no count of ECMA
  check("^{$", "{", true);
  check("^}$", "}", true);
  check("^([A-Z]{2}-[A-Z0-9]{1,3}|)$", "", true);
  check("^[0-9]{1,3}?$", "123", true);
}

void check_refused(std::string_view pattern, std::string_view part_of_message) {
  const auto translated = translate_pattern(pattern);
  ASSERT_FALSE(translated.has_value()) << pattern << " as " << *translated;
  EXPECT_EQ(translated.error().kind(), ErrorKind::invalid);
  EXPECT_NE(translated.error().message.find(part_of_message), std::string::npos) << translated.error().message;
}

TEST(Patterns, RefuseWhatLinearTimeCannotHold) {
  check_refused("(?=a)", "looks ahead");
  check_refused("(?!a)b", "looks ahead");
  check_refused("(?<=a)b", "looks behind");
  check_refused("(?<!a)b", "looks behind");
  check_refused("(a)\\1", "refers back");
  check_refused("(?<x>a)\\k<x>", "refers back");
  check_refused("a{1001}", "1000");
  check_refused(std::string(9000, 'a'), "9000 bytes");
}

TEST(Patterns, RefuseBrokenOnes) {
  check_refused("(", "cannot be checked");
  check_refused(")", "cannot be checked");
  check_refused("[a", "not closed");
  check_refused("[z-a]", "backwards");
  check_refused("a**", "cannot be checked");
  check_refused("*a", "cannot be checked");
  check_refused("a\\", "backslash");
  check_refused("(?i)a", "no group of ECMA-262");
  check_refused("\\p{Nonsense}", "cannot be checked");
}

}  // namespace
}  // namespace lakegate::xdm
