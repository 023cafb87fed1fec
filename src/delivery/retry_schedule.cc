#include "delivery/retry_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/error_codes.h"

namespace lakegate::delivery {
namespace {

constexpr Millis second = 1'000;
constexpr Millis minute = 60 * second;
constexpr Millis hour = 60 * minute;
constexpr Millis pause_max = 30 * 24 * hour;
constexpr size_t pauses_max = 100;
constexpr int64_t jitter_parts = 5;

constexpr std::array<std::pair<std::string_view, Millis>, 5> units = {
    {{"ms", 1}, {"s", second}, {"m", minute}, {"h", hour}, {"d", 24 * hour}}};

std::optional<Millis> parse_pause(std::string_view word) {
  Millis number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit(read.ptr, word.data() + word.size());
  for (const auto& [name, factor] : units) {
    if (name == unit && number <= pause_max / factor) return number * factor;
  }
  return std::nullopt;
}

}  // namespace

RetrySchedule::RetrySchedule()
    : RetrySchedule(
          {5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour}) {}

Result<RetrySchedule> RetrySchedule::parse(std::string_view text, Millis retry_after_max) {
  std::vector<Millis> pauses;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" ,"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::optional<Millis> pause = parse_pause(word);
    if (!pause) {
      return fail(codes::invalid_argument,
                  "In a retry schedule: found \"{}\", expected a time with its unit up to 30d, e.g. 5s, 30m or 2h.",
                  word);
    }
    pauses.push_back(*pause);
  }
  if (pauses.empty() || pauses.size() > pauses_max) {
    return fail(codes::invalid_argument, "A retry schedule has 1 to {} pauses; found {}.", pauses_max, pauses.size());
  }
  return RetrySchedule(std::move(pauses), retry_after_max);
}

std::optional<Millis> RetrySchedule::after(int64_t failures, std::optional<Millis> retry_after, Random& random) const {
  if (failures > std::ssize(pauses_)) return std::nullopt;
  const Millis pause = pauses_[static_cast<size_t>(std::max<int64_t>(failures, 1) - 1)];
  const auto jitter = static_cast<Millis>(random.next_u64() % static_cast<uint64_t>(pause / jitter_parts + 1));
  const Millis asked = std::clamp<Millis>(retry_after.value_or(0), 0, retry_after_max_);
  return std::max(pause, asked) + jitter;
}

}  // namespace lakegate::delivery
