// Dead letters: events that a subscription did not get, and why. They stay until they are sent again or removed; the
// event itself is in the event's row, so that one which retention took cannot be sent any more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct DeadLetter {
  int64_t number = 0;  // ascending over all subscriptions
  SubscriptionNumber subscription = {};
  DatasetId dataset = {};
  int64_t seq = 0;
  int64_t last_seq = 0;    // = seq, but for a gap: all from seq to it
  std::string cause = {};  // "failed": the last attempt was; "refused": another attempt would not help;
                           // "pruned": retention took it before it was delivered
  Millis at = 0;           // when it was given up
  int64_t attempts = 0;
  int last_status = 0;  // HTTP, of the last attempt
  std::string last_error = {};
  std::optional<Millis> due = std::nullopt;  // it is being sent again, next then
};

// `number` is given here. The caller looks first whether there is room (count_dead_letters).
Status add_dead_letter(Tx& tx, const DeadLetter& letter);
Result<int64_t> count_dead_letters(ReadTx& tx, SubscriptionNumber subscription);
// Oldest first; `after` is the last number of the page before.
Result<std::vector<DeadLetter>> list_dead_letters(ReadTx& tx, SubscriptionNumber subscription, int64_t after,
                                                  int64_t limit);
Result<std::optional<DeadLetter>> find_dead_letter(ReadTx& tx, SubscriptionNumber subscription, int64_t number);

// Sends again, as if for the first time: one, or all. Those that were pruned stay as they are. Returns how many.
Result<int64_t> redeliver_dead_letter(Tx& tx, SubscriptionNumber subscription, int64_t number, Millis now);
Result<int64_t> redeliver_dead_letters(Tx& tx, SubscriptionNumber subscription, Millis now);
// False: there was none.
Result<bool> remove_dead_letter(Tx& tx, SubscriptionNumber subscription, int64_t number);
// Returns how many.
Result<int64_t> remove_dead_letters(Tx& tx, SubscriptionNumber subscription);

// Those whose sending again may be tried at `now`, the first of each dataset alone: they go out in order.
Result<std::vector<DeadLetter>> due_dead_letters(ReadTx& tx, SubscriptionNumber subscription, Millis now,
                                                 int64_t limit);
Result<std::optional<Millis>> next_dead_letter_due(ReadTx& tx, SubscriptionNumber subscription, Millis now);
// Writes cause, at, attempts, last…, due. Nothing happens where it is gone.
Status update_dead_letter(Tx& tx, const DeadLetter& letter);

}  // namespace lakegate::ledger
