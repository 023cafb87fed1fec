#include "auth/jwks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/base64url.h"
#include "auth/issuer_test_support.h"
#include "auth/issuer_token.h"

namespace lakegate::auth {
namespace {

using testing::HasSubstr;

const SigningKey& rsa() {
  static const SigningKey key = SigningKey::rsa("r");
  return key;
}
const SigningKey& p256() {
  static const SigningKey key = SigningKey::elliptic("e");
  return key;
}

KeySet set_of(std::initializer_list<std::string> keys) { return parse_jwks(jwks_of(keys)).value(); }

// Whether a token of `key` is found good by the set.
bool verifies(const KeySet& set, const SigningKey& key, std::string_view algorithm) {
  const std::string text = key.token("{}", algorithm);
  return signer_of(read_issuer_token(text).value(), set).has_value();
}

TEST(Jwks, EveryAlgorithmThatIsKnown) {
  const SigningKey p384 = SigningKey::elliptic("e", "P-384");
  const SigningKey p521 = SigningKey::elliptic("e", "P-521");
  for (const std::string_view algorithm : known_algorithms()) {
    const SigningKey& key = algorithm == "ES384"   ? p384
                            : algorithm == "ES512" ? p521
                            : algorithm == "ES256" ? p256()
                                                   : rsa();
    EXPECT_TRUE(verifies(set_of({key.jwk()}), key, algorithm)) << algorithm;
    const SigningKey stranger = algorithm[0] == 'E'
                                    ? SigningKey::elliptic(key.key_id(), algorithm == "ES384"   ? "P-384"
                                                                         : algorithm == "ES512" ? "P-521"
                                                                                                : "P-256")
                                    : SigningKey::rsa(key.key_id());
    EXPECT_FALSE(verifies(set_of({stranger.jwk()}), key, algorithm)) << algorithm;
  }
}

TEST(Jwks, AlgorithmIsTheKeys) {
  EXPECT_TRUE(verifies(set_of({rsa().jwk(R"("alg":"RS256","use":"sig","key_ops":["verify"])")}), rsa(), "RS256"));
  EXPECT_FALSE(verifies(set_of({rsa().jwk(R"("alg":"RS512")")}), rsa(), "RS256"));
  EXPECT_FALSE(verifies(set_of({rsa().jwk(R"("alg":"PS256")")}), rsa(), "RS256"));
  const SigningKey p384 = SigningKey::elliptic("e", "P-384");
  const auto set = set_of({p384.jwk()});
  EXPECT_TRUE(set.candidates("e", "ES256").empty()) << "a curve is for one algorithm";
  EXPECT_TRUE(set.candidates("e", "RS256").empty());
  EXPECT_TRUE(set.candidates("e", "HS256").empty());
  EXPECT_TRUE(set.candidates("e", "none").empty());
}

TEST(Jwks, KeysThatAreLeftOut) {
  const auto check = [](const std::string& jwk, std::string_view why) {
    const KeySet set = set_of({jwk, p256().jwk()});
    EXPECT_EQ(set.keys.size(), 1U) << jwk;
    ASSERT_EQ(set.unusable.size(), 1U) << jwk;
    EXPECT_THAT(set.unusable[0], HasSubstr(why));
  };
  check(SigningKey::rsa("small", 1024).jwk(), "1024 bits");
  check(rsa().jwk(R"("use":"enc")"), "use");
  check(rsa().jwk(R"("key_ops":["sign","encrypt"])"), "key_ops");
  check(rsa().jwk(R"("key_ops":"verify")"), "key_ops");
  check(rsa().jwk(R"("alg":"RSA-OAEP")"), "alg");
  check(rsa().jwk(R"("d":"AQAB")"), "private");
  check(R"({"kty":"oct","k":"c2VjcmV0"})", "kty");
  check(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", "kty");
  check(R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})", "curve");
  check(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})", "numbers");
  check(R"({"kty":"RSA","n":"!","e":"AQAB"})", "numbers");
  check(R"({"kty":"RSA","kid":1,"n":"AA","e":"AQAB"})", "kid");
  // An exponent of 1 makes every text its own signature; an even one, or none, is no key's.
  const std::string good = rsa().jwk();
  const size_t at = good.find(R"("e":"AQAB")");
  ASSERT_NE(at, std::string::npos);
  for (const std::string e : {"AQ", "AAAB", "Ag", "AA", "", "!", "AQAAAAAAAAAB", "AQAC"})
    check(std::string(good).replace(at, 10, R"("e":")" + e + "\""), "(e)");
  EXPECT_EQ(set_of({std::string(good).replace(at, 10, R"("e":"Aw")")}).keys.size(), 1U);
}

