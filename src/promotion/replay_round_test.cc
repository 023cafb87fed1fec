// A batch that replaces others: its rows come and theirs go with one snapshot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"
#include "model/error_codes.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

using iceberg::EntryStatus;
using testing::ElementsAre;
using testing::HasSubstr;

Round next_round(TableWorld& world) { return must(world.promoter().promote(world.dataset())).value(); }

TEST(ReplayRound, OneSnapshotTakesOutAndBringsIn) {
  TableWorld world;
  const BatchId untouched = world.active_batch({1});
  const BatchId first = world.staged_batch({10, 20});
  const BatchId bystander = world.staged_batch({40});
  const BatchId second = world.staged_batch({80});
  next_round(world);  // three batches in one manifest
  const BatchId third = world.active_batch({160});
  ASSERT_EQ(world.rows_visible(), 311);

  const BatchId replay = world.staged_replay({1'000, 2'000}, {first, second, third});
  const Round round = next_round(world);
  EXPECT_EQ(round.kind, RoundKind::overwrite);
  EXPECT_FALSE(round.more);
  EXPECT_THAT(round.batches, ElementsAre(replay));
  const TableState table = world.table();
  ASSERT_EQ(table.snapshots.size(), 4U) << "one more, not two";
  const Snapshot& snapshot = table.snapshots.back();
  EXPECT_EQ(snapshot.summary.at("operation"), "overwrite");
  EXPECT_EQ(snapshot.summary.at("added-records"), "3000");
  EXPECT_EQ(snapshot.summary.at("added-data-files"), "2");
  EXPECT_EQ(snapshot.summary.at("deleted-records"), "270");
  EXPECT_EQ(snapshot.summary.at("deleted-data-files"), "4");
  EXPECT_EQ(snapshot.summary.at("total-records"), "3041");
  EXPECT_EQ(snapshot.summary.at("lakegate.batch-ids"), replay.text());
  EXPECT_EQ(snapshot.summary.at("lakegate.replaced-batch-ids"),
            first.text() + "," + second.text() + "," + third.text());
  EXPECT_EQ(world.rows_visible(), 3'041);
  EXPECT_EQ(world.rows_visible(table.snapshots[2]), 311) << "time travel shows what was";

  for (const BatchId& gone : {first, second, third}) {
    EXPECT_EQ(world.batch(gone).status, BatchStatus::inactive);
    EXPECT_EQ(world.batch(gone).tags_json, R"({"acp_successor":[")" + replay.text() + R"("]})");
    const auto history = must(world.ledger().read([&](ReadTx& tx) { return ledger::history(tx, gone); }));
    EXPECT_EQ(history.back().cause, "replaced by batch " + replay.text());
    for (const ObjectKey& key : world.objects_of(gone)) EXPECT_EQ(world.state_of(key), "live") << "readers have it";
  }
  for (const BatchId& stays : {untouched, bystander, replay}) {
    EXPECT_EQ(world.batch(stays).status, BatchStatus::active);
  }
}

TEST(ReplayRound, AManifestIsRewrittenOnceForAllThatItHolds) {
  TableWorld world;
  const BatchId first = world.staged_batch({1});
  const BatchId second = world.staged_batch({2});
  next_round(world);
  world.staged_replay({4}, {first, second});
  next_round(world);
  const auto manifests = world.read(world.table().snapshots.back());
  ASSERT_EQ(manifests.size(), 2U);
  ASSERT_EQ(manifests[0].entries.size(), 2U);
  for (const iceberg::ManifestEntry& entry : manifests[0].entries) EXPECT_EQ(entry.status, EntryStatus::deleted);
  ASSERT_EQ(manifests[1].entries.size(), 1U);
  EXPECT_EQ(manifests[1].entries[0].status, EntryStatus::added);
  EXPECT_EQ(world.rows_visible(), 4);
}

TEST(ReplayRound, ARoundHasOneKindAndKeepsTheOrder) {
  TableWorld world;
  const BatchId old = world.active_batch({1});
  const BatchId before = world.staged_batch({2});
  const BatchId replay = world.staged_replay({4}, {old});
  const BatchId after = world.staged_batch({8});
  struct Expected {
    BatchId batch;
    RoundKind kind;
    int64_t rows;
    bool more;
  };
  for (const Expected& expected :
       {Expected{before, RoundKind::append, 3, true}, Expected{replay, RoundKind::overwrite, 6, true},
        Expected{after, RoundKind::append, 14, false}}) {
    const Round round = next_round(world);
    EXPECT_THAT(round.batches, ElementsAre(expected.batch));
    EXPECT_EQ(round.kind, expected.kind);
    EXPECT_EQ(round.more, expected.more);
    EXPECT_EQ(world.rows_visible(), expected.rows);
  }
}

TEST(ReplayRound, WhatHasGoneAlreadyIsNotTakenOutTwice) {
  TableWorld world;
  const BatchId reverted = world.active_batch({1});
  const BatchId there = world.active_batch({2});
  must(world.revert(reverted));
  world.staged_replay({4}, {reverted, there});
  EXPECT_EQ(next_round(world).kind, RoundKind::overwrite);
  EXPECT_EQ(world.rows_visible(), 4);
  EXPECT_THAT(world.table().snapshots.back().summary.at("lakegate.replaced-batch-ids"),
              testing::Not(HasSubstr(reverted.text())));

  world.staged_replay({8}, {reverted});
  EXPECT_EQ(next_round(world).kind, RoundKind::append) << "nothing is left to replace";
  EXPECT_EQ(world.rows_visible(), 12);
}

TEST(ReplayRound, WithoutRowsOfItsOwnItOnlyTakesOut) {
  TableWorld world;
  const BatchId old = world.active_batch({1});
  world.active_batch({2});
  const BatchId replay = world.staged_replay({0}, {old});
  next_round(world);
  EXPECT_EQ(world.rows_visible(), 2);
  EXPECT_EQ(world.batch(replay).status, BatchStatus::active);
  EXPECT_EQ(world.batch(old).status, BatchStatus::inactive);
}

TEST(ReplayRound, ARevertOfTheReplayDoesNotBringBack) {
  TableWorld world;
  const BatchId old = world.active_batch({1});
  const BatchId replay = world.staged_replay({2}, {old});
  next_round(world);
  must(world.revert(replay));
  EXPECT_EQ(world.rows_visible(), 0);
  EXPECT_EQ(refusal_of(world.revert(old)).code, &codes::batch_wrong_state);
}

TEST(ReplayRound, APowerCutBeforeTheCommitLeavesTheOldRows) {
  TableWorld world;
  const BatchId old = world.active_batch({1});
  const BatchId replay = world.staged_replay({2}, {old});
  world.hooked_store().before_put = [&](const ObjectKey&) { world.store().fill_disk(true); };
  EXPECT_EQ(refusal_of(world.promoter().promote(world.dataset())).kind(), ErrorKind::no_space);
  world.hooked_store().before_put = {};
  world.store().fill_disk(false);
  world.restart();
  EXPECT_EQ(world.rows_visible(), 1);
  EXPECT_EQ(world.batch(old).status, BatchStatus::active);
  EXPECT_EQ(world.batch(replay).status, BatchStatus::staged);
  next_round(world);
  world.restart();
  EXPECT_EQ(world.rows_visible(), 2);
  EXPECT_EQ(world.batch(old).status, BatchStatus::inactive);
}

}  // namespace
}  // namespace lakegate
