#include "delivery/kafka_target.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <memory>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "delivery/error_codes.h"

namespace lakegate::delivery {
namespace {

namespace json = boost::json;

constexpr size_t brokers_max = 32;
constexpr size_t host_length_max = 253;
constexpr size_t topic_length_max = 249;  // Kafka's own limit
constexpr size_t word_length_max = 1'024;
constexpr size_t pem_bytes_max = 64 << 10;
constexpr std::string_view mechanisms[] = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};

bool is_letter_or_digit(char c) { return ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z'); }

bool is_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    return host.contains(':') && host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return !host.empty() && host.size() <= host_length_max && is_letter_or_digit(host.front()) &&
         std::ranges::all_of(host, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
}

// "host:port" in lower case. One form alone, so that lists can be compared and nothing else gets into librdkafka's own
// list, whose entries may name protocols.
Result<std::string> parse_broker(std::string_view text) {
  const size_t colon = text.rfind(':');
  uint16_t port = 0;
  if (colon != std::string_view::npos && is_host(text.substr(0, colon))) {
    const std::string_view digits = text.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && port != 0) {
      return ascii::lower(text.substr(0, colon)) + ":" + std::to_string(port);
    }
  }
  return fail(codes::invalid_argument, "found the broker \"{}\", expected HOST:PORT, e.g. kafka-1.example.com:9092",
              text.substr(0, word_length_max));
}

Status only(const json::object& object, std::string_view where, std::initializer_list<std::string_view> known) {
  for (const auto& member : object) {
    if (std::ranges::find(known, std::string_view(member.key())) == known.end()) {
      return fail(codes::invalid_argument, "{}.{}: no such member of a Kafka target; there are {}.", where,
                  std::string_view(member.key()), fmt::join(known, ", "));
    }
  }
  return {};
}

// The text of a member; empty where it is missing or null.
Result<std::string> text_member(const json::object& object, std::string_view where, std::string_view name,
                                size_t length_max) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  const json::string* text = value->if_string();
  if (text == nullptr || text->empty() || text->size() > length_max) {
    return fail(codes::invalid_argument, "{}.{}: expected a text of 1 to {} characters.", where, name, length_max);
  }
  return std::string(*text);
}

// The object of a member; none where it is missing or null.
Result<const json::object*> object_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return nullptr;
  if (!value->is_object()) return fail(codes::invalid_argument, "target.{}: expected an object.", name);
  return &value->get_object();
}

using BytesReader = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

BytesReader reader_of(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

Certificate first_certificate(const std::string& pem) {
  Certificate found{PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr), &X509_free};
  ERR_clear_error();
  return found;
}

int no_passphrase(char*, int, int, void*) { return -1; }

PrivateKey private_key(const std::string& pem) {
  PrivateKey found{PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, &no_passphrase, nullptr), &EVP_PKEY_free};
  ERR_clear_error();
  return found;
}

Status check_tls(const KafkaCluster& cluster) {
  if (!cluster.authority.empty() && !first_certificate(cluster.authority)) {
    return fail(codes::invalid_argument, "target.tls.authority: expected certificates in PEM, found none.");
  }
  if (cluster.certificate.empty() != cluster.key.empty()) {
    return fail(codes::invalid_argument,
                "target.tls: certificate and key belong together, found one of them. A key has to be sent again when "
                "the certificate changes.");
  }
  if (cluster.certificate.empty()) return {};
  const Certificate certificate = first_certificate(cluster.certificate);
  if (!certificate) {
    return fail(codes::invalid_argument, "target.tls.certificate: expected a certificate in PEM, found none.");
  }
  const PrivateKey key = private_key(cluster.key);
  if (!key) {
    return fail(codes::invalid_argument, "target.tls.key: expected a private key in PEM without a passphrase.");
  }
  const bool matches = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) return fail(codes::invalid_argument, "target.tls.key: it is not the certificate's key.");
  return {};
}