TEST(Jwks, KeyIdChooses) {
  const SigningKey other = SigningKey::rsa("o");
  EXPECT_TRUE(verifies(set_of({other.jwk(), rsa().jwk()}), rsa(), "RS256"));
  EXPECT_FALSE(verifies(set_of({other.jwk()}), rsa(), "RS256"));
  // Without one there must be no choice.
  const std::string nameless = rsa().token_with(R"({"alg":"RS256"})", "{}", "RS256");
  const IssuerToken token = read_issuer_token(nameless).value();
  EXPECT_TRUE(signer_of(token, set_of({rsa().jwk(), p256().jwk()})).has_value());
  const auto refused = signer_of(token, set_of({rsa().jwk(), other.jwk()}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("names no key"));
  // Two keys of one name, as some issuers have them while they change one.
  const SigningKey twin = SigningKey::rsa("r");
  EXPECT_TRUE(verifies(set_of({twin.jwk(), rsa().jwk()}), rsa(), "RS256"));
}

// Anybody may send tokens: what one costs does not grow with what its issuer shows.
TEST(Jwks, FewKeysOfOneNameAreTried) {
  std::vector<SigningKey> keys;
  for (size_t i = 0; i <= keys_of_one_id_max; ++i) keys.push_back(SigningKey::elliptic("same"));
  const KeySet set = set_of({keys[0].jwk(), keys[1].jwk(), keys[2].jwk(), keys[3].jwk(), keys[4].jwk()});
  ASSERT_EQ(set.keys.size(), 5U);
  EXPECT_EQ(set.candidates("same", "ES256").size(), keys_of_one_id_max);
  EXPECT_TRUE(verifies(set, keys[3], "ES256"));
  EXPECT_FALSE(verifies(set, keys[4], "ES256"));
}

TEST(Jwks, SignaturesOfAnotherForm) {
  const KeySet set = set_of({p256().jwk()});
  const std::string header = R"({"alg":"ES256","kid":"e"})";
  const std::string text = to_base64url(header) + "." + to_base64url("{}");
  const std::string raw = p256().sign(text, "ES256");
  const auto good = [&](const std::string& signature) {
    const std::string token = text + "." + to_base64url(signature);
    return signer_of(read_issuer_token(token).value(), set).has_value();
  };
  EXPECT_TRUE(good(raw));
  EXPECT_FALSE(good(raw + std::string(2, '\0')));
  EXPECT_FALSE(good(raw.substr(1)));
  EXPECT_FALSE(good(std::string(1, '\0') + raw.substr(0, 32) + std::string(1, '\0') + raw.substr(32)))
      << "the same numbers, padded";
  EXPECT_FALSE(good(std::string(64, '\0'))) << "CVE-2022-21449";
  // DER, as OpenSSL and X.509 have it.
  EXPECT_FALSE(good("\x30\x44\x02\x20" + raw.substr(0, 32) + "\x02\x20" + raw.substr(32)));
}

TEST(Jwks, WhatIsNoSet) {
  for (const std::string_view text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})", R"({"keys":[],"keys":[]})", "{\"keys\":[]} x"}) {
    const auto set = parse_jwks(text);
    ASSERT_FALSE(set.has_value()) << text;
    EXPECT_EQ(set.error().code->id, "503010");
  }
  EXPECT_FALSE(parse_jwks(std::string(jwks_bytes_max + 1, ' ')).has_value());
  std::string many = R"({"keys":[{})";
  for (size_t i = 0; i < jwks_keys_max; ++i) many += ",{}";
  EXPECT_FALSE(parse_jwks(many + "]}").has_value());
  EXPECT_TRUE(parse_jwks(R"({"keys":[]})").has_value());
}

}  // namespace
}  // namespace lakegate::auth
