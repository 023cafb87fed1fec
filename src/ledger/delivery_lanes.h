// Lanes: how far each subscription came in each dataset. A lane begins with the first event that happens after the
// subscription was made, in that event's transaction: what did not commit is in no lane, what did is in all that want
// its dataset. A lane has `due` while an event behind its cursor waits, so that work is found in the ledger after any
// stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct DeliveryLane {
  SubscriptionNumber subscription = {};
  DatasetId dataset = {};
  int64_t cursor = 0;                        // the last seq that needs no delivery any more
  std::optional<Millis> due = std::nullopt;  // the next event may be tried then; nothing: none waits
  int64_t attempts = 0;                      // of the event behind the cursor
  int last_status = 0;                       // HTTP, of the last attempt that failed
  std::string last_error = {};
  Millis updated = 0;
};

// For append_event alone: the event becomes due in every lane of its dataset that is idle.
Status make_lanes_due(Tx& tx, const DatasetId& dataset, int64_t seq, Millis at);

// Of one subscription, those that may be tried at `now`, the longest waiting first.
Result<std::vector<DeliveryLane>> due_lanes(ReadTx& tx, SubscriptionNumber subscription, Millis now, int64_t limit);
// When the next one is due after `now`; nothing: none waits.
Result<std::optional<Millis>> next_lane_due(ReadTx& tx, SubscriptionNumber subscription, Millis now);

// Events up to `cursor` need nothing any more: the lane is due at once for the next one, or idle. Nothing happens
// where the lane is gone or further already.
Status move_lane(Tx& tx, SubscriptionNumber subscription, const DatasetId& dataset, int64_t cursor, Millis now);
// An attempt for the event behind the cursor failed. Nothing happens where the lane is gone or has moved.
Status set_lane_back(Tx& tx, const DeliveryLane& lane);
// No event is behind the cursor. Nothing happens where there is one by now, or the lane has moved.
Status rest_lane(Tx& tx, const DeliveryLane& lane);

// A lane and what waits in it.
struct LaneStatus {
  DeliveryLane lane = {};
  int64_t last_seq = 0;                                 // of the dataset
  std::optional<Millis> oldest_waiting = std::nullopt;  // when it happened
};
// By dataset; `after` is the last one of the page before.
Result<std::vector<LaneStatus>> list_lanes(ReadTx& tx, SubscriptionNumber subscription, const DatasetId& after,
                                           int64_t limit);

// What waits over all subscriptions that are not paused, of orgs that are enabled.
struct Outbox {
  int64_t lanes = 0;
  int64_t events = 0;
  std::optional<Millis> oldest = std::nullopt;  // when it happened
};
Result<Outbox> get_outbox(ReadTx& tx);

}  // namespace lakegate::ledger
