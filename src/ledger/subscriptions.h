// Subscriptions: who wants a sandbox's events, where they go and which ones. How far each came is in delivery_lanes.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

inline constexpr int64_t subscription_datasets_max = 1'000;

enum class SubscriptionState {
  active,     // events go out
  paused,     // by its owner: they wait
  suspended,  // by the server, `reason` says why: they wait
};
std::string_view to_string(SubscriptionState state);
std::optional<SubscriptionState> parse_subscription_state(std::string_view text);

struct Subscription {
  SubscriptionNumber number = {};
  SubscriptionId id = {};
  Scope scope = {};
  std::string name = {};       // unique in the sandbox
  std::string kind = {};       // "webhook" or "kafka"
  std::string target = "{}";   // JSON object, fit to be shown
  std::string secrets = "{}";  // JSON object, never shown
  bool all_datasets = true;
  std::vector<std::string> datasets = {};  // ids; what counts where not all are wanted
  std::vector<std::string> types = {};     // kinds of events ("batch.active"); empty: all
  SubscriptionState state = SubscriptionState::active;
  std::string reason = {};                             // of a suspension
  std::optional<Millis> failing_since = std::nullopt;  // the first failure since the last success
  int64_t start_position = 0;                          // of the last event before it was made: it gets what comes after
  int64_t version = 1;                                 // grows with each change but of failing_since
  Millis created = 0;
  Millis updated = 0;
  std::string created_user = {};
  std::string updated_user = {};
};

// `number`, `start_position` and `version` are given here; no number was another's. `conflict`: the sandbox has one of
// that name. `invalid_argument`: a dataset that is not in the scope, or too many.
Result<Subscription> insert_subscription(Tx& tx, Subscription subscription);
Result<int64_t> count_subscriptions(ReadTx& tx, const Scope& scope);
Result<Subscription> find_subscription(ReadTx& tx, const Scope& scope, const SubscriptionId& id);
// By name; `after` is the last name of the page before.
Result<std::vector<Subscription>> list_subscriptions(ReadTx& tx, const Scope& scope, std::string_view after,
                                                     int64_t limit);
// Writes name, target, secrets, filter, state and reason, and `updated…`, of the one with this number and version;
// datasets that are not wanted any more lose their lanes. Where it is active then, waits between attempts are over,
// and attempts count from nought.
// `conflict`: the row changed or went since it was read, or the name is taken.
Result<Subscription> update_subscription(Tx& tx, Subscription subscription);
// With its lanes and dead letters. Nothing happens where there is none.
Status remove_subscription(Tx& tx, SubscriptionNumber number);
// All of a sandbox that ends. Returns how many.
Result<int64_t> remove_subscriptions(Tx& tx, const Scope& scope);

// For the server's own work: those whose events go out now, which are the active ones of enabled orgs, by number.
Result<std::vector<Subscription>> get_running_subscriptions(ReadTx& tx, SubscriptionNumber after, int64_t limit);
// Nothing: it is gone.
Result<std::optional<Subscription>> get_subscription(ReadTx& tx, SubscriptionNumber number);
// Of an active one alone. A hint to nobody: the caller is who delivers.
Status suspend_subscription(Tx& tx, SubscriptionNumber number, std::string_view reason, Millis now);
Status set_failing_since(Tx& tx, SubscriptionNumber number, std::optional<Millis> since);

}  // namespace lakegate::ledger
