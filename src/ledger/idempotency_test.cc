#include "ledger/idempotency.h"

#include <gtest/gtest.h>

#include "ledger/two_sandboxes_test_support.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

class IdempotencyTest : public testing::Test {
 protected:
  Result<std::optional<StoredAnswer>> find(const Scope& scope, std::string_view key, std::string_view hash) {
    return world_.read([&](ReadTx& tx) { return find_answer(tx, scope, key, hash); });
  }
  Status keep(const Scope& scope, std::string_view key, std::string_view hash) {
    return world_.write([&](Tx& tx) {
      return keep_answer(tx, scope, key, hash, {.status = 201, .location = "/x", .body = R"({"id":"ü"})"}, 7);
    });
  }

  TwoSandboxes world_;
};

TEST_F(IdempotencyTest, AnswersTheSameRequestAgain) {
  EXPECT_FALSE(must(find(world_.scope(), "key", "hash")).has_value());
  must(keep(world_.scope(), "key", "hash"));
  const auto answer = must(find(world_.scope(), "key", "hash"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->location, "/x");
  EXPECT_EQ(answer->body, R"({"id":"ü"})");
  EXPECT_FALSE(must(find(world_.scope(), "Key", "hash")).has_value());
}

TEST_F(IdempotencyTest, RefusesTheKeyToAnotherRequest) {
  must(keep(world_.scope(), "key", "hash"));
  EXPECT_EQ(code_of(find(world_.scope(), "key", "other hash")), codes::idempotency_mismatch.id);
}

TEST_F(IdempotencyTest, KeepsOneAnswer) {
  must(keep(world_.scope(), "key", "hash"));
  EXPECT_EQ(code_of(keep(world_.scope(), "key", "hash")), codes::conflict.id);
  EXPECT_EQ(code_of(keep(world_.scope(), "key", "other hash")), codes::conflict.id);
}

TEST_F(IdempotencyTest, SandboxesHaveTheirOwnKeys) {
  must(keep(world_.scope(), "key", "hash"));
  EXPECT_FALSE(must(find(world_.other_scope(), "key", "other hash")).has_value());
  must(keep(world_.other_scope(), "key", "other hash"));
}

}  // namespace
}  // namespace lakegate::ledger
