#include "model/calendar_period.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

constexpr Millis hour = 3'600'000;
constexpr Millis day = 24 * hour;

TEST(CalendarPeriod, ReadsAndWrites) {
  const std::tuple<std::string_view, CalendarPeriod, std::string_view> cases[] = {
      {"P3Y", {36, 0}, "P3Y"},
      {"P1Y6M", {18, 0}, "P1Y6M"},
      {"P14M", {14, 0}, "P1Y2M"},
      {"P2W", {0, 14 * day}, "P14D"},
      {"P30D", {0, 30 * day}, "P30D"},
      {"PT12H", {0, 12 * hour}, "PT12H"},
      {"P1Y2M3DT4H5M6S", {14, 3 * day + 4 * hour + 306'000}, "P1Y2M3DT4H5M6S"},
      {"PT1S", {0, 1'000}, "PT1S"},
      {"P1000Y", {12'000, 0}, "P1000Y"},
  };
  for (const auto& [text, period, written] : cases) {
    EXPECT_EQ(parse_calendar_period(text), period) << text;
    EXPECT_EQ(to_text(period), written);
  }
  EXPECT_EQ(to_text({0, 1'500}), "PT1.5S");
}

TEST(CalendarPeriod, Refuses) {
  for (const std::string_view text :
       {"",      "P",     "PT",     "P1YT", "3Y",   "p3y",     "P3",  "PY",     "P-1Y",
        "P1.5Y", "P1M1Y", "P1Y1Y",  "P1H",  "PT1D", "PT1HT1M", "P0D", "P1001Y", "P99999999999999999999Y",
        "P3Y ",  " P3Y",  "forever"}) {
    EXPECT_FALSE(parse_calendar_period(text).has_value()) << text;
  }
}

TEST(CalendarPeriod, GoesByTheCalendar) {
  constexpr Millis end_of_january_2024 = 1'706'702'400'000 + 12 * hour;  // 2024-01-31T12:00
  const auto after_text = [&](std::string_view text) {
    return after(end_of_january_2024, *parse_calendar_period(text)) - end_of_january_2024;
  };
  EXPECT_EQ(after_text("P1M"), 29 * day) << "the 29th of February";
  EXPECT_EQ(after_text("P2M"), 60 * day);
  EXPECT_EQ(after_text("P1Y"), 366 * day);
  EXPECT_EQ(after_text("P13M"), (366 + 28) * day);
  EXPECT_EQ(after_text("P1MT1H"), 29 * day + hour);
  EXPECT_EQ(after_text("P30D"), 30 * day);
}

}  // namespace
}  // namespace lakegate
