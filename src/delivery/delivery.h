// Delivery: the engine and every kind of way out, as the server has them.
#pragma once

#include <span>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/counts.h"
#include "delivery/delivery_settings.h"
#include "delivery/engine.h"
#include "delivery/kafka_sink.h"
#include "delivery/sink_kind.h"
#include "delivery/webhooks.h"
#include "ledger/ledger.h"

namespace lakegate::delivery {

struct DeliveryOptions {
  DeliverySettings engine = {};
  WebhookSettings webhooks = {};
  AllowedBrokers kafka_brokers = {};
};

// All of it outlives the delivery.
struct DeliveryParts {
  Ledger& ledger;
  const Clock& clock;
  Random& random;
};

class Delivery {
 public:
  Delivery(const DeliveryParts& parts, const DeliveryOptions& options)
      : webhooks_(options.webhooks, parts.clock, parts.random),
        kafka_(options.kafka_brokers),
        engine_({.ledger = parts.ledger, .clock = parts.clock, .random = parts.random, .kinds = kinds_},
                options.engine) {}

  void start() { engine_.start(); }
  void stop() { engine_.stop(); }
  void wake(std::span<const Wake> wakes) { engine_.wake(wakes); }

  const SinkKinds& kinds() const { return kinds_; }
  const Counts& counts() const { return engine_.counts(); }

 private:
  Webhooks webhooks_;
  KafkaKind kafka_;
  const SinkKinds kinds_{{&webhooks_, &kafka_}};
  Engine engine_;
};

}  // namespace lakegate::delivery
