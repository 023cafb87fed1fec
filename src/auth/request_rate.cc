#include "auth/request_rate.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "auth/error_codes.h"

namespace lakegate::auth {
namespace {

constexpr int64_t minute_us = 60'000'000;

}  // namespace

Status RequestRate::take(const ApiKey& client) {
  if (per_minute_ == 0) return {};
  const int64_t now = clock_.now_ms() * 1000;
  const int64_t cost = minute_us / per_minute_;
  const std::lock_guard lock(mutex_);
  int64_t& due = due_us_[client];
  // More than a minute ahead it can only be where the clock was set back: then the count begins anew.
  if (due > now + 2 * minute_us) due = now;
  due = std::max(due, now);
  const int64_t over = due + cost - now - minute_us;
  if (over <= 0) {
    due += cost;
    return {};
  }
  const std::chrono::seconds wait((over + 999'999) / 1'000'000);
  Error refused{&codes::too_many_requests, {}};
  refused.message = fmt::format("Client {} sent more than {} requests a minute; the next one is allowed in {} s.",
                                client, per_minute_, wait.count());
  refused.retry_after = wait;
  return std::unexpected(std::move(refused));
}

}  // namespace lakegate::auth
