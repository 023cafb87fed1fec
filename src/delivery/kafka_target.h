// KafkaTarget: what a subscription says of its Kafka: which brokers, how to log in there, which topic. As JSON:
//
//   {"brokers": ["kafka-1.example.com:9093", …], "topic": "lake",
//    "tls": {"authority": PEM, "certificate": PEM, "key": PEM},
//    "sasl": {"mechanism": "SCRAM-SHA-512", "username": "…", "password": "…"}}
//
// Without `tls` everything goes in the clear; `tls` may be empty. `key` and `password` are secrets.
#pragma once

#include <boost/json/object.hpp>

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delivery/sink_kind.h"

namespace lakegate::delivery {

// How a cluster is reached. Subscriptions whose clusters are equal share a producer.
struct KafkaCluster {
  std::vector<std::string> brokers = {};  // "host:port", lower case, in order, each once
  bool tls = false;
  std::string authority = {};    // PEM; empty: whom the system trusts
  std::string certificate = {};  // PEM, the client's own; empty: none
  std::string key = {};          // PEM, of `certificate`
  std::string mechanism = {};    // of SASL; empty: none
  std::string username = {};
  std::string password = {};
  auto operator<=>(const KafkaCluster&) const = default;
};

struct KafkaTarget {
  KafkaCluster cluster = {};
  std::string topic = {};
};

// Which brokers this server may be told to write to: it reaches networks that its clients do not, and a broker is
// usually an address that no webhook may go to.
class AllowedBrokers {
 public:
  // "host:port" with blanks or commas between; "*": all; "": none. `invalid_argument` names the part that is neither.
  static Result<AllowedBrokers> parse(std::string_view text);

  bool none() const { return !all_ && brokers_.empty(); }
  // `target_forbidden` names the first that is not allowed.
  Status check(const std::vector<std::string>& brokers) const;

 private:
  bool all_ = false;
  std::vector<std::string> brokers_ = {};
};

// As SinkKind::check has it.
Result<Target> check_kafka_target(const boost::json::object& sent, const Target* former, const AllowedBrokers& allowed);

// Of a target that was checked. `corrupt`: it never was.
Result<KafkaTarget> read_kafka_target(std::string_view shown, std::string_view secrets);

}  // namespace lakegate::delivery
