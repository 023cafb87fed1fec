#include "pipeline/replay_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/batches.h"
#include "ledger/replays.h"
#include "pipeline/batch_world_test_support.h"

namespace lakegate::pipeline {
namespace {

using ledger::code_of;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Batch> replay(BatchWorld& world, std::string_view id, std::vector<std::string> ids,
                     std::vector<std::string> external_ids = {}) {
  BatchOrder order{.dataset = world.dataset()};
  order.replay = {.reason = "replace", .ids = std::move(ids), .external_ids = std::move(external_ids)};
  return world.create(order, id);
}

std::optional<Replay> replay_of(BatchWorld& world, std::string_view id) {
  return must(world.ledger().read([&](ReadTx& tx) { return ledger::replay_of(tx, BatchId(std::string(id))); }));
}

void expect_refused(const Result<Batch>& result, std::string_view code, std::string_view names) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code->id, code);
  EXPECT_THAT(result.error().message, HasSubstr(names));
}

TEST(ReplayOrder, KeepsWhoIsReplacedOnceAndInOrder) {
  BatchWorld world;
  world.batch_in(BatchStatus::active, "A");
  world.batch_in(BatchStatus::inactive, "B");
  world.batch_in(BatchStatus::failed, "C");
  must(world.create({.dataset = world.dataset(), .external_id = "feed-1"}, "D"));
  must(world.actions().abort(world.client(), BatchId("D")));
  must(replay(world, "R", {"C", "A", "A"}, {"feed-1", "B"}));
  const auto kept = replay_of(world, "R");
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->reason, "replace");
  EXPECT_THAT(kept->predecessors, ElementsAre(Predecessor{BatchId("C"), ""}, Predecessor{BatchId("A"), ""},
                                              Predecessor{BatchId("D"), "feed-1"}, Predecessor{BatchId("B"), "B"}));
  EXPECT_FALSE(replay_of(world, "A").has_value());
}

TEST(ReplayOrder, UnknownPredecessorsCreateNothing) {
  BatchWorld world;
  world.batch_in(BatchStatus::active, "A");
  must(world.create({.dataset = world.other_dataset(), .external_id = "elsewhere"}, "E"));
  expect_refused(replay(world, "R", {"A", "none"}), "LG-1110-400", "id \"none\"");
  expect_refused(replay(world, "R", {"E"}), "LG-1110-400", "id \"E\"");
  expect_refused(replay(world, "R", {}, {"none"}), "LG-1110-400", "external id \"none\"");
  expect_refused(replay(world, "R", {}, {"elsewhere"}), "LG-1110-400", "external id \"elsewhere\"");
  EXPECT_EQ(code_of(world.ledger().read(
                [&](ReadTx& tx) { return ledger::find_batch(tx, world.client().scope, BatchId("R")); })),
            "LG-1100-404");
}

TEST(ReplayOrder, WhoIsOnTheWayCannotBeReplaced) {
  BatchWorld world;
  for (const BatchStatus status : {BatchStatus::loading, BatchStatus::loaded, BatchStatus::staging}) {
    const std::string id(to_string(status));
    world.batch_in(status, id);
    expect_refused(replay(world, "R-" + id, {id}), "LG-1111-409", "is " + id);
  }
}

TEST(ReplayOrder, TwoDoNotReplaceTheSame) {
  BatchWorld world;
  world.batch_in(BatchStatus::active, "A");
  must(replay(world, "R1", {"A"}));
  expect_refused(replay(world, "R2", {"A"}), "LG-1111-409", "R1");
  must(world.actions().abort(world.client(), BatchId("R1")));
  EXPECT_TRUE(replay(world, "R3", {"A"}).has_value()) << "the first was given up";
}

}  // namespace
}  // namespace lakegate::pipeline
