#include "auth/issuer_keys.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "auth/discovery.h"
#include "auth/error_codes.h"
#include "auth/issuer_test_support.h"

namespace lakegate::auth {
namespace {

using testing::HasSubstr;

constexpr Millis minute = 60'000;
const std::string issuer = "https://login.example/a";

// An issuer of the test: answers at once, or when it is told to.
class FakeIssuer final : public IssuerDocuments {
 public:
  void get(const std::string& url, size_t, Done done) override {
    ++fetches[url];
    if (held) return waiting.push_back([this, url, done = std::move(done)] { done(document(url)); });
    done(document(url));
  }
  Result<std::string> document(const std::string& url) const {
    if (down) return fail(codes::issuer_unreachable, "down");
    if (url == issuer + "/.well-known/openid-configuration") return discovery;
    if (url == "https://keys.example/jwks") return jwks;
    return fail(codes::issuer_unreachable, "404 {}", url);
  }
  void release() {
    held = false;
    while (!waiting.empty()) {
      auto next = std::move(waiting.front());
      waiting.erase(waiting.begin());
      next();
    }
  }
  int reads() const {
    const auto found = fetches.find(issuer + "/.well-known/openid-configuration");
    return found == fetches.end() ? 0 : found->second;
  }

  bool down = false;
  bool held = false;
  std::string discovery = R"({"issuer":"https://login.example/a","jwks_uri":"https://keys.example/jwks"})";
  std::string jwks;
  std::map<std::string, int> fetches;
  std::vector<std::function<void()>> waiting;
};

class IssuerKeysTest : public testing::Test {
 protected:
  IssuerKeysTest() {
    auto made = std::make_unique<FakeIssuer>();
    fake_ = made.get();
    fake_->jwks = set({"a"});
    IssuerKeysSettings settings;
    settings.wait_max = std::chrono::milliseconds(50);
    settings.waiting_max = 2;
    keys_ = std::make_unique<IssuerKeys>(std::move(made), clock_, settings);
  }

  static std::string set(const std::vector<std::string>& ids) {
    static const SigningKey key = SigningKey::elliptic("");
    std::string text;
    for (const std::string& id : ids) {
      std::string jwk = key.jwk();
      text += (text.empty() ? "" : ",") + jwk.replace(jwk.find(R"("kid":"")"), 8, R"("kid":")" + id + "\"");
    }
    return R"({"keys":[)" + text + "]}";
  }

  Result<IssuerKeys::Known> ask(const std::string& id) {
    return keys_->keys(issuer, [&](const KeySet& known) { return has(known, id); });
  }
  static bool has(const KeySet& known, const std::string& id) { return !known.candidates(id, "ES256").empty(); }
  bool finds(const std::string& id) {
    const auto known = ask(id);
    return known && has(*known->keys, id);
  }

  FakeClock clock_{1'790'000'000'000};
  FakeIssuer* fake_ = nullptr;
  std::unique_ptr<IssuerKeys> keys_;
};

TEST_F(IssuerKeysTest, AreReadOnceAndKept) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(finds("a"));
  EXPECT_EQ(fake_->reads(), 1);
  EXPECT_EQ(keys_->state(issuer).usable, 1U);
}

TEST_F(IssuerKeysTest, NewKeyIsReadAtOnceAndOldOneEndsWithItsAge) {
  ASSERT_TRUE(finds("a"));
  clock_.advance_ms(minute);
  fake_->jwks = set({"b"});
  EXPECT_TRUE(finds("a")) << "not old enough";
  EXPECT_TRUE(finds("b"));
  EXPECT_FALSE(finds("a"));
  EXPECT_EQ(fake_->reads(), 2);

  fake_->jwks = set({"c"});
  clock_.advance_ms(10 * minute - 1);
  EXPECT_TRUE(finds("b")) << "the last moment of its age; the new ones are fetched aside";
  EXPECT_FALSE(finds("b"));
  EXPECT_TRUE(finds("c"));
}

