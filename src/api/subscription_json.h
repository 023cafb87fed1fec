// Subscriptions as JSON: what clients send, and what they see.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delivery/sink_kind.h"
#include "ledger/dead_letters.h"
#include "ledger/delivery_lanes.h"
#include "ledger/subscriptions.h"

namespace lakegate::api {

// The members of a body; nothing: not there. `datasets` and `types` that are there and null mean all.
struct SubscriptionOrder {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> kind = std::nullopt;
  std::optional<boost::json::object> target = std::nullopt;
  std::optional<std::vector<std::string>> datasets = std::nullopt;  // empty: all
  std::optional<std::vector<std::string>> kinds = std::nullopt;     // of events; empty: all
  std::optional<ledger::SubscriptionState> state = std::nullopt;    // active or paused
};
// `invalid_argument` names the member.
Result<SubscriptionOrder> read_subscription_order(std::string_view body);

// Which dead letters a body means.
struct DeadLetterOrder {
  bool all = false;
  std::vector<int64_t> numbers = {};
};
Result<DeadLetterOrder> read_dead_letter_order(std::string_view body);

// Without its secrets.
boost::json::object to_json(const ledger::Subscription& subscription);
boost::json::object to_json(const ledger::LaneStatus& lane);
boost::json::object to_json(const ledger::DeadLetter& letter);

// What the ledger keeps of a target, as the kinds of sinks know it. `corrupt`.
Result<delivery::Target> kept_target(const ledger::Subscription& subscription);

}  // namespace lakegate::api