Status check_sasl(const KafkaCluster& cluster) {
  if (std::ranges::find(mechanisms, cluster.mechanism) == std::end(mechanisms)) {
    return fail(codes::invalid_argument, "target.sasl.mechanism: found \"{}\", expected one of {}.", cluster.mechanism,
                fmt::join(mechanisms, ", "));
  }
  if (cluster.username.empty()) return fail(codes::invalid_argument, "target.sasl.username is missing.");
  if (cluster.password.empty()) {
    return fail(codes::invalid_argument,
                "target.sasl.password is missing. It has to be sent again when brokers, tls, mechanism or username "
                "change.");
  }
  return {};
}

Result<std::vector<std::string>> read_brokers(const json::object& target) {
  const json::value* value = target.if_contains("brokers");
  const json::array* list = value != nullptr ? value->if_array() : nullptr;
  if (list == nullptr || list->empty() || list->size() > brokers_max) {
    return fail(codes::invalid_argument, "target.brokers: expected a list of 1 to {} texts HOST:PORT.", brokers_max);
  }
  std::vector<std::string> brokers;
  for (const json::value& one : *list) {
    if (!one.is_string()) return fail(codes::invalid_argument, "target.brokers: expected texts HOST:PORT alone.");
    auto broker = parse_broker(one.get_string());
    if (!broker) return fail(codes::invalid_argument, "target.brokers: {}.", broker.error().message);
    brokers.push_back(*std::move(broker));
  }
  std::ranges::sort(brokers);
  const auto repeated = std::ranges::unique(brokers);
  brokers.erase(repeated.begin(), repeated.end());
  return brokers;
}

Result<std::string> read_topic(const json::object& target) {
  LG_ASSIGN(std::string topic, text_member(target, "target", "topic", topic_length_max));
  const bool named = !topic.empty() && topic != "." && topic != ".." && std::ranges::all_of(topic, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
  });
  if (!named) {
    return fail(codes::invalid_argument,
                "target.topic: found \"{}\", expected a topic's name: letters, digits, \".\", \"_\" and \"-\", {} at "
                "most.",
                topic, topic_length_max);
  }
  return topic;
}

// Everything but what makes a secret valid: `secrets` has those, whoever said them.
Result<KafkaTarget> read(const json::object& shown, const json::object& secrets) {
  KafkaTarget target;
  KafkaCluster& cluster = target.cluster;
  LG_ASSIGN(cluster.brokers, read_brokers(shown));
  LG_ASSIGN(target.topic, read_topic(shown));
  LG_ASSIGN(const json::object* tls, object_member(shown, "tls"));
  if (tls != nullptr) {
    cluster.tls = true;
    LG_ASSIGN(cluster.authority, text_member(*tls, "target.tls", "authority", pem_bytes_max));
    LG_ASSIGN(cluster.certificate, text_member(*tls, "target.tls", "certificate", pem_bytes_max));
    LG_ASSIGN(cluster.key, text_member(secrets, "target.tls", "key", pem_bytes_max));
  }
  LG_ASSIGN(const json::object* sasl, object_member(shown, "sasl"));
  if (sasl != nullptr) {
    LG_ASSIGN(cluster.mechanism, text_member(*sasl, "target.sasl", "mechanism", word_length_max));
    LG_ASSIGN(cluster.username, text_member(*sasl, "target.sasl", "username", word_length_max));
    LG_ASSIGN(cluster.password, text_member(secrets, "target.sasl", "password", word_length_max));
  }
  return target;
}

// Whether a password that was given for `former` may go where `now` says.
bool same_receiver(const KafkaCluster& now, const KafkaCluster& former) {
  return now.brokers == former.brokers && now.tls == former.tls && now.authority == former.authority &&
         now.mechanism == former.mechanism && now.username == former.username;
}

