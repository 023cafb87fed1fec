#include "ledger/work_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"

namespace lakegate {
namespace {

class WorkCountsTest : public testing::Test {
 protected:
  ledger::WaitingWork waiting(Millis now) {
    return must(world_.read([&](ReadTx& tx) { return ledger::count_waiting(tx, now); }));
  }

  void condemn(Millis due) {
    const ObjectKey key = world_.begin_object(world_.insert_batch());
    must(world_.write([&](Tx& tx) { return ledger::condemn_object(tx, key, due); }));
  }

  LedgerWorld world_;
};

TEST_F(WorkCountsTest, NothingWaitsAtFirst) {
  const ledger::WaitingWork work = waiting(9);
  EXPECT_EQ(work.unjudged_files + work.objects_due + work.objects_condemned, 0);
  EXPECT_EQ(work.sweep_lag + work.oldest_completed, 0);
}

TEST_F(WorkCountsTest, CountsObjectsByTheirDate) {
  for (const Millis due : {100, 200, 300}) condemn(due);
  const ledger::WaitingWork work = waiting(200);
  EXPECT_EQ(work.objects_due, 2);
  EXPECT_EQ(work.objects_condemned, 1);
  EXPECT_EQ(work.sweep_lag, 100);
  EXPECT_EQ(waiting(50).sweep_lag, 0) << "none is due yet";
}

TEST_F(WorkCountsTest, CountsFilesWithoutAVerdict) {
  const BatchId batch = world_.insert_batch();
  for (const char* path : {"a", "b"}) world_.put_file(batch, path);
  EXPECT_EQ(waiting(9).unjudged_files, 2);
}

TEST_F(WorkCountsTest, TellsHowLongTheOldestCompletedBatchWaits) {
  const Batch first = world_.move_to(world_.insert_batch(), BatchStatus::staged);
  const Batch second = world_.move_to(world_.insert_batch(), BatchStatus::loaded);
  world_.insert_batch();
  ASSERT_LT(*first.started, *second.started);
  const Millis now = *second.started + 1'000;
  EXPECT_EQ(waiting(now).oldest_completed, now - *first.started);
  world_.move_to(first.id, BatchStatus::active);
  EXPECT_EQ(waiting(now).oldest_completed, now - *second.started);
}

TEST_F(WorkCountsTest, CountsBatchesOfAllOrgsByState) {
  std::array<int64_t, all_batch_statuses.size()> expected{};
  for (size_t i = 0; i < all_batch_statuses.size(); ++i) {
    for (size_t n = 0; n <= i; ++n) world_.move_to(world_.insert_batch(), all_batch_statuses[i]);
    expected[i] = static_cast<int64_t>(i) + 1;
  }
  Batch elsewhere = world_.new_batch();
  elsewhere.scope = world_.other_sandbox();
  elsewhere.dataset_id = world_.insert_dataset(world_.other_sandbox(), "theirs");
  world_.insert_batch(elsewhere);
  ++expected[0];
  EXPECT_THAT(must(world_.read([](ReadTx& tx) { return ledger::count_batches_by_status(tx); })),
              testing::ElementsAreArray(expected));
}

}  // namespace
}  // namespace lakegate
