#include "delivery/kafka_producer.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/log.h"
#include "delivery/kafka_errors.h"

namespace lakegate::delivery {
namespace {

constexpr int poll_ms = 100;
constexpr int syslog_error = 3;
constexpr int syslog_warning = 4;

using Configuration = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;
using Options = std::vector<std::pair<const char*, std::string>>;

Options options_of(const KafkaCluster& cluster, const KafkaLimits& limits) {
  std::string security = cluster.mechanism.empty() ? "" : "SASL_";
  security += cluster.tls ? "SSL" : "PLAINTEXT";
  Options options = {
      {"bootstrap.servers", fmt::format("{}", fmt::join(cluster.brokers, ","))},
      {"client.id", "lakegate"},
      {"security.protocol", security},
      {"enable.idempotence", "true"},  // with it come acks=all, and the order of what is tried again
      {"message.timeout.ms", std::to_string(limits.answer_max)},
      {"topic.metadata.propagation.max.ms", std::to_string(limits.unknown_topic_max)},
      // A topic that was refused is refused at once until the next look, in case somebody mended it.
      {"topic.metadata.refresh.interval.ms", std::to_string(limits.topic_look_every)},
      {"linger.ms", std::to_string(limits.linger)},
      {"partitioner", "murmur2_random"},  // as Java's clients choose partitions, so that topics can be joined by key
      {"queue.buffering.max.messages", std::to_string(limits.waiting_max)},
      {"queue.buffering.max.kbytes", std::to_string(limits.waiting_kib_max)},
      {"message.max.bytes", std::to_string(16 << 20)},  // what is too large is for the brokers to say
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "3000"},
      {"socket.keepalive.enable", "true"},
      {"log.connection.close", "false"},
  };
  if (!cluster.authority.empty()) {
    options.emplace_back("ssl.ca.pem", cluster.authority);
  } else if (cluster.tls) {
    // Where the system keeps its authorities. Left out, OpenSSL's own default is asked, whose store crashed beside the
    // libraries that this program links (X509_STORE_set_default_paths).
    options.emplace_back("ssl.ca.location", "probe");
  }
  if (!cluster.certificate.empty()) {
    options.emplace_back("ssl.certificate.pem", cluster.certificate);
    options.emplace_back("ssl.key.pem", cluster.key);
  }
  if (!cluster.mechanism.empty()) {
    options.emplace_back("sasl.mechanisms", cluster.mechanism);
    options.emplace_back("sasl.username", cluster.username);
    options.emplace_back("sasl.password", cluster.password);
  }
  return options;
}

void write_log(const rd_kafka_t*, int level, const char* topic, const char* text) {
  const auto ours = level <= syslog_error     ? log::Level::warning
                    : level <= syslog_warning ? log::Level::info
                                              : log::Level::debug;
  log::write(ours, "The Kafka client says", {{"about", topic}, {"cause", text}});
}

// As an object of its own: given one by one, librdkafka 2.0.2 frees them twice when it refuses the record.
using Headers = std::unique_ptr<rd_kafka_headers_t, decltype(&rd_kafka_headers_destroy)>;

Headers headers_of(const KafkaRecord& record) {
  Headers headers{rd_kafka_headers_new(2), &rd_kafka_headers_destroy};
  const auto add = [&](std::string_view name, std::string_view value) {
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  };
  add("content-type", record.content_type);
  if (!record.traceparent.empty()) add("traceparent", record.traceparent);
  return headers;
}

}  // namespace

// Callbacks of librdkafka come on the thread of run() alone. It is the last to use `kafka`: nobody sends after
// `stopping`.
struct KafkaProducer::Client {
  explicit Client(const KafkaLimits& with) : limits(with) {}

  struct Waiting {
    Report report;
    std::string topic;
  };

  Status open(const KafkaCluster& cluster);
  void run();
  uint64_t add(Report report, std::string_view topic);
  void finish(uint64_t number, rd_kafka_resp_err_t error);
  void finish_all();
  void on_error(rd_kafka_resp_err_t error, const char* text);

  const KafkaLimits limits;
  rd_kafka_t* kafka = nullptr;
  std::atomic<bool> stopping{false};
  std::atomic<bool> broken{false};

  std::mutex mutex;
  uint64_t last_number = 0;             // guarded by mutex
  std::map<uint64_t, Waiting> waiting;  // guarded by mutex
  std::string last_error;               // guarded by mutex; since the last record that was confirmed
};

Status KafkaProducer::Client::open(const KafkaCluster& cluster) {
  Configuration configuration{rd_kafka_conf_new(), &rd_kafka_conf_destroy};
  std::array<char, 512> text{};
  for (const auto& [name, value] : options_of(cluster, limits)) {
    if (rd_kafka_conf_set(configuration.get(), name, value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK) {
      return fail(codes::invalid_argument, "Kafka's client does not take the target: {}.", text.data());
    }
  }
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_log_cb(configuration.get(), &write_log);
  rd_kafka_conf_set_error_cb(configuration.get(), [](rd_kafka_t*, int error, const char* reason, void* self) {
    static_cast<Client*>(self)->on_error(static_cast<rd_kafka_resp_err_t>(error), reason);
  });
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    static_cast<Client*>(self)->finish(reinterpret_cast<uintptr_t>(message->_private), message->err);
  });
  kafka = rd_kafka_new(RD_KAFKA_PRODUCER, configuration.get(), text.data(), text.size());
  if (kafka == nullptr) {
    return fail(codes::invalid_argument, "Kafka's client does not take the target: {}.", text.data());
  }
  (void)configuration.release();  // it is the client's now
  return {};
}

