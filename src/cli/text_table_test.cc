#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace lakegate::cli {
namespace {

TEST(TextTable, AlignsTextLeftAndNumbersRight) {
  TextTable table({"NAME", "ROWS"});
  table.add({"a", "7"});
  table.add({"größe", "1200"});
  EXPECT_EQ(table.text(),
            "NAME   ROWS\n"
            "a         7\n"
            "größe  1200\n");
}

TEST(TextTable, ShortensByCodePointsAndKeepsOneLine) {
  TextTable table({"TEXT"});
  table.add({"äöüäöüäöü"});
  table.add({"a\nb"});
  EXPECT_EQ(table.text(5), "TEXT\näöüä…\na b\n");
}

TEST(TextTable, LetsNoCellCommandTheTerminal) {
  TextTable table({"TEXT", "NEXT"});
  table.add({"a\u009b2Jb\u202ec", "d"});
  table.add({"\x1b[2Jxyz", "\u2028e"});
  EXPECT_EQ(table.text(),
            "TEXT     NEXT\n"
            "a 2Jb c  d\n"
            " [2Jxyz   e\n");
}

TEST(OneLine, IsOneWhateverItIsMadeOf) {
  EXPECT_EQ(one_line("größe\n\t\u0085\u2029x\x7f\u2066"), "größe    x  ");
  EXPECT_EQ(one_line("not UTF-8: \xff"), "not UTF-8: \\xff");
  EXPECT_EQ(lines("a\x1b\nb\u0085\n"), "a \nb \n");
}

TEST(TextTable, OfNothingIsItsTitles) { EXPECT_EQ(TextTable({"A", "B"}).text(), "A  B\n"); }

TEST(BytesText, TakesTheNearestUnit) {
  for (const auto& [bytes, text] : std::vector<std::pair<int64_t, std::string>>{{0, "0 B"},
                                                                                {999, "999 B"},
                                                                                {1000, "1.0 KB"},
                                                                                {999'949, "999.9 KB"},
                                                                                {999'999, "1.0 MB"},
                                                                                {12'345'678'901, "12.3 GB"}}) {
    EXPECT_EQ(bytes_text(bytes), text);
  }
}

TEST(TimeText, IsUtc) {
  EXPECT_EQ(time_text(1'790'000'000'123), "2026-09-21 14:13:20Z");
  EXPECT_EQ(time_text(0), "");
}

}  // namespace
}  // namespace lakegate::cli
