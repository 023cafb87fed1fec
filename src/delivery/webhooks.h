// Webhooks: an event as an HTTP POST of a CloudEvent, signed as Standard Webhooks has it. docs/events.md says what a
// receiver sees and what its answers mean.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/sink_kind.h"
#include "delivery/webhook_client.h"

namespace lakegate::delivery {

struct WebhookSettings {
  WebhookClientSettings client = {};
  bool http_allowed = false;  // besides https
};

// Target: {"url"}. Its secret is made here and shown once.
class Webhooks final : public SinkKind {
 public:
  // Clock and random outlive it.
  Webhooks(WebhookSettings settings, const Clock& clock, Random& random);

  std::string_view name() const override { return "webhook"; }
  Result<Target> check(const boost::json::object& sent, const Target* former) const override;
  Result<Target> rotate(const Target& former, Millis now, Millis former_until) const override;
  Result<std::unique_ptr<Sink>> open(const ledger::Subscription& subscription) override;

 private:
  const WebhookSettings settings_;
  const Clock& clock_;
  Random& random_;
  WebhookClient client_;
};

// What a receiver's answer means. 2xx: it has it. 410: it wants no more. All else, redirects too: not now.
Outcome outcome_of(const WebhookAnswer& answer);

}  // namespace lakegate::delivery