void KafkaProducer::Client::run() {
  while (!stopping) rd_kafka_poll(kafka, poll_ms);
  // What is on its way is not waited for: it may have arrived or not, and goes out again with the same id.
  rd_kafka_purge(kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits.stop_max / 2);
  while (rd_kafka_outq_len(kafka) > 0 && std::chrono::steady_clock::now() < end) rd_kafka_poll(kafka, poll_ms);
  finish_all();
  rd_kafka_destroy(kafka);
}

uint64_t KafkaProducer::Client::add(Report report, std::string_view topic) {
  const std::lock_guard lock(mutex);
  waiting.emplace(++last_number, Waiting{std::move(report), std::string(topic)});
  return last_number;
}

void KafkaProducer::Client::finish(uint64_t number, rd_kafka_resp_err_t error) {
  std::unique_lock lock(mutex);
  auto found = waiting.extract(number);
  if (found.empty()) return;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) last_error.clear();
  const Outcome outcome = kafka_outcome(error, found.mapped().topic, last_error);
  lock.unlock();
  found.mapped().report(outcome);
}

void KafkaProducer::Client::finish_all() {
  std::unique_lock lock(mutex);
  const std::map<uint64_t, Waiting> left = std::exchange(waiting, {});
  const std::string error = last_error;
  lock.unlock();
  for (const auto& [number, one] : left) one.report(kafka_outcome(RD_KAFKA_RESP_ERR__PURGE_QUEUE, one.topic, error));
}

void KafkaProducer::Client::on_error(rd_kafka_resp_err_t error, const char* text) {
  std::array<char, 512> cause{};
  const bool fatal = error == RD_KAFKA_RESP_ERR__FATAL;
  if (fatal) rd_kafka_fatal_error(kafka, cause.data(), cause.size());
  {
    const std::lock_guard lock(mutex);
    // That all are down follows what was wrong with the last one.
    if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || last_error.empty()) last_error = fatal ? cause.data() : text;
  }
  if (fatal) {
    log::warning("A Kafka producer cannot promise the order any more and is replaced", {{"cause", cause.data()}});
    broken = true;
    rd_kafka_purge(kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  } else if (is_refused_connection(error)) {
    rd_kafka_purge(kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
}

KafkaProducer::~KafkaProducer() { client_->stopping = true; }

bool KafkaProducer::broken() const { return client_->broken; }

void KafkaProducer::send(const KafkaRecord& record, Report report) {
  const uint64_t number = client_->add(std::move(report), record.topic);
  const std::string topic(record.topic);
  Headers headers = headers_of(record);
  std::array<rd_kafka_vu_t, 6> values{};
  size_t count = 0;
  values[count].vtype = RD_KAFKA_VTYPE_TOPIC;
  values[count++].u.cstr = topic.c_str();
  values[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  values[count++].u.i = RD_KAFKA_MSG_F_COPY;
  values[count].vtype = RD_KAFKA_VTYPE_KEY;
  values[count++].u.mem = {.ptr = const_cast<char*>(record.key.data()), .size = record.key.size()};
  values[count].vtype = RD_KAFKA_VTYPE_VALUE;
  values[count++].u.mem = {.ptr = const_cast<char*>(record.value.data()), .size = record.value.size()};
  values[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
  values[count++].u.ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(number));
  values[count].vtype = RD_KAFKA_VTYPE_HEADERS;
  values[count++].u.headers = headers.get();
  rd_kafka_error_t* error = rd_kafka_produceva(client_->kafka, values.data(), count);
  if (error == nullptr) {
    (void)headers.release();  // they are the record's now
    return;
  }
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  client_->finish(number, code);
}

KafkaProducers::~KafkaProducers() {
  std::unique_lock lock(running_->mutex);
  running_->changed.wait_for(lock, std::chrono::milliseconds(limits_.stop_max),
                             [this] { return running_->threads == 0; });
  if (running_->threads > 0)
    log::warning("Kafka clients did not end in time; they are left", {{"clients", running_->threads}});
}

Result<std::shared_ptr<KafkaProducer>> KafkaProducers::get(const KafkaCluster& cluster) {
  const std::lock_guard lock(mutex_);
  if (const auto found = producers_.find(cluster); found != producers_.end()) {
    if (auto producer = found->second.lock(); producer && !producer->broken()) return producer;
  }
  std::erase_if(producers_, [](const auto& one) { return one.second.expired(); });
  {
    const std::lock_guard running(running_->mutex);
    if (running_->threads >= limits_.producers_max) {
      return fail(codes::unavailable, "There are {} Kafka clusters and users in use, as many as this server takes.",
                  running_->threads);
    }
    ++running_->threads;
  }
  const auto ended = [running = running_] {
    const std::lock_guard lock(running->mutex);
    --running->threads;
    running->changed.notify_all();
  };
  auto client = std::make_shared<KafkaProducer::Client>(limits_);
  if (Status opened = client->open(cluster); !opened) {
    ended();
    return std::unexpected(std::move(opened).error());
  }
  try {
    std::thread([client, ended] {
      client->run();
      ended();
    }).detach();
  } catch (const std::system_error& error) {
    rd_kafka_destroy(client->kafka);
    ended();
    return fail(codes::unavailable, "No thread for another Kafka client: {}.", error.what());
  }
  std::shared_ptr<KafkaProducer> producer(new KafkaProducer(std::move(client)));
  producers_[cluster] = producer;
  return producer;
}

}  // namespace lakegate::delivery
