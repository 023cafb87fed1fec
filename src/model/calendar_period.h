// CalendarPeriod: a length of time as ISO 8601 writes it: "P3Y", "P1Y6M", "P2W", "P30D", "PT12H". Years and months are
// those of the calendar, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lakegate {

inline constexpr int64_t period_years_max = 1'000;

struct CalendarPeriod {
  int64_t months = 0;
  Millis rest = 0;  // days and less, each day 24 hours
  bool operator==(const CalendarPeriod&) const = default;
};

// Whole numbers only, parts in their order and each once; more than nothing, at most about period_years_max.
std::optional<CalendarPeriod> parse_calendar_period(std::string_view text);

// "P3Y2M", "P30D", "PT1H30M0.5S" …: what parses to the same, but for fractions of seconds, which only we write.
std::string to_text(const CalendarPeriod& period);

// `from` and the period: a day that the month does not have becomes its last.
Millis after(Millis from, const CalendarPeriod& period);

}  // namespace lakegate
