// What `subscription create --kafka` says, as the target of a subscription.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

#include "base/result.h"

namespace lakegate::cli {

struct KafkaOptions {
  std::vector<std::string> brokers;  // HOST:PORT
  std::string topic;
  bool tls = false;
  // Files in PEM; each of them means TLS.
  std::string authority_file;
  std::string certificate_file;
  std::string key_file;
  std::string mechanism;  // of SASL; empty: SCRAM-SHA-512 where there is a user
  std::string username;
  std::string password_file;  // "-": standard input
};

// Reads the files that are named. `local_file`.
Result<boost::json::object> kafka_target(const KafkaOptions& options);

}  // namespace lakegate::cli
