#include "delivery/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate::delivery {
namespace {

// The example of the specification's reference libraries.
TEST(WebhookSignature, IsThatOfTheSpecification) {
  EXPECT_EQ(signatures({{.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}, 1, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                       1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, EachSecretThatHoldsSigns) {
  const std::vector<SigningSecret> secrets = {{.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                                              {.secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", .until = 100},
                                              {.secret = "whsec_BBBBAAAAAAAAAAAAAAAAAAAAAAAAAAAA", .until = 200}};
  const auto count = [&](Millis now) {
    const std::string all = signatures(secrets, now, "a", 1, "b");
    return std::ranges::count(all, ' ') + 1;
  };
  EXPECT_EQ(count(99), 3);
  EXPECT_EQ(count(100), 2);
  EXPECT_EQ(count(200), 1);
}

TEST(WebhookSignature, SecretsAreKept) {
  SeededRandom random(1);
  const std::string one = new_signing_secret(random);
  const std::string two = new_signing_secret(random);
  EXPECT_NE(one, two);
  EXPECT_EQ(one.size(), 6U + 44U);
  const auto back = signing_secrets(to_json({{.secret = one}, {.secret = two, .until = 7}}));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].secret, one);
  EXPECT_EQ(back[0].until, 0);
  EXPECT_EQ(back[1].secret, two);
  EXPECT_EQ(back[1].until, 7);
  EXPECT_TRUE(signing_secrets({}).empty());
}

}  // namespace
}  // namespace lakegate::delivery
