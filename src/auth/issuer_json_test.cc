#include "auth/issuer_json.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate::auth {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

Result<IssuerTerms> read(std::string_view text) { return read_issuer(json::parse(text).as_object()); }

constexpr std::string_view mappings = R"("mappings":[{"when":[],"apiKey":"k"}])";

std::string with(std::string_view rest) {
  return fmt::format(R"({{"issuer":"https://a.example","audiences":["lake"],{}}})", rest);
}

TEST(IssuerJson, DefaultsAndRoundTrip) {
  const IssuerTerms plain = read(with(mappings)).value();
  EXPECT_EQ(plain.clock_skew_s, 60);
  EXPECT_EQ(plain.user_claim, "sub");
  EXPECT_EQ(plain.token_use, TokenUse::access);
  EXPECT_THAT(plain.algorithms, testing::ElementsAre("RS256", "PS256", "ES256"));
  const IssuerTerms full =
      read(R"({"issuer":"http://127.0.0.1:9/x/","audiences":["a","b"],"algorithms":["ES512"],"clockSkewSeconds":0,
        "tokens":"at+jwt","userClaim":"/ctx/upn","mappings":[
          {"when":[{"claim":"azp","equals":"etl"},{"claim":"/a~1b/c","oneOf":[1,true,"x"]}],"apiKey":"one"},
          {"when":[{"claim":"groups","contains":"w"}],"apiKey":"two"}]})")
          .value();
  EXPECT_EQ(read(json::serialize(to_json(full))).value(), full);
  EXPECT_EQ(read(json::serialize(to_json(plain))).value(), plain);
}

TEST(IssuerJson, Refusals) {
  const auto check = [](const std::string& text, std::string_view why) {
    const auto made = read(text);
    ASSERT_FALSE(made.has_value()) << text;
    EXPECT_THAT(made.error().message, HasSubstr(why)) << text;
  };
  check("{}", "issuer");
  for (const std::string_view address :
       {"ftp://a.example", "a.example", "https://", "HTTPS://a.example", "https://a.example?x", "https://a.example#x",
        "https://u@a.example", "https://a.example/\\u00e4", "https://a.example/ b", "file:///etc/passwd"}) {
    check(fmt::format(R"({{"issuer":"{}","audiences":["x"],{}}})", address, mappings), "https://login.example.com");
  }
  check(R"({"issuer":"https://a.example"})", "audiences");
  check(with(R"("mappings":[])"), "mappings");
  check(with(fmt::format(R"("algorithms":["RS256","HS256"],{})", mappings)), "algorithms");
  check(with(fmt::format(R"("algorithms":["none"],{})", mappings)), "algorithms");
  check(with(fmt::format(R"("algorithms":[],{})", mappings)), "algorithms");
  check(with(fmt::format(R"("clockSkewSeconds":301,{})", mappings)), "clockSkewSeconds");
  check(with(fmt::format(R"("clockSkewSeconds":-1,{})", mappings)), "clockSkewSeconds");
  check(with(fmt::format(R"("clockSkewSeconds":1.5,{})", mappings)), "clockSkewSeconds");
  check(with(fmt::format(R"("clockSkewSeconds":"60",{})", mappings)), "clockSkewSeconds");
  check(with(fmt::format(R"("tokens":"any",{})", mappings)), "tokens");
  check(with(fmt::format(R"("userClaim":"/a~2",{})", mappings)), "userClaim");
  check(with(fmt::format(R"("audience":"x",{})", mappings)), "there is no member");
  const auto mapping = [&](std::string_view text) { return with(fmt::format(R"("mappings":[{}])", text)); };
  check(mapping(R"({"apiKey":"k"})"), "when");
  check(mapping(R"({"when":[]})"), "apiKey");
  check(mapping(R"({"when":[{"claim":"a"}],"apiKey":"k"})"), "when[0]");
  check(mapping(R"({"when":[{"claim":"a","equals":"x","contains":"x"}],"apiKey":"k"})"), "when[0]");
  check(mapping(R"({"when":[{"claim":"a","equal":"x"}],"apiKey":"k"})"), "there is no member");
  check(mapping(R"({"when":[{"claim":"a","equals":["x"]}],"apiKey":"k"})"), "equals");
  check(mapping(R"({"when":[{"claim":"a","equals":null}],"apiKey":"k"})"), "equals");
  check(mapping(R"({"when":[{"claim":"a","oneOf":[]}],"apiKey":"k"})"), "oneOf");
  check(mapping(R"({"when":[{"claim":"","equals":"x"}],"apiKey":"k"})"), "claim");
  std::string many = R"({"when":[],"apiKey":"k"})";
  for (size_t i = 0; i < mappings_max; ++i) many += R"(,{"when":[],"apiKey":"k"})";
  check(mapping(many), "mappings");
}

TEST(IssuerMapping, FirstThatHolds) {
  IssuerTerms terms = read(R"({"issuer":"https://a.example","audiences":["a"],"mappings":[
      {"when":[{"claim":"groups","contains":"admins"},{"claim":"azp","oneOf":["ui","cli"]}],"apiKey":"admin"},
      {"when":[{"claim":"/realm_access/roles","contains":"writer"}],"apiKey":"writer"},
      {"when":[{"claim":"scope","contains":"lake.read"}],"apiKey":"reader"},
      {"when":[{"claim":"https://x.example/level","equals":7}],"apiKey":"level"},
      {"when":[{"claim":"email_verified","equals":true}],"apiKey":"verified"}]})")
                          .value();
  const auto mapped = [&](std::string_view claims) -> std::string {
    const KeyMapping* found = terms.mapping_of(json::parse(claims));
    return found == nullptr ? "" : found->api_key.text();
  };
  EXPECT_EQ(mapped(R"({"groups":["x","admins"],"azp":"cli","scope":"lake.read"})"), "admin");
  EXPECT_EQ(mapped(R"({"groups":["x","admins"],"azp":"other","scope":"a lake.read b"})"), "reader");
  EXPECT_EQ(mapped(R"({"realm_access":{"roles":["writer"]},"scope":"lake.read"})"), "writer");
  EXPECT_EQ(mapped(R"({"/realm_access/roles":["writer"]})"), "");
  EXPECT_EQ(mapped(R"({"realm_access":["writer"]})"), "");
  EXPECT_EQ(mapped(R"({"scope":"lake.reader"})"), "");
  EXPECT_EQ(mapped(R"({"scope":"lake.read"})"), "reader");
  EXPECT_EQ(mapped(R"({"groups":[["admins"]],"azp":"cli"})"), "");
  EXPECT_EQ(mapped(R"({"groups":{"admins":true},"azp":"cli"})"), "");
  EXPECT_EQ(mapped(R"({"https://x.example/level":7})"), "level");
  EXPECT_EQ(mapped(R"({"https://x.example/level":"7"})"), "");
  EXPECT_EQ(mapped(R"({"email_verified":true})"), "verified");
  EXPECT_EQ(mapped(R"({"email_verified":"true"})"), "");
  EXPECT_EQ(mapped("{}"), "");
}

}  // namespace
}  // namespace lakegate::auth
