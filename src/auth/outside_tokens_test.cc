#include "auth/outside_tokens.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/authenticator.h"
#include "auth/error_codes.h"
#include "auth/issuer_json.h"
#include "auth/issuer_test_support.h"
#include "ledger/client_changes.h"
#include "ledger/issuers.h"
#include "ledger/ledger_test_support.h"
#include "ledger/orgs.h"

namespace lakegate::auth {
namespace {

using testing::HasSubstr;

constexpr Millis start = 1'790'000'000'000;

// Issuers by their address, each with one key set.
class Issuers final : public IssuerDocuments {
 public:
  void get(const std::string& url, size_t, Done done) override {
    ++fetches;
    for (const auto& [address, jwks] : sets) {
      if (url == address + "/.well-known/openid-configuration")
        return done(fmt::format(R"({{"issuer":"{}","jwks_uri":"{}/jwks"}})", address, address));
      if (url == address + "/jwks") return done(jwks);
    }
    done(fail(codes::issuer_unreachable, "down"));
  }
  std::map<std::string, std::string> sets;
  int fetches = 0;
};

const SigningKey& key() {
  static const SigningKey made = SigningKey::elliptic("k");
  return made;
}

class OutsideTokensTest : public testing::Test {
 protected:
  OutsideTokensTest() {
    client(world_.scope().org, "writer");
    client(world_.scope().org, "reader");
    client(world_.other_org().org, "foreign");
    issuers_->sets = {{"https://a.example", jwks_of({key().jwk()})}, {"https://b.example", jwks_of({key().jwk()})}};
  }

  void client(OrgNumber org, const std::string& id) {
    must(world_.write([&](Tx& tx) {
      return ledger::insert_client(tx, {.client_id = ApiKey(id),
                                        .org = org,
                                        .secret_hash = "x",
                                        .user_id = id + "@techacct",
                                        .name = id,
                                        .disabled = false,
                                        .created = 1});
    }));
  }

  std::string add(OrgNumber org, std::string_view issuer, std::string_view mappings, std::string_view more = "") {
    const std::string id = fmt::format("issuer-{}", ++last_);
    const std::string definition =
        fmt::format(R"({{"issuer":"{}","audiences":["lake"]{},"mappings":{}}})", issuer, more, mappings);
    must(world_.write([&](Tx& tx) {
      return ledger::insert_issuer(
          tx, {.id = id, .org = org, .issuer = std::string(issuer), .definition = definition, .created = last_});
    }));
    outside_.forget();
    return id;
  }

  static std::string token(std::string_view issuer, std::string_view more = "", std::string_view sub = "ann",
                           const SigningKey& by = key()) {
    return by.token(fmt::format(R"({{"iss":"{}","aud":"lake","sub":"{}","exp":1790003600{}}})", issuer, sub, more),
                    "ES256");
  }

  // "api key user", or the error's code.
  std::string who(const std::string& text, std::optional<std::string_view> api_key = {}) {
    const auto account = authenticator_.authenticate(text, api_key);
    if (!account) return std::string(account.error().code->id);
    return fmt::format("{} {}", account->client.client_id, account->client.user_id);
  }

  static constexpr std::string_view everyone = R"([{"when":[],"apiKey":"writer"}])";

