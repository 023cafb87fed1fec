// What becomes of a message, as facts in the ledger: the one place that decides whether a lane moves, waits, gives up
// or is suspended. Each is part of a transaction that the engine makes for many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "delivery/delivery_settings.h"
#include "delivery/sink.h"
#include "ledger/dead_letters.h"
#include "ledger/delivery_lanes.h"

namespace lakegate::delivery {

// A step of a lane, or of a dead letter that is sent again.
struct Step {
  enum class Kind {
    sent,    // `outcome` says what came of event `seq`
    skip,    // nobody wants the events up to `seq`
    pruned,  // retention took the events after the cursor up to `seq`, or that of the dead letter
    idle,    // there is no event behind the cursor
  };
  Kind kind = Kind::sent;
  ledger::DeliveryLane lane = {};                           // as it was read
  std::optional<ledger::DeadLetter> letter = std::nullopt;  // it is this that was sent, not the lane's next
  int64_t seq = 0;
  Outcome outcome = {};
};

// Decided outside of the transaction, so that it can run again.
struct Decision {
  Step step = {};
  Millis now = 0;
  std::optional<Millis> pause = std::nullopt;  // of a `retry`: before the next attempt; nothing: it was the last
  bool suspend_as_failing = false;             // nothing was delivered for suspend_after
};

struct Recorded {
  int64_t dead_letters = 0;
  bool suspended = false;
};

Result<Recorded> record(Tx& tx, const Decision& decision, const DeliverySettings& settings);

}  // namespace lakegate::delivery
