// Two that promote one table at a time: the mutex of one server does not hold the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error_codes.h"
#include "ledger/ledger_test_support.h"
#include "model/error_codes.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

using testing::ElementsAre;

// Lets `other` work once, while the promoter under test puts its first object.
template <class Work>
void meanwhile(TableWorld& world, Work other) {
  world.hooked_store().before_put = [&world, other](const ObjectKey&) {
    world.hooked_store().before_put = nullptr;
    other();
  };
}

TEST(PromoterRace, TheLoserFindsNothingLeftToDo) {
  TableWorld world;
  const BatchId batch = world.staged_batch({5});
  const auto rival = world.new_promoter();
  meanwhile(world, [&] { EXPECT_TRUE(must(rival->promote(world.dataset())).has_value()); });
  EXPECT_FALSE(must(world.promoter().promote(world.dataset())).has_value());
  EXPECT_EQ(world.rows_visible(), 5);
  EXPECT_EQ(world.batch(batch).status, BatchStatus::active);
  EXPECT_EQ(world.table().snapshots.size(), 1U);
  EXPECT_EQ(world.to_sweep().size(), 2U) << "the loser's manifest and list";
}

TEST(PromoterRace, TheLoserBuildsAgainOnWhatTheWinnerMade) {
  TableWorld world;
  const BatchId wrong = world.active_batch({1});
  const auto rival = world.new_promoter();
  const BatchId rivals = world.staged_batch({2});
  meanwhile(world, [&] { EXPECT_TRUE(must(rival->promote(world.dataset())).has_value()); });
  const Round round = must(world.revert(wrong));
  EXPECT_THAT(round.batches, ElementsAre(wrong));
  EXPECT_EQ(world.rows_visible(), 2);
  EXPECT_EQ(world.batch(rivals).status, BatchStatus::active);
  EXPECT_EQ(round.snapshot.sequence_number, 3);
  EXPECT_EQ(world.table().snapshots.size(), 3U);
}

TEST(PromoterRace, TheBatchThatIsRevertedTwiceLeavesOnce) {
  TableWorld world;
  const BatchId wrong = world.active_batch({1});
  const auto rival = world.new_promoter();
  meanwhile(world, [&] { must(rival->revert(Sight::whole(world.scope()), wrong, BatchEvent::revert, "rival")); });
  EXPECT_EQ(refusal_of(world.revert(wrong)).code, &codes::batch_wrong_state);
  EXPECT_EQ(world.table().snapshots.size(), 2U);
  EXPECT_EQ(world.rows_visible(), 0);
}

TEST(PromoterRace, GivesUpAfterThreeAttempts) {
  TableWorld world;
  const BatchId first = world.active_batch({1});
  std::vector<BatchId> wrong;
  for (int i = 0; i < 4; ++i) wrong.push_back(world.active_batch({10}));
  const auto rival = world.new_promoter();
  int puts = 0;
  world.hooked_store().before_put = [&](const ObjectKey&) {
    if (puts++ % 2 == 1) return;  // the list comes after the manifest
    const auto hook = std::exchange(world.hooked_store().before_put, nullptr);
    must(rival->revert(Sight::whole(world.scope()), wrong.at(static_cast<size_t>(puts / 2)), BatchEvent::revert,
                       "rival"));
    world.hooked_store().before_put = hook;
  };
  EXPECT_EQ(refusal_of(world.revert(first)).code, &codes::conflict);
  world.hooked_store().before_put = nullptr;
  EXPECT_EQ(world.batch(first).status, BatchStatus::active);
  EXPECT_EQ(world.rows_visible(), 11);
  EXPECT_EQ(world.to_sweep().size(), 6U);
}

// All at once: each batch comes in exactly once, and no round is lost.
TEST(PromoterRace, ManyThreadsLoseNothing) {
  TableWorld world;
  constexpr int rounds = 20;
  constexpr int promoters = 3;
  int64_t rows = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < 3; ++i) world.staged_batch({++rows});
    std::vector<std::jthread> threads;
    for (int i = 0; i < promoters; ++i) {
      threads.emplace_back([&, own = world.new_promoter()] {
        const auto promoted = own->promote(world.dataset());
        if (promoted) return;
        EXPECT_EQ(promoted.error().kind(), ErrorKind::conflict) << promoted.error().message;
      });
    }
  }
  must(world.promoter().promote(world.dataset()));
  EXPECT_EQ(world.rows_visible(), rows * (rows + 1) / 2);
  const TableState table = world.table();
  EXPECT_EQ(table.snapshots.back().summary.at("total-records"), std::to_string(rows * (rows + 1) / 2));
  EXPECT_EQ(table.version, table.last_sequence_number + 1);
}

}  // namespace
}  // namespace lakegate
