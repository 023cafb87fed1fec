#include "auth/access_token.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "auth/base64url.h"

namespace lakegate::auth {
namespace {

constexpr Millis issued_at = 1'790'000'000'000;

const TokenKey& server_key() {
  static const TokenKey key = TokenKey::generate().value();
  return key;
}

const TokenKey& other_key() {
  static const TokenKey key = TokenKey::generate().value();
  return key;
}

AccessToken sample() {
  return {.id = "t1",
          .client_id = "c1",
          .user_id = "c1@techacct",
          .org = "1234@AdobeOrg",
          .scope = "openid",
          .created_at = issued_at};
}

// A token of any header and payload, signed by `key`.
std::string forge(std::string_view header, std::string_view payload, const TokenKey& key = server_key()) {
  const std::string text = to_base64url(header) + "." + to_base64url(payload);
  return text + "." + to_base64url(key.sign(text));
}

std::string good_header() { return fmt::format(R"({{"alg":"RS256","typ":"JWT","kid":"{}"}})", server_key().key_id()); }

constexpr std::string_view good_payload =
    R"({"type":"access_token","client_id":"c1","user_id":"u","org":"o","created_at":"1790000000000","expires_in":"86400000"})";

bool accepted(std::string_view text, Millis now = issued_at + 1000) {
  const auto token = verify_token(text, server_key(), now);
  if (!token) {
    EXPECT_EQ(token.error().code->id, "401013");
  }
  return token.has_value();
}

TEST(AccessToken, SaysWhatWasSigned) {
  const auto token = verify_token(sign_token(sample(), server_key()), server_key(), issued_at);
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(*token, sample());
}

TEST(AccessToken, LivesForADay) {
  const std::string text = sign_token(sample(), server_key());
  EXPECT_TRUE(accepted(text, issued_at));
  EXPECT_TRUE(accepted(text, issued_at + token_lifetime_ms - 1));
  EXPECT_FALSE(accepted(text, issued_at + token_lifetime_ms));
  EXPECT_FALSE(accepted(text, issued_at - 60'000));
}

TEST(AccessToken, ForgeryIsMadeRight) { EXPECT_TRUE(accepted(forge(good_header(), good_payload))); }

TEST(AccessToken, AlgorithmIsTheKeys) {
  const std::string key_id = server_key().key_id();
  for (const std::string_view algorithm :
       {"none", "None", "NONE", "HS256", "HS384", "RS384", "RS512", "PS256", "ES256", "", "rs256"}) {
    EXPECT_FALSE(accepted(forge(fmt::format(R"({{"alg":"{}","kid":"{}"}})", algorithm, key_id), good_payload)))
        << algorithm;
  }
  const std::string unsigned_text = to_base64url(R"({"alg":"none"})") + "." + to_base64url(good_payload) + ".";
  EXPECT_FALSE(accepted(unsigned_text));
  EXPECT_FALSE(accepted(to_base64url(good_header()) + "." + to_base64url(good_payload) + "."));
}

TEST(AccessToken, HeaderMustBeOurs) {
  const std::string key_id = server_key().key_id();
  for (const std::string& header :
       {std::string(R"({"alg":"RS256"})"), std::string(R"({"alg":"RS256","kid":"other"})"), std::string("[]"),
        std::string("{"), std::string(), fmt::format(R"({{"alg":["RS256"],"kid":"{}"}})", key_id),
        fmt::format(R"({{"alg":"RS256","kid":"{}","crit":["exp"]}})", key_id),
        fmt::format(R"({{"kid":"{}"}})", key_id)}) {
    EXPECT_FALSE(accepted(forge(header, good_payload))) << header;
  }
}

TEST(AccessToken, AnotherKeysSignatureIsRefused) {
  EXPECT_FALSE(accepted(forge(good_header(), good_payload, other_key())));
}

TEST(AccessToken, PayloadMustBeAnAccessTokens) {
  for (const std::string_view payload :
       {R"({"type":"refresh_token","client_id":"c1","created_at":"1790000000000","expires_in":"86400000"})",
        R"({"client_id":"c1","created_at":"1790000000000","expires_in":"86400000"})",
        R"({"type":"access_token","client_id":"c1","expires_in":"86400000"})",
        R"({"type":"access_token","client_id":"c1","created_at":"1790000000000"})",
        R"({"type":"access_token","client_id":"c1","created_at":1790000000000,"expires_in":86400000})",
        R"({"type":"access_token","client_id":"c1","created_at":"1790000000000","expires_in":"999999999999999"})",
        R"({"type":"access_token","client_id":"c1","created_at":"-1","expires_in":"86400000"})",
        R"({"type":"access_token","client_id":"c1","created_at":"1790000000000 ","expires_in":"86400000"})", "[]", "",
        "null"}) {
    EXPECT_FALSE(accepted(forge(good_header(), payload))) << payload;
  }
}

TEST(AccessToken, EveryChangedCharacterIsNoticed) {
  const std::string text = sign_token(sample(), server_key());
  for (size_t i = 0; i < text.size(); i += 3) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(accepted(changed)) << i;
  }
}

TEST(AccessToken, FormIsExact) {
  const std::string text = sign_token(sample(), server_key());
  for (const std::string& other :
       {text + ".", "." + text, text + "=", text + "A", text + "\n", " " + text, text.substr(0, text.size() - 1),
        text.substr(0, text.rfind('.')), std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
        std::string(token_bytes_max + 1, 'A')}) {
    EXPECT_FALSE(accepted(other)) << other.substr(0, 20);
  }
}

TEST(TokenKey, IsTheSameAtTheNextStart) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("lakegate-token-key-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const auto path = folder / "token-key.pem";
  const auto first = TokenKey::load_or_create(path);
  const auto second = TokenKey::load_or_create(path);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->key_id(), second->key_id());
  EXPECT_TRUE(second->verify("text", first->sign("text")));
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ofstream(path) << "nothing";
  const auto damaged = TokenKey::load_or_create(path);
  ASSERT_FALSE(damaged.has_value());
  EXPECT_NE(damaged.error().message.find(path.string()), std::string::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lakegate::auth
