#include "delivery/kafka_sink.h"

#include <condition_variable>
#include <map>
#include <string>
#include <utility>

#include "base/error_codes.h"

namespace lakegate::delivery {
namespace {

// As CloudEvents' Kafka binding has it for structured mode.
constexpr std::string_view content_type = "application/cloudevents+json; charset=UTF-8";

Outcome not_now(std::string reason) { return {.kind = Outcome::Kind::retry, .reason = std::move(reason)}; }

}  // namespace

// What was sent and has no answer. It outlives the sink where reports of a shared producer come late; those find
// nothing any more.
class KafkaSink::Outstanding {
 public:
  uint64_t add(Done done) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(++last_, std::move(done));
    return last_;
  }

  void finish(uint64_t number, Outcome outcome) {
    std::unique_lock lock(mutex_);
    const auto found = waiting_.extract(number);
    if (found.empty()) return;
    ++calling_;
    lock.unlock();
    found.mapped()(std::move(outcome));
    lock.lock();
    if (--calling_ == 0) idle_.notify_all();
  }

  // When this returns every `done` has been called and has returned.
  void end() {
    std::unique_lock lock(mutex_);
    const std::map<uint64_t, Done> left = std::exchange(waiting_, {});
    lock.unlock();
    for (const auto& [number, done] : left) done(not_now("Sending was ended before the brokers answered."));
    lock.lock();
    idle_.wait(lock, [this] { return calling_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  std::map<uint64_t, Done> waiting_;  // guarded by mutex_
  uint64_t last_ = 0;                 // guarded by mutex_
  int calling_ = 0;                   // guarded by mutex_
};

KafkaSink::KafkaSink(KafkaProducers& producers, KafkaTarget target)
    : producers_(producers), target_(std::move(target)), outstanding_(std::make_shared<Outstanding>()) {}

KafkaSink::~KafkaSink() { outstanding_->end(); }

void KafkaSink::send(const Message& message, Done done) {
  const uint64_t number = outstanding_->add(std::move(done));
  auto producer = producers_.get(target_.cluster);
  if (!producer) {
    outstanding_->finish(number, not_now(producer.error().message));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    producer_ = *producer;
  }
  (*producer)->send(
      {.topic = target_.topic,
       .key = message.dataset.text(),
       .value = message.body,
       .content_type = content_type,
       .traceparent = message.traceparent},
      [outstanding = outstanding_, number](Outcome outcome) { outstanding->finish(number, std::move(outcome)); });
}

Result<Target> KafkaKind::check(const boost::json::object& sent, const Target* former) const {
  return check_kafka_target(sent, former, allowed_);
}

Result<Target> KafkaKind::rotate(const Target&, Millis, Millis) const {
  return fail(
      codes::invalid_argument,
      "This server makes no secret for a subscription to Kafka. A new password or key is a change of `target`.");
}

Result<std::unique_ptr<Sink>> KafkaKind::open(const ledger::Subscription& subscription) {
  LG_ASSIGN(KafkaTarget target, read_kafka_target(subscription.target, subscription.secrets));
  LG_TRY(allowed_.check(target.cluster.brokers));  // the setting may be another than when it was made
  return std::make_unique<KafkaSink>(producers_, std::move(target));
}

}  // namespace lakegate::delivery
