#include "api/answer_once.h"

#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::api {
namespace {

using ledger::code_of;
using ledger::StoredAnswer;

http::Request request(std::optional<std::string> key, std::string body) {
  http::Request made;
  if (key) made.headers.add("idempotency-key", *key);
  made.body = std::move(body);
  return made;
}

IdempotencyKey key_of(std::optional<std::string> key, std::string body, std::string_view operation = "create batch") {
  return must(read_idempotency_key(request(std::move(key), std::move(body)), operation));
}

// Counts how often it was done.
struct Work {
  int done = 0;
  CreatingWork work() {
    return [this](Tx&) -> Result<StoredAnswer> {
      ++done;
      return StoredAnswer{.status = 201, .location = "/x", .body = fmt::format("{}", done)};
    };
  }
};

TEST(AnswerOnce, TheSameRequestGetsTheSameAnswer) {
  ledger::TwoSandboxes world;
  Work work;
  const auto ask = [&](const Scope& scope, const IdempotencyKey& key) {
    return answer_once(world.ledger(), scope, key, 1'000, work.work());
  };
  EXPECT_EQ(must(ask(world.scope(), key_of("k", "body"))).body, "1");
  const StoredAnswer again = must(ask(world.scope(), key_of(" k ", "body")));
  EXPECT_EQ(again.body, "1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.location, "/x");
  EXPECT_EQ(code_of(ask(world.scope(), key_of("k", "other body"))), "LG-1107-422");
  EXPECT_EQ(code_of(ask(world.scope(), key_of("k", "body", "create dataset"))), "LG-1107-422");
  EXPECT_EQ(work.done, 1);
  EXPECT_EQ(must(ask(world.scope(), key_of("k2", "body"))).body, "2");
  EXPECT_EQ(must(ask(world.other_scope(), key_of("k", "body"))).body, "3") << "of another sandbox";
  EXPECT_EQ(must(ask(world.scope(), key_of(std::nullopt, "body"))).body, "4");
  EXPECT_EQ(must(ask(world.scope(), key_of(std::nullopt, "body"))).body, "5");
}

TEST(AnswerOnce, AnErrorIsNotKept) {
  ledger::TwoSandboxes world;
  const CreatingWork failing = [](Tx&) -> Result<StoredAnswer> { return fail(codes::not_found, "none"); };
  EXPECT_EQ(code_of(answer_once(world.ledger(), world.scope(), key_of("k", "body"), 1, failing)), "LG-1001-404");
  Work work;
  EXPECT_EQ(must(answer_once(world.ledger(), world.scope(), key_of("k", "body"), 1, work.work())).body, "1");
}

TEST(AnswerOnce, KeysThatCanBeUsed) {
  EXPECT_EQ(key_of(std::nullopt, "").text, "");
  EXPECT_EQ(key_of("\"8e03978e-40d5\"", "").text, "\n\"8e03978e-40d5\"") << "after the client's id";
  EXPECT_EQ(key_of(std::string(255, 'k'), "").text.size(), 256);
  for (const std::string& wrong :
       {std::string(), std::string(" "), std::string(256, 'k'), std::string("a\x01"), std::string("\xc3\xbc")}) {
    EXPECT_EQ(code_of(read_idempotency_key(request(wrong, ""), "create batch")), "LG-1000-400") << wrong;
  }
}

TEST(AnswerOnce, BecomesAResponse) {
  const auto response = to_response({.status = 201, .location = "/x", .body = "{}"});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.find("Location"), "/x");
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_FALSE(to_response({.status = 201, .location = {}, .body = "{}"}).headers.contains("Location"));
}

}  // namespace
}  // namespace lakegate::api
