#include "events/commit_watch.h"

#include <gtest/gtest.h>

#include <optional>

namespace lakegate::events {
namespace {

Wake moved(const char* batch, const char* dataset, BatchStatus status = BatchStatus::active) {
  return {.batch = BatchId(batch), .dataset = DatasetId(dataset), .status = status};
}

Wake table_moved(const char* dataset) { return {.kind = Wake::Kind::table, .dataset = DatasetId(dataset)}; }

struct Told {
  CommitWatch watch{4};
  int batch = 0;
  int dataset = 0;
  const Wake* last = nullptr;
  std::optional<CommitWatch::Entry> of_batch{watch.watch(BatchId("b1"), [this](const Wake* moved) {
    ++batch;
    last = moved;
  })};
  std::optional<CommitWatch::Entry> of_dataset{watch.watch(DatasetId("d1"), [this](const Wake*) { ++dataset; })};

  void check(const Wake& wake, int batch_told, int dataset_told) {
    batch = dataset = 0;
    last = nullptr;
    watch.wake({&wake, 1});
    EXPECT_EQ(batch, batch_told);
    EXPECT_EQ(dataset, dataset_told);
    EXPECT_EQ(last, batch_told > 0 ? &wake : nullptr);
  }
};

TEST(CommitWatch, TellsWhomItConcerns) {
  Told told;
  told.check(moved("b1", "d1"), 1, 1);
  told.check(moved("b1", "d1", BatchStatus::staging), 1, 1);
  told.check(moved("b2", "d1"), 0, 1);
  told.check(moved("b2", "d2"), 0, 0);
  told.check(table_moved("d1"), 0, 1);
  told.check({.kind = Wake::Kind::verdict, .batch = BatchId("b1"), .dataset = DatasetId("d1")}, 0, 0);
}

TEST(CommitWatch, TellsOfEventsOfASandbox) {
  CommitWatch watch(4);
  int told = 0;
  const auto entry = watch.watch(SandboxNumber{7}, [&](const Wake*) { ++told; });
  const auto commit = [&](Wake wake) { watch.wake({&wake, 1}); };
  commit({.kind = Wake::Kind::event, .dataset = DatasetId("d1"), .sandbox = SandboxNumber{7}});
  EXPECT_EQ(told, 1);
  commit({.kind = Wake::Kind::event, .dataset = DatasetId("d1"), .sandbox = SandboxNumber{70}});
  commit({.kind = Wake::Kind::table, .dataset = DatasetId("d1"), .sandbox = SandboxNumber{7}});
  EXPECT_EQ(told, 1);
}

TEST(CommitWatch, SeveralMayWaitForTheSame) {
  Told told;
  int other = 0;
  const auto second = told.watch.watch(BatchId("b1"), [&](const Wake*) { ++other; });
  ASSERT_TRUE(second);
  told.check(moved("b1", "d1"), 1, 1);
  EXPECT_EQ(other, 1);
}

TEST(CommitWatch, TellsNobodyWhoseEntryWent) {
  Told told;
  told.of_batch.reset();
  told.check(moved("b1", "d1"), 0, 1);
  EXPECT_EQ(told.watch.count(), 1);
}

TEST(CommitWatch, TakesAsManyAsItMay) {
  CommitWatch watch(2);
  auto first = watch.watch(BatchId("a"), [](const Wake*) {});
  const auto second = watch.watch(BatchId("a"), [](const Wake*) {});
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(watch.watch(BatchId("b"), [](const Wake*) {}));
  first.reset();
  EXPECT_TRUE(watch.watch(BatchId("b"), [](const Wake*) {}));
}

TEST(CommitWatch, TheEndIsToldToAll) {
  Told told;
  told.watch.end();
  EXPECT_EQ(told.batch, 1);
  EXPECT_EQ(told.dataset, 1);
  EXPECT_EQ(told.last, nullptr);
  EXPECT_TRUE(told.watch.ended());
  EXPECT_FALSE(told.watch.watch(BatchId("b2"), [](const Wake*) {}));
}

}  // namespace
}  // namespace lakegate::events
