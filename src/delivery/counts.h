// Counts of what was delivered, for the metrics. Written by the engine, read by anyone at any time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "delivery/sink.h"

namespace lakegate::delivery {

// From the server's start on. What waits is in the ledger: ledger::get_outbox.
struct Counts {
  std::array<std::atomic<int64_t>, 4> attempts = {};  // by Outcome::Kind: delivered, retry, refused, gone
  std::atomic<int64_t> skipped{0};                    // events that no filter wanted: the cursor moved alone
  std::atomic<int64_t> dead_letters{0};               // events given up, of any cause
  std::atomic<int64_t> suspensions{0};
  std::atomic<int64_t> in_flight{0};             // now
  std::atomic<int64_t> subscriptions_active{0};  // now

  std::atomic<int64_t>& attempts_of(Outcome::Kind kind) { return attempts[static_cast<size_t>(kind)]; }
  int64_t count_of(Outcome::Kind kind) const { return attempts[static_cast<size_t>(kind)]; }
};

}  // namespace lakegate::delivery