TEST_F(IssuerKeysTest, FloodOfUnknownKeysIsOneQuestionAnInterval) {
  ASSERT_TRUE(finds("a"));
  clock_.advance_ms(minute);
  for (int i = 0; i < 1000; ++i) {
    const auto known = ask("random" + std::to_string(i));
    ASSERT_TRUE(known.has_value());
    EXPECT_TRUE(known->current) << "it was asked just now: there is no such key";
  }
  EXPECT_EQ(fake_->reads(), 2);
  clock_.advance_ms(29'999);
  EXPECT_FALSE(finds("x"));
  EXPECT_EQ(fake_->reads(), 2);
  clock_.advance_ms(1);
  EXPECT_FALSE(finds("x"));
  EXPECT_EQ(fake_->reads(), 3);
}

TEST_F(IssuerKeysTest, OutageIsBridgedForAWhile) {
  ASSERT_TRUE(finds("a"));
  fake_->down = true;
  clock_.advance_ms(59 * minute);
  EXPECT_TRUE(finds("a"));
  const auto unknown = ask("b");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_FALSE(unknown->current) << "nobody knows whether there is such a key";
  clock_.advance_ms(minute);
  const auto ended = ask("a");
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code->id, "503010");
  EXPECT_TRUE(ended.error().retry_after.has_value());
  EXPECT_THAT(keys_->state(issuer).failure, HasSubstr("down"));
  const int reads = fake_->reads();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(ask("a").has_value());
  EXPECT_EQ(fake_->reads(), reads) << "the interval after a failure";
  fake_->down = false;
  clock_.advance_ms(5'000);
  EXPECT_TRUE(finds("a"));
}

TEST_F(IssuerKeysTest, DocumentsOfAnotherIssuerAreRefused) {
  for (
      const std::string& wrong :
      {std::string(R"({"issuer":"https://login.example/a/","jwks_uri":"https://keys.example/jwks"})"),
       std::string(
           R"({"issuer":"https://login.example/a","issuer":"https://login.example/a","jwks_uri":"https://keys.example/jwks"})"),
       std::string(R"({"issuer":"https://login.example/a","jwks_uri":"http://keys.example/jwks"})"),
       std::string(R"({"issuer":"https://login.example/a","jwks_uri":"file:///etc/passwd"})"),
       std::string(R"({"issuer":"https://login.example/a"})"), std::string("<html>"), std::string()}) {
    fake_->discovery = wrong;
    EXPECT_FALSE(ask("a").has_value()) << wrong;
    EXPECT_FALSE(fake_->fetches.contains("https://keys.example/jwks")) << wrong;
    clock_.advance_ms(minute);
  }
  fake_->discovery = R"({"issuer":"https://login.example/a","jwks_uri":"https://keys.example/jwks"})";
  EXPECT_TRUE(finds("a"));
}

// http leads to no other machine: whoever is between could make keys.
TEST(Discovery, WhereKeysMayBe) {
  const auto check = [](const std::string& of, const std::string& keys, bool http_allowed, bool taken) {
    const auto read = read_discovery(fmt::format(R"({{"issuer":"{}","jwks_uri":"{}"}})", of, keys), of, http_allowed);
    EXPECT_EQ(read.has_value(), taken) << of << " " << keys << " " << http_allowed;
  };
  for (const bool http_allowed : {false, true}) {
    check("https://login.example", "https://keys.example/jwks", http_allowed, true);
    check("https://login.example", "http://login.example/jwks", http_allowed, false);
    check("https://login.example", "http://127.0.0.1/jwks", http_allowed, false);
    check("http://127.0.0.1:9000", "http://localhost:9001/jwks", http_allowed, true);
    check("http://localhost:9000", "https://keys.example/jwks", http_allowed, true);
    check("http://localhost:9000", "http://keys.example/jwks", http_allowed, http_allowed);
    check("http://login.example", "http://login.example/jwks", http_allowed, http_allowed);
  }
}

TEST_F(IssuerKeysTest, FewWaitAndNotForLong) {
  fake_->held = true;
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (!ask("a").has_value()) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 8);
  EXPECT_EQ(fake_->reads(), 1) << "one fetch, whoever asks";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8 * 5)) << "wait_max each at the most";
  fake_->release();
  EXPECT_TRUE(finds("a"));
}

TEST_F(IssuerKeysTest, WhoWaitsGetsWhatComes) {
  fake_->held = true;
  keys_->warm(issuer);
  std::thread answers([&] { fake_->release(); });
  const auto known = ask("a");
  answers.join();
  EXPECT_TRUE(known.has_value() || finds("a"));
}

TEST_F(IssuerKeysTest, ClockThatWasSetBackMakesThemOld) {
  ASSERT_TRUE(finds("a"));
  fake_->jwks = set({"b"});
  clock_.advance_ms(-minute);
  EXPECT_FALSE(finds("a"));
  EXPECT_TRUE(finds("b"));
}

TEST_F(IssuerKeysTest, ThoseOfRemovedIssuersAreForgotten) {
  ASSERT_TRUE(finds("a"));
  keys_->keep_only({issuer});
  EXPECT_EQ(keys_->state(issuer).usable, 1U);
  keys_->keep_only({});
  EXPECT_EQ(keys_->state(issuer).usable, 0U);
}

}  // namespace
}  // namespace lakegate::auth
