// KafkaSink: a subscription's events as records of a topic: a CloudEvent in structured mode, keyed by dataset, so that
// all events of a dataset are in one partition and keep their order there.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "delivery/kafka_producer.h"
#include "delivery/kafka_target.h"
#include "delivery/sink.h"
#include "delivery/sink_kind.h"

namespace lakegate::delivery {

class KafkaSink final : public Sink {
 public:
  // `producers` outlives this.
  KafkaSink(KafkaProducers& producers, KafkaTarget target);
  ~KafkaSink() override;
  void send(const Message& message, Done done) override;

 private:
  class Outstanding;

  KafkaProducers& producers_;
  const KafkaTarget target_;
  const std::shared_ptr<Outstanding> outstanding_;
  std::mutex mutex_;
  std::shared_ptr<KafkaProducer> producer_;  // guarded by mutex_; held so that it lives on between two events
};

// Outlives its sinks.
class KafkaKind final : public SinkKind {
 public:
  explicit KafkaKind(AllowedBrokers allowed, KafkaLimits limits = {})
      : allowed_(std::move(allowed)), producers_(limits) {}

  std::string_view name() const override { return "kafka"; }
  Result<Target> check(const boost::json::object& sent, const Target* former) const override;
  Result<Target> rotate(const Target& former, Millis now, Millis former_until) const override;
  Result<std::unique_ptr<Sink>> open(const ledger::Subscription& subscription) override;

 private:
  const AllowedBrokers allowed_;
  KafkaProducers producers_;
};

}  // namespace lakegate::delivery
