#include "auth/issuer_token.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/base64url.h"
#include "auth/issuer_test_support.h"

namespace lakegate::auth {
namespace {

using testing::HasSubstr;

constexpr Millis now = 1'790'000'000'000;
constexpr std::string_view good =
    R"({"iss":"https://login.example/a","aud":"lake","sub":"ann","exp":1790003600,"iat":1789999990})";

const SigningKey& rsa() {
  static const SigningKey key = SigningKey::rsa("k1");
  return key;
}

IssuerTerms terms() {
  IssuerTerms made;
  made.issuer = "https://login.example/a";
  made.audiences = {"lake", "lake-2"};
  return made;
}

// Form, terms and times; empty: fine.
std::string refusal(std::string_view text, const IssuerTerms& accepted, Millis at = now) {
  const auto token = read_issuer_token(text);
  if (!token) return token.error().message;
  if (const Status fits = check_terms(*token, accepted); !fits) return fits.error().message;
  const Status fits = check_times(times_of(*token).value(), accepted.clock_skew_s, at);
  return fits ? "" : fits.error().message;
}

std::string of_payload(std::string_view payload, const IssuerTerms& accepted = terms(), Millis at = now) {
  return refusal(rsa().token(payload, "RS256"), accepted, at);
}

std::string of_header(std::string_view header, const IssuerTerms& accepted = terms(), std::string_view payload = good) {
  return refusal(rsa().token_with(header, payload, "RS256"), accepted);
}

TEST(IssuerToken, Good) {
  EXPECT_EQ(of_payload(good), "");
  EXPECT_EQ(of_payload(R"({"iss":"https://login.example/a","aud":["x","lake-2"],"sub":"ann","exp":1790003600.5})"), "");
  // Where keys are said to be is not looked at, nor what else a header may have.
  EXPECT_EQ(of_header(R"({"alg":"RS256","jku":"https://evil.example","x5u":"x","jwk":{"kty":"oct"},"x5c":[]})"), "");
}

TEST(IssuerToken, Forms) {
  const std::string token = rsa().token(good, "RS256");
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  const std::string header = token.substr(0, first);
  const std::string payload = token.substr(first + 1, last - first - 1);
  const std::string signature = token.substr(last + 1);
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), header, header + "." + payload,
        token + ".", "." + token, token + "=", header + "=." + payload + "." + signature, header + "." + payload + ".",
        token + " ", token + "\n", header + "." + payload + "..", header + ".." + signature,
        header + "+." + payload + "." + signature}) {
    EXPECT_NE(refusal(text, terms()), "") << text;
  }
  EXPECT_THAT(refusal(std::string(issuer_token_bytes_max + 1, 'a'), terms()), HasSubstr("at most"));
}

TEST(IssuerToken, Headers) {
  EXPECT_THAT(of_header(R"({"alg":"RS256","crit":["exp"],"exp":1})"), HasSubstr("crit"));
  EXPECT_THAT(of_header(R"({"alg":"RS256","crit":[]})"), HasSubstr("crit"));
  EXPECT_THAT(of_header(R"({"alg":"RS256","alg":"RS256"})"), HasSubstr("once"));
  EXPECT_THAT(of_header(R"({"alg":"RS256","kid":1})"), HasSubstr("kid"));
  EXPECT_THAT(of_header(R"({"alg":1})"), HasSubstr("alg"));
  EXPECT_THAT(of_header(R"({"typ":"JWT"})"), HasSubstr("alg"));
  EXPECT_THAT(of_header(R"(["RS256"])"), HasSubstr("header"));
  EXPECT_THAT(of_header("{\"alg\":\"RS256\",\"x\":\"\xff\"}"), HasSubstr("header"));
  for (const std::string_view algorithm : {"none", "None", "NONE", "nOnE", "HS256", "HS512", "rs256", "RS384", "EdDSA",
                                           "RS256 ", "RS256\\u0000", "dir", ""}) {
    EXPECT_THAT(of_header(fmt::format(R"({{"alg":"{}"}})", algorithm)), HasSubstr("alg")) << algorithm;
  }
  IssuerTerms wide = terms();
  wide.algorithms = {"none", "HS256"};  // as a ledger from elsewhere could have it
  EXPECT_THAT(of_header(R"({"alg":"none"})", wide), HasSubstr("alg"));
  EXPECT_THAT(of_header(R"({"alg":"HS256"})", wide), HasSubstr("alg"));
}

TEST(IssuerToken, Types) {
  const auto check = [](TokenUse use, std::string_view type, bool taken, std::string_view payload = good) {
    IssuerTerms accepted = terms();
    accepted.token_use = use;
    const std::string header =
        type.empty() ? R"({"alg":"RS256"})" : fmt::format(R"({{"alg":"RS256","typ":"{}"}})", type);
    EXPECT_EQ(of_header(header, accepted, payload).empty(), taken) << to_string(use) << " " << type << " " << payload;
  };
  for (const std::string_view type : {"", "JWT", "jwt", "application/jwt"}) {
    check(TokenUse::access, type, true);
    check(TokenUse::rfc9068, type, false);
    check(TokenUse::id, type, true);
  }
  for (const std::string_view type : {"at+jwt", "AT+JWT", "application/at+jwt"}) {
    check(TokenUse::access, type, true);
    check(TokenUse::rfc9068, type, true);
    check(TokenUse::id, type, false);
  }
  for (const std::string_view type : {"logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", "application/at+jwt+x"}) {
    for (const TokenUse use : {TokenUse::access, TokenUse::rfc9068, TokenUse::id}) check(use, type, false);
  }
  const auto with = [](std::string_view more) { return std::string(good).insert(1, fmt::format("{},", more)); };
  check(TokenUse::access, "JWT", true, with(R"("typ":"Bearer")"));
  for (const std::string_view of_id : {R"("typ":"ID")", R"("typ":"Refresh")", R"("at_hash":"x")", R"("nonce":"x")"})
    check(TokenUse::access, "JWT", false, with(of_id));
  check(TokenUse::id, "JWT", true, with(R"("nonce":"x","at_hash":"x")"));
}

TEST(IssuerToken, Claims) {
  const auto check = [](std::string_view payload, std::string_view why) {
    EXPECT_THAT(of_payload(payload), HasSubstr(why)) << payload;
  };
  constexpr std::string_view issuer = R"("iss":"https://login.example/a")";
  const auto with = [&](std::string_view rest) { return fmt::format("{{{},{}}}", issuer, rest); };
  check("{}", "iss");
  check(R"({"iss":"https://login.example/a/","aud":"lake","sub":"a","exp":1790003600})", "iss");
  check(R"({"iss":["https://login.example/a"],"aud":"lake","sub":"a","exp":1790003600})", "iss");
  check(with(R"("sub":"a","exp":1790003600)"), "aud");
  check(with(R"("aud":"Lake","sub":"a","exp":1790003600)"), "aud");
  check(with(R"("aud":[],"sub":"a","exp":1790003600)"), "aud");
  check(with(R"("aud":["lake",1],"sub":"a","exp":1790003600)"), "aud");
  check(with(R"("aud":{"lake":1},"sub":"a","exp":1790003600)"), "aud");
  check(with(R"("aud":"lake","exp":1790003600)"), "sub");
  check(with(R"("aud":"lake","sub":"","exp":1790003600)"), "sub");
  check(with(R"("aud":"lake","sub":7,"exp":1790003600)"), "sub");
  check(with(fmt::format(R"("aud":"lake","sub":"{}","exp":1790003600)", std::string(256, 'a'))), "sub");
  check(with(R"("aud":"lake","sub":"a\nb","exp":1790003600)"), "sub");
  check(with(R"("aud":"lake","sub":"a")"), "exp");
  check(with(R"("aud":"lake","sub":"a","exp":"1790003600")"), "exp");
  check(with(R"("aud":"lake","sub":"a","exp":-1)"), "exp");
  check(with(R"("aud":"lake","sub":"a","exp":1e300)"), "exp");
  check(with(R"("aud":"lake","sub":"a","exp":1790003600,"nbf":"x")"), "nbf");
  check(with(R"("aud":"lake","sub":"a","exp":1790003600,"exp":9790003600)"), "once");
  check(with(R"("aud":"lake","sub":"a","exp":1790003600,"x":{"a":1,"a":1})"), "once");
  EXPECT_EQ(of_payload(with(R"("aud":"lake","sub":"a","exp":1790003600,"x":[{"a":1},{"a":1}])")), "");
}

TEST(IssuerToken, PartiesOfIdTokens) {
  IssuerTerms accepted = terms();
  accepted.token_use = TokenUse::id;
  const auto check = [&](std::string_view aud, std::string_view more, bool taken) {
    const std::string payload =
        fmt::format(R"({{"iss":"https://login.example/a","aud":{},"sub":"a","exp":1790003600{}}})", aud, more);
    EXPECT_EQ(refusal(rsa().token_with(R"({"alg":"RS256"})", payload, "RS256"), accepted).empty(), taken) << payload;
  };
  check(R"("lake")", "", true);
  check(R"(["lake"])", R"(,"azp":"lake")", true);
  check(R"(["lake","x"])", R"(,"azp":"lake-2")", true);
  check(R"(["lake","x"])", "", false);
  check(R"(["lake","x"])", R"(,"azp":"x")", false);
  check(R"("lake")", R"(,"azp":"x")", false);
  check(R"("lake")", R"(,"azp":1)", false);
}

TEST(IssuerToken, TimesWithSkew) {
  const auto check = [](int64_t skew, std::string_view times, Millis at, std::string_view why) {
    IssuerTerms accepted = terms();
    accepted.clock_skew_s = skew;
    const std::string payload = fmt::format(R"({{"iss":"https://login.example/a","aud":"lake","sub":"a",{}}})", times);
    const std::string found = of_payload(payload, accepted, at);
    if (why.empty()) {
      EXPECT_EQ(found, "") << times << " " << skew;
    } else {
      EXPECT_THAT(found, HasSubstr(why)) << times << " " << skew;
    }
  };
  check(60, R"("exp":1790000000)", now + 59'999, "");
  check(60, R"("exp":1790000000)", now + 60'000, "expired");
  check(0, R"("exp":1790000000)", now - 1, "");
  check(0, R"("exp":1790000000)", now, "expired");
  check(60, R"("exp":1790003600,"nbf":1790000060)", now, "");
  check(60, R"("exp":1790003600,"nbf":1790000061)", now, "future");
  check(60, R"("exp":1790003600,"iat":1790000061)", now, "future");
  check(0, R"("exp":1790003600,"iat":1790000001)", now, "future");
  check(0, R"("exp":1790003600,"iat":1790000001)", now + 1000, "");
  check(60, R"("exp":0)", now, "expired");
}

TEST(IssuerToken, UserClaim) {
  IssuerTerms accepted = terms();
  const auto user = [&](std::string claim, std::string_view more) -> std::string {
    accepted.user_claim = std::move(claim);
    const std::string text = rsa().token(std::string(good).insert(1, fmt::format("{},", more)), "RS256");
    const auto token = read_issuer_token(text);
    const auto value = user_of(token.value(), accepted);
    return value ? outside_user(accepted, *value) : "";
  };
  EXPECT_EQ(user("sub", R"("x":1)"), "https://login.example/a#ann");
  EXPECT_EQ(user("email", R"("email":"ann@x.example")"), "https://login.example/a?email#ann@x.example");
  EXPECT_EQ(user("/ctx/upn", R"("ctx":{"upn":"u"})"), "https://login.example/a?/ctx/upn#u");
  EXPECT_EQ(user("email", R"("mail":"ann@x.example")"), "");
  EXPECT_EQ(user("groups", R"("groups":["ann"])"), "");
}

// Whatever byte of a good token is changed, it is refused: there is one spelling of it, and all of it is signed.
TEST(IssuerToken, EveryChangedByteIsRefused) {
  const SigningKey elliptic = SigningKey::elliptic("k2");
  const KeySet keys = parse_jwks(jwks_of({rsa().jwk(), elliptic.jwk()})).value();
  for (const std::string& good_token : {rsa().token(good, "RS256"), elliptic.token(good, "ES256")}) {
    const auto accepted = [&](const std::string& text) {
      if (!refusal(text, terms()).empty()) return false;
      return signer_of(read_issuer_token(text).value(), keys).has_value();
    };
    ASSERT_TRUE(accepted(good_token));
    for (size_t i = 0; i < good_token.size(); ++i) {
      for (const char other : {'A', 'Q', 'z', '-', '_', '.', '=', '+', ' ', '\0', '\xff'}) {
        std::string changed = good_token;
        if (changed[i] == other) continue;
        changed[i] = other;
        EXPECT_FALSE(accepted(changed)) << i << " " << static_cast<int>(other);
      }
      for (const char neighbour : {char(good_token[i] ^ 1), char(good_token[i] ^ 2), char(good_token[i] ^ 32)}) {
        std::string changed = good_token;
        changed[i] = neighbour;
        EXPECT_FALSE(accepted(changed)) << i;
      }
      EXPECT_FALSE(accepted(good_token.substr(0, i))) << i;
      EXPECT_FALSE(accepted(std::string(good_token).insert(i, 1, 'A'))) << i;
    }
  }
}

}  // namespace
}  // namespace lakegate::auth
