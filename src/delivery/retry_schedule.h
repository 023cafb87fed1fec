// RetrySchedule: when an event that was not delivered is tried again, and when it is given up.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace lakegate::delivery {

class RetrySchedule {
 public:
  // As Standard Webhooks recommends: ten attempts over three days.
  RetrySchedule();
  // Pauses after the first failure, the second, …
  explicit RetrySchedule(std::vector<Millis> pauses, Millis retry_after_max = default_retry_after_max)
      : pauses_(std::move(pauses)), retry_after_max_(retry_after_max) {}

  // "5s 5m 30m 2h", blanks or commas between. `invalid_argument`: not a time with a unit (ms, s, m, h, d), over 30
  // days, none, or over 100.
  static Result<RetrySchedule> parse(std::string_view text, Millis retry_after_max = default_retry_after_max);

  // How long to wait after the `failures`th failure of an event, from 1: the pause and up to a fifth more, so that
  // those who failed together do not come back together; longer where the receiver asked for it, within
  // retry_after_max. Nothing: that was the last attempt.
  std::optional<Millis> after(int64_t failures, std::optional<Millis> retry_after, Random& random) const;

  static constexpr Millis default_retry_after_max = 24LL * 3600 * 1000;

 private:
  std::vector<Millis> pauses_;
  Millis retry_after_max_;
};

}  // namespace lakegate::delivery
