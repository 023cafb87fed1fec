#include "model/calendar_period.h"

#include <fmt/core.h>

#include <charconv>
#include <chrono>

namespace lakegate {
namespace {

constexpr Millis second = 1'000;
constexpr Millis minute = 60 * second;
constexpr Millis hour = 60 * minute;
constexpr Millis day = 24 * hour;

struct Unit {
  char letter;
  bool is_time;  // behind the T
  int64_t months;
  Millis rest;
};
constexpr Unit units[] = {{'Y', false, 12, 0},  {'M', false, 1, 0},     {'W', false, 0, 7 * day}, {'D', false, 0, day},
                          {'H', true, 0, hour}, {'M', true, 0, minute}, {'S', true, 0, second}};
constexpr int64_t count_max = 1'000'000'000;

}  // namespace

std::optional<CalendarPeriod> parse_calendar_period(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  CalendarPeriod period;
  bool is_time = false;
  bool needs_more = true;  // a part, also behind the T
  size_t next = 0;
  while (!text.empty()) {
    if (text.front() == 'T') {
      if (is_time) return std::nullopt;
      is_time = needs_more = true;
      text.remove_prefix(1);
      continue;
    }
    int64_t count = -1;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    text.remove_prefix(static_cast<size_t>(stop - text.data()));
    if (error != std::errc() || count < 0 || count > count_max || text.empty()) return std::nullopt;
    while (next < std::size(units) && (units[next].letter != text.front() || units[next].is_time != is_time)) ++next;
    if (next == std::size(units)) return std::nullopt;
    period.months += count * units[next].months;
    period.rest += count * units[next++].rest;
    needs_more = false;
    text.remove_prefix(1);
  }
  const bool is_nothing = period.months == 0 && period.rest == 0;
  const bool is_too_long = period.months > period_years_max * 12 || period.rest > period_years_max * 366 * day;
  if (needs_more || is_nothing || is_too_long) return std::nullopt;
  return period;
}

std::string to_text(const CalendarPeriod& period) {
  std::string text = "P";
  const auto add = [&](int64_t count, char letter) {
    if (count > 0) text += fmt::format("{}{}", count, letter);
  };
  add(period.months / 12, 'Y');
  add(period.months % 12, 'M');
  add(period.rest / day, 'D');
  const Millis of_day = period.rest % day;
  if (of_day == 0) return text.size() > 1 ? text : "PT0S";
  text += 'T';
  add(of_day / hour, 'H');
  add(of_day % hour / minute, 'M');
  const Millis of_minute = of_day % minute;
  if (of_minute % second == 0) {
    add(of_minute / second, 'S');
  } else {
    text += fmt::format("{}S", static_cast<double>(of_minute) / second);
  }
  return text;
}

Millis after(Millis from, const CalendarPeriod& period) {
  using namespace std::chrono;
  if (period.months == 0) return from + period.rest;
  const sys_time<milliseconds> start{milliseconds(from)};
  const sys_days start_day = floor<days>(start);
  year_month_day moved = year_month_day(start_day) + months(static_cast<int>(period.months));
  if (!moved.ok()) moved = moved.year() / moved.month() / last;
  return duration_cast<milliseconds>((sys_days(moved) + (start - start_day)).time_since_epoch()).count() + period.rest;
}

}  // namespace lakegate
