// KafkaProducer: one idempotent client of one cluster, for all subscriptions that write there. What it promises of a
// record comes from Kafka: all in-sync replicas have it, once a session, in the order in which one producer sent it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "delivery/kafka_target.h"
#include "delivery/sink.h"

namespace lakegate::delivery {

struct KafkaLimits {
  Millis answer_max = 30'000;        // a record without confirmation ends as `retry`
  Millis unknown_topic_max = 5'000;  // so long a topic that nobody knows may still turn up
  Millis topic_look_every = 5'000;
  Millis linger = 0;         // how long a record waits for others to go with it
  int waiting_max = 10'000;  // records of a producer without an answer; more end as `retry` at once
  int waiting_kib_max = 64 << 10;
  size_t producers_max = 64;  // clusters and users at a time; each has some threads
  Millis stop_max = 5'000;    // for the end of all producers together
};

struct KafkaRecord {
  std::string_view topic;
  std::string_view key;
  std::string_view value;
  std::string_view content_type;
  std::string_view traceparent;  // empty: no header
};

class KafkaProducer {
 public:
  using Report = std::function<void(Outcome)>;

  ~KafkaProducer();  // at once; the rest ends on its own thread, and what waits is reported as `retry`

  // Never blocks; copies the record. `report` is called exactly once, perhaps before this returns.
  void send(const KafkaRecord& record, Report report);

  // It met an error after which its client can promise no order any more. All that waited was reported; every record
  // now is at once. Another producer goes on.
  bool broken() const;

 private:
  friend class KafkaProducers;
  struct Client;  // what the thread shares
  explicit KafkaProducer(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  const std::shared_ptr<Client> client_;
};

// The producers that are in use, by cluster. Thread-safe.
class KafkaProducers {
 public:
  explicit KafkaProducers(KafkaLimits limits = {}) : limits_(limits) {}
  // Waits for the threads of all producers, `stop_max` at most: a name server that does not answer holds a client
  // longer than anyone wants to wait for a stop. Sinks have gone by then, so nothing is reported to anyone.
  ~KafkaProducers();

  // The one of this cluster that is not broken, or a new one. Does not connect. It lives as long as someone holds it.
  // `unavailable`: too many. `invalid_argument`: librdkafka does not take the cluster's settings.
  Result<std::shared_ptr<KafkaProducer>> get(const KafkaCluster& cluster);

 private:
  struct Running {
    std::mutex mutex;
    std::condition_variable changed;
    size_t threads = 0;  // guarded by mutex
  };
  friend class KafkaProducer;

  const KafkaLimits limits_;
  const std::shared_ptr<Running> running_ = std::make_shared<Running>();
  std::mutex mutex_;
  std::map<KafkaCluster, std::weak_ptr<KafkaProducer>> producers_;  // guarded by mutex_
};

}  // namespace lakegate::delivery
