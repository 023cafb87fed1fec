// Delivery's limits and dates. Every queue and list has one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "delivery/retry_schedule.h"

namespace lakegate::delivery {

struct DeliverySettings {
  RetrySchedule schedule = {};
  // A subscription that nothing was delivered to for so long, though it was tried, is suspended.
  Millis suspend_after = 5LL * 24 * 3600 * 1000;

  size_t in_flight_max = 256;                  // messages on their way; each subscription may always have one
  size_t in_flight_per_subscription_max = 16;  // of as many datasets
  int64_t dead_letters_max = 1'000;            // of a subscription; one more suspends it, so that nothing is lost
  int64_t events_per_look_max = 500;           // of a lane, read to find the next one that is wanted
  Millis fault_pause = 1'000;                  // before the ledger is asked again after it failed
};

}  // namespace lakegate::delivery
