// /events/subscriptions: who gets the sandbox's events, how far each came, and what it could not be given.
#pragma once

#include <cstdint>

#include "api/gateway.h"
#include "base/clock.h"
#include "base/random.h"
#include "delivery/sink_kind.h"
#include "http/router.h"
#include "ledger/ledger.h"

namespace lakegate::api {

// References outlive the router.
struct SubscriptionRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  const delivery::SinkKinds& kinds;
  int64_t subscriptions_max = 100;             // of a sandbox
  Millis secret_overlap = 24LL * 3600 * 1000;  // how long the former secret holds when none is asked for
};

// /events/subscriptions: POST, GET (by name; `start` is the last name of the page before, `limit`).
// …/{subscriptionId}: GET, PATCH (only the members that are sent change), DELETE.
// …/{subscriptionId}/rotate-secret: POST.
//
// All need the right to manage the whole sandbox, and what decides whose events go out needs the right to read all of
// it, too. Every change is in the audit trail.
void add_subscription_routes(http::Router& router, const SubscriptionRoutes& parts);

// …/{subscriptionId}/deliveries: GET, lane by lane.
// …/{subscriptionId}/dead-letters: GET; …/redeliver and …/discard: POST {"numbers": […]} or {"all": true}.
// add_subscription_routes calls it.
void add_subscription_delivery_routes(http::Router& router, const SubscriptionRoutes& parts);

}  // namespace lakegate::api
