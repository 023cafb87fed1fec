#include "ledger/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/audit.h"
#include "ledger/events.h"
#include "ledger/idempotency.h"
#include "ledger/sql.h"
#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

constexpr Millis now = 1'000'000;
constexpr Retention retention{.answers = 100, .events = 200, .audit = 300, .history = 400};

class RetentionTest : public testing::Test {
 protected:
  int64_t prune_once(int64_t rows_max = 1'000) {
    return must(world_.write([&](Tx& tx) -> Result<int64_t> {
      const StatementCosts costs(tx);
      auto removed = prune(tx, retention, now, rows_max);
      EXPECT_THAT(costs.full_scans(), testing::IsEmpty());
      EXPECT_THAT(costs.sorts(), testing::IsEmpty());
      return removed;
    }));
  }
  void add_history(const BatchId& batch, int64_t rows) {
    must(world_.write([&](Tx& tx) -> Status {
      for (int64_t number = 1; number <= rows; ++number) {
        LG_TRY(change_rows(tx,
                           "INSERT INTO batch_history (batch_id, number, from_status, to_status, event, at, cause,"
                           " user) VALUES (:batch, :number, '', '', '', 0, '', '')",
                           batch, number));
      }
      return {};
    }));
  }

  TwoSandboxes world_;
  const DatasetId dataset_ = world_.add_dataset("a");
};

TEST_F(RetentionTest, RemovesWhatIsOverAndNothingElse) {
  must(world_.write([&](Tx& tx) -> Status {
    for (const Millis age : {301, 300, 201, 200, 101, 100, 99}) {
      const Millis at = now - age;
      LG_TRY(keep_answer(tx, world_.scope(), std::to_string(age), "hash", {}, at));
      LG_TRY(append_event(tx, {.dataset_id = dataset_, .at = at, .kind = "kind", .scope = world_.scope()}));
      LG_TRY(record_audit(
          tx, {.org = world_.scope().org, .at = at, .actor = "", .action = std::to_string(age), .subject = "s"}));
    }
    return {};
  }));
  EXPECT_EQ(prune_once(), 5 + 3 + 1);
  EXPECT_EQ(world_.count("SELECT count(*) FROM stored_answer"), 2);
  EXPECT_EQ(world_.count("SELECT count(*) FROM event"), 4);
  EXPECT_EQ(world_.count("SELECT count(*) FROM audit"), 6);
  EXPECT_EQ(world_.count("SELECT max(1000000 - created) FROM stored_answer"), 100);
  EXPECT_EQ(world_.count("SELECT max(1000000 - at) FROM event"), 200);
  EXPECT_EQ(world_.count("SELECT max(1000000 - at) FROM audit"), 300);
  EXPECT_EQ(prune_once(), 0);
}

TEST_F(RetentionTest, OldestFirstAFewRowsAtATime) {
  must(world_.write([&](Tx& tx) -> Status {
    for (const Millis at : {1, 2, 3, 4, 5}) {
      LG_TRY(append_event(tx, {.dataset_id = dataset_, .at = at, .kind = "kind", .scope = world_.scope()}));
    }
    for (const Millis at : {5, 3, 1, 4, 2}) {
      LG_TRY(keep_answer(tx, world_.scope(), std::to_string(at), "hash", {}, at));
    }
    return {};
  }));
  EXPECT_EQ(prune_once(2), 4);
  EXPECT_EQ(world_.count("SELECT min(at) FROM event"), 3);
  EXPECT_EQ(world_.count("SELECT min(created) FROM stored_answer"), 3);
  EXPECT_EQ(prune_once(2), 4);
  EXPECT_EQ(prune_once(2), 1);
  EXPECT_EQ(prune_once(2), 0);
  // Events are counted by the last one.
  EXPECT_EQ(world_.count("SELECT seq FROM event"), 5);
}

// A clock that was set back: what is behind a young event goes with it.
TEST_F(RetentionTest, EventsGoInTheOrderOfTheirNumbers) {
  const DatasetId other = world_.add_dataset("b");
  must(world_.write([&](Tx& tx) -> Status {
    for (const Millis age : {300, 250, 10, 400, 5}) {
      LG_TRY(append_event(tx, {.dataset_id = dataset_, .at = now - age, .kind = "kind", .scope = world_.scope()}));
      LG_TRY(append_event(tx, {.dataset_id = other, .at = now - age - 1'000, .kind = "kind", .scope = world_.scope()}));
    }
    return {};
  }));
  EXPECT_EQ(prune_once(), 2 + 4);
  EXPECT_EQ(world_.count("SELECT min(seq) FROM event"), 3);
  EXPECT_EQ(world_.count("SELECT count(*) FROM event"), 3 + 1);
  EXPECT_EQ(prune_once(), 0);
}

TEST_F(RetentionTest, HistoryOfLivingAndYoungBatchesStays) {
  for (const char* status :
       {"loading", "loaded", "staging", "staged", "active", "inactive", "failed", "aborted", "abandoned", "deleted"}) {
    add_history(world_.add_batch(dataset_, std::string("old ") + status, status, now - 401), 2);
    add_history(world_.add_batch(dataset_, std::string("young ") + status, status, now - 400), 2);
  }
  EXPECT_EQ(prune_once(), 4 * 2);
  EXPECT_EQ(world_.count("SELECT count(*) FROM batch_history"), 16 * 2);
  EXPECT_EQ(world_.count("SELECT count(*) FROM batch_history WHERE batch_id IN"
                         " ('old failed', 'old aborted', 'old abandoned', 'old deleted')"),
            0);
  EXPECT_EQ(prune_once(), 0);
}

TEST_F(RetentionTest, HistoryGoesAFewRowsAtATime) {
  for (const char* id : {"a", "b", "c"}) add_history(world_.add_batch(dataset_, id, "failed", 0), 5);
  std::vector<int64_t> removed;
  do {
    removed.push_back(prune_once(4));
    EXPECT_LE(removed.back(), 4);
  } while (removed.back() > 0 && removed.size() < 20);
  EXPECT_EQ(world_.count("SELECT count(*) FROM batch_history"), 0);
}

// Batches stay for good: those that were pruned must not be looked at again and again.
TEST_F(RetentionTest, WhatWasPrunedCostsNothingLater) {
  for (int i = 0; i < 50; ++i) add_history(world_.add_batch(dataset_, std::to_string(i), "deleted", i), 2);
  while (prune_once(1'000) > 0) {
  }
  const int64_t statements = must(world_.write([&](Tx& tx) -> Result<int64_t> {
    const StatementCosts costs(tx);
    LG_TRY(prune(tx, retention, now, 1'000));
    EXPECT_EQ(costs.rows_written(), 0);
    return costs.statements();
  }));
  EXPECT_EQ(statements, 4);
}

}  // namespace
}  // namespace lakegate::ledger
