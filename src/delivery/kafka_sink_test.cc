// The sink against librdkafka's own mock of a cluster, which answers as it is told; a real broker is in
// tests/scenarios/test_kafka.py.
#include "delivery/kafka_sink.h"

#include <gmock/gmock.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace lakegate::delivery {
namespace {

using ::testing::HasSubstr;
using Kind = Outcome::Kind;

constexpr int16_t produce = 0;  // numbers of Kafka's requests
constexpr int16_t init_producer_id = 22;

class MockCluster {
 public:
  MockCluster() {
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
    cluster_ = rd_kafka_mock_cluster_new(handle_, 1);
    rd_kafka_mock_topic_create(cluster_, "lake", 4, 1);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }
  void fail_next(int16_t request, rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_, request, 1, error);
  }
  void set_topic_error(rd_kafka_resp_err_t error) { rd_kafka_mock_topic_set_error(cluster_, "nowhere", error); }
  KafkaCluster address() const { return {.brokers = {rd_kafka_mock_cluster_bootstraps(cluster_)}}; }

 private:
  rd_kafka_t* handle_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

// What came of messages, by id; each at most once.
class Outcomes {
 public:
  Sink::Done of(const std::string& id) {
    return [this, id](Outcome outcome) {
      const std::lock_guard lock(mutex_);
      EXPECT_TRUE(known_.emplace(id, std::move(outcome)).second) << id << " was answered twice";
      changed_.notify_all();
    };
  }
  Outcome wait(const std::string& id) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return known_.contains(id); })) << id;
    return known_[id];
  }
  size_t count() {
    const std::lock_guard lock(mutex_);
    return known_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Outcome> known_;  // guarded by mutex_
};

Message message(const std::string& id) {
  return {.id = id, .type = "io.lakegate.batch.active", .dataset = DatasetId("5f0000000000000000000001"), .body = "{}"};
}

// Nobody listens there: port 1 is for root alone, and nothing of this machine uses it.
KafkaCluster nobody() { return {.brokers = {"127.0.0.1:1"}}; }

constexpr KafkaLimits quick = {
    .answer_max = 3'000, .unknown_topic_max = 300, .topic_look_every = 300, .producers_max = 2};

void check(rd_kafka_resp_err_t error, Kind kind, std::string_view reason) {
  SCOPED_TRACE(rd_kafka_err2name(error));
  Outcomes outcomes;
  MockCluster mock;
  KafkaProducers producers(quick);
  KafkaSink sink(producers, {.cluster = mock.address(), .topic = "lake"});
  sink.send(message("first"), outcomes.of("first"));
  ASSERT_EQ(outcomes.wait("first").kind, Kind::delivered);
  mock.fail_next(produce, error);
  sink.send(message("second"), outcomes.of("second"));
  const Outcome outcome = outcomes.wait("second");
  EXPECT_EQ(outcome.kind, kind) << outcome.reason;
  EXPECT_THAT(outcome.reason, HasSubstr(std::string(reason)));
  // What was wrong is over, which the client learns with its next look at the topic.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int i = 0;; ++i) {
    const std::string id = "after " + std::to_string(i);
    sink.send(message(id), outcomes.of(id));
    if (outcomes.wait(id).kind == Kind::delivered) break;
    ASSERT_LT(std::chrono::steady_clock::now(), end) << outcomes.wait(id).reason;
  }
}

TEST(KafkaSink, SaysWhatAnErrorMeansForTheEvent) {
  check(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, Kind::delivered, "");  // its client tries that again by itself
  check(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Kind::refused, "larger than topic lake");
  check(RD_KAFKA_RESP_ERR_INVALID_RECORD, Kind::refused, "topic lake");
  check(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Kind::retry, "do not allow this user to write to topic lake");
}

TEST(KafkaSink, WaitsForATopicThatIsNotThere) {
  Outcomes outcomes;
  MockCluster mock;
  mock.set_topic_error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  KafkaProducers producers(quick);
  KafkaSink sink(producers, {.cluster = mock.address(), .topic = "nowhere"});
  sink.send(message("one"), outcomes.of("one"));
  const Outcome outcome = outcomes.wait("one");
  EXPECT_EQ(outcome.kind, Kind::retry);
  EXPECT_THAT(outcome.reason, HasSubstr("no topic nowhere"));
}

