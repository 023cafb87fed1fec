#include "cli/kafka_options.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

Result<std::string> read_all(const std::string& name) {
  if (name == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open()) return fail(codes::local_file, "{} cannot be read: {}.", name, std::strerror(errno));
  return text;
}

// A file that an editor wrote ends with a line's end, which is no part of a password.
Result<std::string> read_password(const std::string& name) {
  LG_ASSIGN(std::string text, read_all(name));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

Result<json::object> kafka_target(const KafkaOptions& options) {
  json::object target{{"brokers", json::array(options.brokers.begin(), options.brokers.end())},
                      {"topic", options.topic}};
  json::object tls;
  for (const auto& [name, file] :
       {std::pair{"authority", &options.authority_file}, std::pair{"certificate", &options.certificate_file},
        std::pair{"key", &options.key_file}}) {
    if (file->empty()) continue;
    LG_ASSIGN(tls[name], read_all(*file));
  }
  if (options.tls || !tls.empty()) target["tls"] = std::move(tls);
  if (!options.username.empty()) {
    json::object sasl{{"mechanism", options.mechanism.empty() ? "SCRAM-SHA-512" : options.mechanism},
                      {"username", options.username}};
    LG_ASSIGN(sasl["password"], read_password(options.password_file));
    target["sasl"] = std::move(sasl);
  }
  return target;
}

}  // namespace lakegate::cli