  LedgerWorld world_;
  FakeClock clock_{start};
  Directory directory_{world_.ledger()};
  Issuers* issuers_ = new Issuers;
  IssuerKeys keys_{std::unique_ptr<IssuerDocuments>(issuers_), clock_, {}};
  OutsideTokens outside_{world_.ledger(), directory_, keys_, clock_};
  TokenKey own_key_ = TokenKey::generate().value();
  SystemRandom random_;
  Authenticator authenticator_{directory_, own_key_, clock_, random_, true, &outside_};
  int last_ = 0;
};

TEST_F(OutsideTokensTest, ActsWithTheMappedKey) {
  const std::string text = token("https://a.example");
  EXPECT_EQ(who(text), "401013");
  const std::string id = add(world_.scope().org, "https://a.example", everyone);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(who(text), "writer https://a.example#ann");
  EXPECT_EQ(issuers_->fetches, 2) << "discovery and keys, once";
  EXPECT_EQ(who(token("https://b.example")), "401013") << "not registered";
  must(world_.write([&](Tx& tx) { return ledger::remove_issuer(tx, id); }));
  outside_.forget();
  EXPECT_EQ(who(text), "401013");
}

TEST_F(OutsideTokensTest, SameSubjectOfTwoIssuersIsTwoUsers) {
  add(world_.scope().org, "https://a.example", everyone);
  add(world_.scope().org, "https://b.example", everyone);
  EXPECT_EQ(who(token("https://a.example")), "writer https://a.example#ann");
  EXPECT_EQ(who(token("https://b.example")), "writer https://b.example#ann");
}

// What was out when the key's tokens were revoked stays out, however late it says to begin.
TEST_F(OutsideTokensTest, RevocationCountsFromTheIssue) {
  add(world_.scope().org, "https://a.example", everyone);
  must(world_.write([&](Tx& tx) { return ledger::void_tokens(tx, world_.scope().org, ApiKey("writer"), start); }));
  directory_.forget();
  clock_.advance_ms(60'000);
  const std::string_view issuer = "https://a.example";
  EXPECT_EQ(who(token(issuer, R"(,"iat":1789999990)")), "401013");
  EXPECT_EQ(who(token(issuer, R"(,"iat":1789999990,"nbf":1790000030)")), "401013") << "begins after, issued before";
  EXPECT_EQ(who(token(issuer, R"(,"nbf":1789999990)")), "401013");
  EXPECT_EQ(who(token(issuer)), "401013") << "nobody knows when it was issued";
  EXPECT_EQ(who(token(issuer, R"(,"iat":1790000010)")), "writer https://a.example#ann");
  EXPECT_EQ(who(token(issuer, R"(,"iat":1790000010,"nbf":1789999990)")), "writer https://a.example#ann");
  EXPECT_EQ(who(token(issuer, R"(,"nbf":1790000010)")), "writer https://a.example#ann");
}

TEST_F(OutsideTokensTest, RefusalsAskNoIssuer) {
  add(world_.scope().org, "https://a.example", everyone);
  for (const std::string_view wrong :
       {R"({"iss":"https://a.example","aud":"lake","sub":"ann","exp":1})",
        R"({"iss":"https://a.example","aud":"other","sub":"ann","exp":1790003600})",
        R"({"iss":"https://a.example","aud":"lake","sub":"ann","exp":1790003600,"nbf":1790003500})"}) {
    EXPECT_EQ(who(key().token(wrong, "ES256")), "401013") << wrong;
  }
  EXPECT_EQ(who("x.y.z"), "401013");
  EXPECT_EQ(who(std::string(20'000, 'a')), "401013");
  EXPECT_EQ(issuers_->fetches, 0);
  const SigningKey stranger = SigningKey::elliptic("k");
  EXPECT_EQ(who(token("https://a.example", "", "ann", stranger)), "401013");
}

TEST_F(OutsideTokensTest, TimesCountAtEachUse) {
  add(world_.scope().org, "https://a.example", everyone);
  const std::string text = token("https://a.example");
  EXPECT_NE(who(text), "401013");
  clock_.advance_ms(3'659'999);
  EXPECT_NE(who(text), "401013");
  clock_.advance_ms(1);
  EXPECT_EQ(who(text), "401013");
}

TEST_F(OutsideTokensTest, DisabledKeyEndsItsTokens) {
  add(world_.scope().org, "https://a.example", everyone);
  const std::string text = token("https://a.example");
  EXPECT_NE(who(text), "401013");
  must(world_.write(
      [&](Tx& tx) { return ledger::set_client_disabled(tx, world_.scope().org, ApiKey("writer"), true, 9); }));
  directory_.forget();
  EXPECT_EQ(who(text), "401013");
}

TEST_F(OutsideTokensTest, WithdrawnKeyEndsRememberedTokens) {
  add(world_.scope().org, "https://a.example", everyone);
  const std::string text = token("https://a.example");
  EXPECT_NE(who(text), "401013");
  issuers_->sets["https://a.example"] = jwks_of({SigningKey::elliptic("n").jwk()});
  EXPECT_NE(who(text), "401013");
  clock_.advance_ms(10 * 60'000);
  EXPECT_EQ(who(text), "401013");
}

TEST_F(OutsideTokensTest, IssuerOutOfReach) {
  add(world_.scope().org, "https://c.example", everyone);
  EXPECT_EQ(who(token("https://c.example")), "503010");
  issuers_->sets["https://c.example"] = jwks_of({key().jwk()});
  clock_.advance_ms(5'000);
  EXPECT_EQ(who(token("https://c.example")), "writer https://c.example#ann");
  issuers_->sets.erase("https://c.example");
  clock_.advance_ms(30 * 60'000);
  EXPECT_EQ(who(token("https://c.example")), "writer https://c.example#ann") << "cached keys hold for a while";
  const SigningKey next = SigningKey::elliptic("next");
  EXPECT_EQ(who(token("https://c.example", "", "ann", next)), "503010") << "it may be a new key";
}

TEST_F(OutsideTokensTest, MappingsInOrder) {
  add(world_.scope().org, "https://a.example",
      R"([{"when":[{"claim":"groups","contains":"w"}],"apiKey":"writer"},
          {"when":[{"claim":"groups","contains":"r"}],"apiKey":"reader"}])");
  EXPECT_EQ(who(token("https://a.example", R"(,"groups":["r","w"])")), "writer https://a.example#ann");
  EXPECT_EQ(who(token("https://a.example", R"(,"groups":["r"])")), "reader https://a.example#ann");
  EXPECT_EQ(who(token("https://a.example", R"(,"groups":["x"])")), "403025");
  EXPECT_EQ(who(token("https://a.example", R"(,"groups":["r","w"])"), "reader"), "403003")
      << "the first mapping decides, not the request";
}

TEST_F(OutsideTokensTest, OrgsThatTrustTheSameIssuer) {
  add(world_.scope().org, "https://a.example", everyone);
  add(world_.other_org().org, "https://a.example", R"([{"when":[],"apiKey":"foreign"}])", R"(,"userClaim":"email")");
  const std::string text = token("https://a.example", R"(,"email":"e")");
  EXPECT_EQ(who(text), "writer https://a.example#ann") << "the oldest registration";
  EXPECT_EQ(who(text, ""), "writer https://a.example#ann");
  EXPECT_EQ(who(text, "foreign"), "foreign https://a.example?email#e");
  EXPECT_EQ(who(text, "writer"), "writer https://a.example#ann");
  EXPECT_EQ(who(text, "reader"), "403003");
  EXPECT_EQ(who(token("https://a.example"), "foreign"), "403003") << "no email: not good for the second";
}

TEST_F(OutsideTokensTest, OwnTokensNeverAskAnIssuer) {
  add(world_.scope().org, "https://a.example", everyone);
  const AccessToken own{
      .id = "t",
      .client_id = "writer",
      .user_id = "u",
      .org = must(world_.read([&](ReadTx& tx) { return ledger::get_org(tx, world_.scope().org); })).ims_org.text(),
      .scope = "",
      .created_at = start};
  EXPECT_EQ(who(sign_token(own, own_key_)), "writer writer@techacct");
  EXPECT_EQ(who(sign_token(own, own_key_), "reader"), "writer writer@techacct") << "the door compares that";
  EXPECT_EQ(issuers_->fetches, 0);
}

TEST_F(OutsideTokensTest, ReportSaysWhy) {
  add(world_.scope().org, "https://a.example", R"([{"when":[{"claim":"groups","contains":"w"}],"apiKey":"writer"}])");
  const auto report = [&](const std::string& text, std::optional<OrgNumber> org = {}) {
    return must(outside_.explain(text, org));
  };
  const TokenReport good = report(token("https://a.example", R"(,"groups":["w"])"));
  EXPECT_TRUE(good.accepted);
  EXPECT_EQ(good.api_key, ApiKey("writer"));
  EXPECT_EQ(good.user, "https://a.example#ann");
  const auto check = [&](const std::string& text, std::string_view what, std::string_view detail,
                         std::optional<OrgNumber> org = {}) {
    const TokenReport found = report(text, org);
    EXPECT_FALSE(found.accepted);
    EXPECT_FALSE(found.steps.back().passed);
    EXPECT_EQ(found.steps.back().what, what);
    EXPECT_THAT(found.steps.back().detail, HasSubstr(detail));
  };
  check("x", "form", "header.payload.signature");
  check(token("https://b.example"), "issuer", "https://b.example");
  check(token("https://a.example"), "issuer", "registered", world_.other_org().org);
  check(key().token(R"({"iss":"https://a.example","aud":"x","sub":"a","exp":1790003600})", "ES256"), "terms",
        "audiences lake");
  check(key().token(R"({"iss":"https://a.example","aud":"lake","sub":"a","exp":1})", "ES256"), "times", "expired");
  check(token("https://a.example", "", "ann", SigningKey::elliptic("other")), "signature", "no key \"other\"");
  check(token("https://a.example", R"(,"groups":["secret-value"])"), "mapping", "says something else");
  check(token("https://a.example"), "mapping", "has no such claim");
  EXPECT_THAT(report(token("https://a.example", R"(,"groups":["secret-value"])")).steps.back().detail,
              testing::Not(HasSubstr("secret-value")));
}

}  // namespace
}  // namespace lakegate::auth
