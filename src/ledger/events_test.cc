#include "ledger/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/retention.h"
#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

Result<int64_t> append(TwoSandboxes& world, const DatasetId& dataset, std::string kind) {
  return world.write([&](Tx& tx) {
    return append_event(tx, {.dataset_id = dataset,
                             .seq = 77,  // not ours to choose
                             .at = 5,
                             .kind = kind,
                             .batch_id = BatchId("batch"),
                             .detail = R"({"a":1})"});
  });
}

TEST(Events, AreNumberedForEachDatasetWithoutGaps) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  const DatasetId two = world.add_dataset("two");
  EXPECT_EQ(must(append(world, one, "a")), 1);
  EXPECT_EQ(must(append(world, one, "b")), 2);
  EXPECT_EQ(must(append(world, two, "c")), 1);
  // A number that a failed closure took is given again.
  EXPECT_FALSE(world
                   .write([&](Tx& tx) -> Status {
                     LG_TRY(append_event(tx, {.dataset_id = one, .kind = "lost"}));
                     return fail(codes::conflict, "changed my mind");
                   })
                   .has_value());
  EXPECT_EQ(must(append(world, one, "d")), 3);
}

TEST(Events, ComeBackInOrderAndWhole) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  must(append(world, world.add_dataset("other"), "other"));
  for (const char* kind : {"a", "b", "c", "d"}) must(append(world, one, kind));
  const auto page = must(world.read([&](ReadTx& tx) -> Result<std::vector<Event>> {
    const StatementCosts costs(tx);
    auto events = list_events(tx, one, 1, 2);
    EXPECT_THAT(costs.full_scans(), testing::IsEmpty());
    EXPECT_THAT(costs.sorts(), testing::IsEmpty());
    return events;
  }));
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].kind, "b");
  EXPECT_EQ(page[1].kind, "c");
  EXPECT_EQ(page[1].seq, 3);
  EXPECT_EQ(page[1].dataset_id, one);
  EXPECT_EQ(page[1].at, 5);
  EXPECT_EQ(page[1].batch_id, BatchId("batch"));
  EXPECT_EQ(page[1].detail, R"({"a":1})");
}

// Retention takes all events of a dataset but the last; a reader's last seq stays good.
TEST(Events, NumbersAreNeverGivenTwice) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  must(append(world, one, "a"));
  must(append(world, one, "b"));
  EXPECT_EQ(must(world.write([](Tx& tx) { return prune(tx, {.events = 0}, 1'000, 100); })), 1);
  EXPECT_EQ(must(append(world, one, "c")), 3);
}

TEST(Events, NeedADataset) {
  TwoSandboxes world;
  EXPECT_FALSE(append(world, DatasetId("nowhere"), "a").has_value());
}

}  // namespace
}  // namespace lakegate::ledger
