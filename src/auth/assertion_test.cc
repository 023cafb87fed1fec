#include "auth/assertion.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <vector>

#include "auth/base64url.h"
#include "auth/token_key.h"

namespace lakegate::auth {
namespace {

using testing::HasSubstr;

constexpr Millis now = 1'790'000'000'000;

const TokenKey& client_key() {
  static const TokenKey key = TokenKey::generate().value();
  return key;
}

// Of a private key in PEM.
std::string public_pem(const std::string& private_pem) {
  BIO* in = BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(out, key);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(in);
  BIO_free(out);
  EVP_PKEY_free(key);
  return pem;
}

const std::vector<PublicKey>& registered() {
  static const std::vector<PublicKey> keys = [] {
    std::vector<PublicKey> all;
    all.push_back(PublicKey::from_pem(public_pem(TokenKey::generate().value().to_pem())).value());
    all.push_back(PublicKey::from_pem(public_pem(client_key().to_pem())).value());
    return all;
  }();
  return keys;
}

std::string sign(std::string_view payload, std::string_view header = R"({"alg":"RS256"})",
                 const TokenKey& key = client_key()) {
  const std::string text = to_base64url(header) + "." + to_base64url(payload);
  return text + "." + to_base64url(key.sign(text));
}

Status check(std::string_view text) {
  return verify_assertion(text, registered(), {.client_id = ApiKey("c1"), .ims_org = ImsOrgId("1234@AdobeOrg")}, now);
}

constexpr std::string_view good =
    R"({"iss":"1234@AdobeOrg","sub":"x@techacct.adobe.com","aud":"https://ims-na1.adobelogin.com/c/c1","exp":1790003600})";

TEST(Assertion, OneOfTheClientsKeysSignedIt) {
  EXPECT_TRUE(check(sign(good)).has_value());
  EXPECT_EQ(registered()[1].key_id(), client_key().key_id()) << "the same thumbprint as the private half's";
  const auto stranger = check(sign(good, R"({"alg":"RS256"})", TokenKey::generate().value()));
  ASSERT_FALSE(stranger.has_value());
  EXPECT_EQ(stranger.error().code->id, "IMS-5-400");
  EXPECT_THAT(stranger.error().message, HasSubstr("none of the client's keys"));
  const auto none = verify_assertion(sign(good), {}, {.client_id = ApiKey("c1"), .ims_org = {}}, now);
  EXPECT_THAT(none.error().message, HasSubstr("/admin/public-keys"));
}

TEST(Assertion, OtherAlgorithmsAndForms) {
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"RS512"})", R"({"alg":"PS256"})", R"({})", "[]", "x",
        R"({"alg":"RS256","crit":["b64"]})"}) {
    EXPECT_FALSE(check(sign(good, header)).has_value()) << header;
  }
  const std::string text = sign(good);
  for (const std::string& broken : {std::string(), std::string("a.b"), text + ".x", text.substr(0, text.rfind('.') + 1),
                                    text.substr(1), text + "=", std::string(20'000, 'a')}) {
    EXPECT_FALSE(check(broken).has_value()) << broken.substr(0, 80);
  }
  std::string changed = text;
  changed[text.find('.') + 5] ^= 1;
  EXPECT_FALSE(check(changed).has_value());
}

TEST(Assertion, Claims) {
  struct Case {
    std::string_view payload;
    std::string_view code;
    std::string_view says;
  };
  const Case cases[] = {
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":["a","http://localhost/c/c1"],"exp":1790000000.5})", "", ""},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/c2","exp":1790003600})", "IMS-6-400", "/c/c1"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/xc1","exp":1790003600})", "IMS-6-400", "aud"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","exp":1790003600})", "IMS-6-400", "aud"},
      {R"({"iss":"9@AdobeOrg","sub":"x","aud":"https://ims/c/c1","exp":1790003600})", "IMS-5-400", "iss"},
      {R"({"iss":"1234@AdobeOrg","aud":"https://ims/c/c1","exp":1790003600})", "IMS-5-400", "sub"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/c1"})", "IMS-5-400", "no exp"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/c1","exp":"1790003600"})", "IMS-5-400", "no exp"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/c1","exp":1789999900})", "IMS-5-400", "expired"},
      {R"({"iss":"1234@AdobeOrg","sub":"x","aud":"https://ims/c/c1","exp":1790003600,"nbf":1790003000})", "IMS-5-400",
       "not valid yet"},
      {"[]", "IMS-5-400", "payload"},
  };
  for (const Case& one : cases) {
    const Status checked = check(sign(one.payload));
    EXPECT_EQ(checked.has_value(), one.code.empty()) << one.payload;
    if (checked) continue;
    EXPECT_EQ(checked.error().code->id, one.code) << one.payload;
    EXPECT_THAT(checked.error().message, HasSubstr(one.says));
  }
}

TEST(PublicKey, WhatIsNoPublicKey) {
  for (const std::string& pem : {std::string(), std::string("hello"), client_key().to_pem(),
                                 std::string("-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n")}) {
    const auto refused = PublicKey::from_pem(pem);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind(), ErrorKind::invalid);
  }
  EXPECT_THAT(PublicKey::from_pem(client_key().to_pem()).error().message, HasSubstr("private key"));
}

TEST(PublicKey, PemAndBack) {
  const std::string pem = registered()[0].to_pem();
  EXPECT_EQ(PublicKey::from_pem(pem).value().key_id(), registered()[0].key_id());
  EXPECT_EQ(registered()[0].bits(), 2048);
}

}  // namespace
}  // namespace lakegate::auth
