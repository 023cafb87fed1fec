#include "delivery/kafka_target.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include <string>

#include "base/error_codes.h"
#include "delivery/error_codes.h"

namespace lakegate::delivery {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

AllowedBrokers all() { return AllowedBrokers::parse("*").value(); }

json::object object(std::string_view text) { return json::parse(text).as_object(); }

// An empty `says`: it is taken.
void check(std::string_view sent, std::string_view says) {
  SCOPED_TRACE(sent);
  const auto checked = check_kafka_target(object(sent), nullptr, all());
  EXPECT_EQ(checked.has_value(), says.empty());
  if (checked) return;
  EXPECT_EQ(checked.error().code->id, codes::invalid_argument.id);
  EXPECT_THAT(checked.error().message, HasSubstr(std::string(says)));
}

TEST(KafkaTarget, IsChecked) {
  check(R"({"brokers": ["k:9092"], "topic": "t"})", "");
  check(R"({"brokers": ["10.0.0.1:9092", "[::1]:9092", "a_b-c.d:1"], "topic": "A.b_c-9"})", "");
  check(R"({"brokers": ["k:9092"], "topic": "t", "tls": null, "sasl": null})", "");
  check(R"({"brokers": ["k:9092"], "topic": "t", "tls": {}})", "");

  check(R"({"topic": "t"})", "target.brokers");
  check(R"({"brokers": [], "topic": "t"})", "1 to 32");
  check(R"({"brokers": "k:9092", "topic": "t"})", "target.brokers");
  check(R"({"brokers": [1], "topic": "t"})", "target.brokers");
  for (const char* broker : {"k", "k:", "k:0", "k:65536", ":9092", "k:9092,l:9092", "SSL://k:9092", "k/x:9092", "a b:1",
                             "::1:9092", "[k]:9092", "k:9092 ", "user@k:9092"}) {
    check(json::serialize(json::object{{"brokers", json::array{broker}}, {"topic", "t"}}), "HOST:PORT");
  }
  for (const char* topic : {".", "..", "a b", "a/b", "ä"}) {
    check(json::serialize(json::object{{"brokers", json::array{"k:1"}}, {"topic", topic}}), "target.topic");
  }
  check(json::serialize(json::object{{"brokers", json::array{"k:1"}}, {"topic", std::string(250, 'a')}}), "249");
  check(R"({"brokers": ["k:1"]})", "target.topic");
  check(R"({"brokers": ["k:1"], "topic": "t", "url": "x"})", "target.url");
  check(R"({"brokers": ["k:1"], "topic": "t", "tls": true})", "target.tls");
  check(R"({"brokers": ["k:1"], "topic": "t", "tls": {"verify": false}})", "target.tls.verify");
  check(R"({"brokers": ["k:1"], "topic": "t", "tls": {"authority": "x"}})", "target.tls.authority");
  check(R"({"brokers": ["k:1"], "topic": "t", "tls": {"certificate": "x"}})", "belong together");
  check(R"({"brokers": ["k:1"], "topic": "t", "tls": {"certificate": "x", "key": "y"}})", "target.tls.certificate");
  check(R"({"brokers": ["k:1"], "topic": "t", "sasl": {}})", "target.sasl.mechanism");
  check(R"({"brokers": ["k:1"], "topic": "t", "sasl": {"mechanism": "GSSAPI"}})", "SCRAM-SHA-512");
  check(R"({"brokers": ["k:1"], "topic": "t", "sasl": {"mechanism": "PLAIN"}})", "target.sasl.username");
  check(R"({"brokers": ["k:1"], "topic": "t", "sasl": {"mechanism": "PLAIN", "username": "u"}})",
        "password is missing");
  check(R"({"brokers": ["k:1"], "topic": "t", "sasl": {"mechanism": "PLAIN", "username": "u", "password": 1}})",
        "target.sasl.password");
}

TEST(KafkaTarget, IsSplitIntoWhatIsShownAndSecrets) {
  const auto made = check_kafka_target(object(R"({"brokers": ["L:2", "k:1", "l:2"], "topic": "t", "tls": {},
      "sasl": {"mechanism": "PLAIN", "username": "u", "password": "secret"}})"),
                                       nullptr, all());
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->shown, object(R"({"brokers": ["k:1", "l:2"], "topic": "t", "tls": {},
      "sasl": {"mechanism": "PLAIN", "username": "u"}})"));
  EXPECT_EQ(made->secrets, object(R"({"password": "secret"})"));

  const auto read = read_kafka_target(json::serialize(made->shown), json::serialize(made->secrets));
  ASSERT_TRUE(read.has_value());
  EXPECT_THAT(read->cluster.brokers, ElementsAre("k:1", "l:2"));
  EXPECT_TRUE(read->cluster.tls);
  EXPECT_EQ(read->cluster.password, "secret");
  EXPECT_EQ(read->topic, "t");
}

// A password is not sent to anyone but whom it was given for, and not with less protection.
TEST(KafkaTarget, KeepsItsPasswordForTheSameReceiverAlone) {
  const auto former = check_kafka_target(object(R"({"brokers": ["k:1"], "topic": "t", "tls": {},
      "sasl": {"mechanism": "PLAIN", "username": "u", "password": "secret"}})"),
                                         nullptr, all());
  ASSERT_TRUE(former.has_value());
  const auto change = [&](std::string_view sent) { return check_kafka_target(object(sent), &*former, all()); };

  const auto kept = change(R"({"brokers": ["K:1"], "topic": "other", "tls": {},
      "sasl": {"mechanism": "PLAIN", "username": "u"}})");
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->secrets, former->secrets);

  for (const char* other :
       {R"({"brokers": ["x:1"], "topic": "t", "tls": {}, "sasl": {"mechanism": "PLAIN", "username": "u"}})",
        R"({"brokers": ["k:1"], "topic": "t", "sasl": {"mechanism": "PLAIN", "username": "u"}})",
        R"({"brokers": ["k:1"], "topic": "t", "tls": {}, "sasl": {"mechanism": "PLAIN", "username": "v"}})"}) {
    SCOPED_TRACE(other);
    const auto refused = change(other);
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().message, HasSubstr("sent again"));
  }
}

TEST(KafkaTarget, BrokersAreAllowedByTheOperator) {
  const auto allowed = [](std::string_view setting, std::string_view broker) {
    const Status checked = AllowedBrokers::parse(setting).value().check({std::string(broker)});
    if (!checked) {
      EXPECT_EQ(checked.error().code->id, codes::target_forbidden.id);
    }
    return checked.has_value();
  };
  EXPECT_TRUE(allowed("k:1, L:2", "l:2"));
  EXPECT_TRUE(allowed("k:1 l:2", "l:2"));
  EXPECT_TRUE(allowed("*", "l:2"));
  EXPECT_FALSE(allowed("k:1", "k:2"));
  EXPECT_FALSE(allowed("", "k:1"));
  EXPECT_FALSE(AllowedBrokers::parse("k:1,nonsense").has_value());
  EXPECT_FALSE(check_kafka_target(object(R"({"brokers": ["k:1", "x:1"], "topic": "t"})"), nullptr,
                                  AllowedBrokers::parse("k:1").value())
                   .has_value());
}

}  // namespace
}  // namespace lakegate::delivery