Target split(const KafkaTarget& target) {
  const KafkaCluster& cluster = target.cluster;
  Target made;
  made.shown["brokers"] = json::array(cluster.brokers.begin(), cluster.brokers.end());
  made.shown["topic"] = target.topic;
  if (cluster.tls) {
    json::object tls;
    if (!cluster.authority.empty()) tls["authority"] = cluster.authority;
    if (!cluster.certificate.empty()) tls["certificate"] = cluster.certificate;
    made.shown["tls"] = std::move(tls);
  }
  if (!cluster.key.empty()) made.secrets["key"] = cluster.key;
  if (!cluster.mechanism.empty()) {
    made.shown["sasl"] = json::object{{"mechanism", cluster.mechanism}, {"username", cluster.username}};
    made.secrets["password"] = cluster.password;
  }
  return made;
}

}  // namespace

Result<AllowedBrokers> AllowedBrokers::parse(std::string_view text) {
  AllowedBrokers allowed;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" ,\t"), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    if (one == "*") {
      allowed.all_ = true;
      continue;
    }
    LG_ASSIGN(std::string broker, parse_broker(one));
    allowed.brokers_.push_back(std::move(broker));
  }
  return allowed;
}

Status AllowedBrokers::check(const std::vector<std::string>& brokers) const {
  if (all_) return {};
  if (brokers_.empty()) {
    return fail(codes::target_forbidden,
                "This server writes to no Kafka. Its operator names the brokers that it may write to in the setting "
                "delivery.kafka_brokers.");
  }
  for (const std::string& broker : brokers) {
    if (std::ranges::find(brokers_, broker) == brokers_.end()) {
      return fail(codes::target_forbidden,
                  "The broker {} is none of those that this server may write to. Its operator names them in the "
                  "setting delivery.kafka_brokers.",
                  broker);
    }
  }
  return {};
}

Result<Target> check_kafka_target(const json::object& sent, const Target* former, const AllowedBrokers& allowed) {
  LG_TRY(only(sent, "target", {"brokers", "topic", "tls", "sasl"}));
  LG_ASSIGN(const json::object* tls, object_member(sent, "tls"));
  LG_ASSIGN(const json::object* sasl, object_member(sent, "sasl"));
  json::object secrets;
  if (tls != nullptr) {
    LG_TRY(only(*tls, "target.tls", {"authority", "certificate", "key"}));
    if (const json::value* key = tls->if_contains("key")) secrets["key"] = *key;
  }
  if (sasl != nullptr) {
    LG_TRY(only(*sasl, "target.sasl", {"mechanism", "username", "password"}));
    if (const json::value* password = sasl->if_contains("password")) secrets["password"] = *password;
  }
  LG_ASSIGN(KafkaTarget target, read(sent, secrets));
  LG_TRY(allowed.check(target.cluster.brokers));
  if (former != nullptr) {
    LG_ASSIGN(const KafkaTarget kept, read(former->shown, former->secrets));
    KafkaCluster& now = target.cluster;
    if (now.password.empty() && same_receiver(now, kept.cluster)) now.password = kept.cluster.password;
    if (now.key.empty() && now.certificate == kept.cluster.certificate) now.key = kept.cluster.key;
  }
  LG_TRY(check_tls(target.cluster));
  if (sasl != nullptr) LG_TRY(check_sasl(target.cluster));
  return split(target);
}

Result<KafkaTarget> read_kafka_target(std::string_view shown, std::string_view secrets) {
  boost::system::error_code failed;
  const json::value target = json::parse(shown, failed);
  const json::value hidden = failed ? json::value() : json::parse(secrets, failed);
  if (failed || !target.is_object() || !hidden.is_object()) {
    return fail(codes::corrupt, "The target of a Kafka subscription is no JSON object.");
  }
  auto read_back = read(target.get_object(), hidden.get_object());
  if (!read_back) return fail(codes::corrupt, "{}", read_back.error().message);
  return read_back;
}

}  // namespace lakegate::delivery