TEST(KafkaSink, GoesOnWithAnotherProducerAfterAFatalError) {
  Outcomes outcomes;
  MockCluster mock;
  mock.fail_next(init_producer_id, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  KafkaProducers producers(quick);
  KafkaSink sink(producers, {.cluster = mock.address(), .topic = "lake"});
  sink.send(message("one"), outcomes.of("one"));
  EXPECT_EQ(outcomes.wait("one").kind, Kind::retry);
  EXPECT_THAT(outcomes.wait("one").reason, HasSubstr("uthoriz")) << outcomes.wait("one").reason;
  sink.send(message("two"), outcomes.of("two"));
  EXPECT_EQ(outcomes.wait("two").kind, Kind::delivered) << outcomes.wait("two").reason;
}

TEST(KafkaSink, OneClusterThatIsDownDelaysNoOther) {
  Outcomes outcomes;
  MockCluster mock;
  KafkaProducers producers(quick);
  KafkaSink down(producers, {.cluster = nobody(), .topic = "lake"});
  KafkaSink up(producers, {.cluster = mock.address(), .topic = "lake"});
  down.send(message("lost"), outcomes.of("lost"));
  up.send(message("found"), outcomes.of("found"));
  EXPECT_EQ(outcomes.wait("found").kind, Kind::delivered);
  EXPECT_EQ(outcomes.count(), 1u) << "it waited for the one that is down";
  const Outcome outcome = outcomes.wait("lost");
  EXPECT_EQ(outcome.kind, Kind::retry);
  EXPECT_THAT(outcome.reason, HasSubstr("Connection refused"));
}

TEST(KafkaSink, EndsWhatIsOnItsWay) {
  Outcomes outcomes;
  KafkaProducers producers;
  const auto began = std::chrono::steady_clock::now();
  {
    KafkaSink sink(producers, {.cluster = nobody(), .topic = "lake"});
    for (int i = 0; i < 100; ++i) sink.send(message(std::to_string(i)), outcomes.of(std::to_string(i)));
  }
  EXPECT_EQ(outcomes.count(), 100u);
  EXPECT_EQ(outcomes.wait("99").kind, Kind::retry);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST(KafkaSink, MoreThanTheQueueTakesIsTriedAgain) {
  Outcomes outcomes;
  KafkaProducers producers({.waiting_max = 3});
  KafkaSink sink(producers, {.cluster = nobody(), .topic = "lake"});
  for (int i = 0; i < 4; ++i) sink.send(message(std::to_string(i)), outcomes.of(std::to_string(i)));
  EXPECT_EQ(outcomes.wait("3").kind, Kind::retry);
  EXPECT_THAT(outcomes.wait("3").reason, HasSubstr("Too many events wait"));
  EXPECT_EQ(outcomes.count(), 1u);
}

TEST(KafkaProducers, ShareOneForEachClusterWhileSomeoneUsesIt) {
  KafkaProducers producers(quick);
  auto one = producers.get(nobody());
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(*producers.get(nobody()), *one);
  KafkaCluster other = nobody();
  other.mechanism = "PLAIN";
  other.username = other.password = "u";
  const auto two = producers.get(other);
  ASSERT_TRUE(two.has_value());
  EXPECT_NE(*two, *one);

  other.username = "v";
  const auto third = producers.get(other);
  ASSERT_FALSE(third.has_value());
  EXPECT_THAT(third.error().message, HasSubstr("2 Kafka clusters"));
  const KafkaProducer* former = one->get();
  one->reset();
  EXPECT_NE(former, nullptr);
  const auto again = [&] { return producers.get(other).has_value(); };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!again()) ASSERT_LT(std::chrono::steady_clock::now(), end) << "the one that nobody holds is still there";
}

}  // namespace
}  // namespace lakegate::delivery
