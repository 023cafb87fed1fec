#include "pipeline/forgetting.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "ledger/ledger_test_support.h"
#include "pipeline/pipeline_test_support.h"
#include "promotion/table_world_test_support.h"

namespace lakegate::pipeline {
namespace {

constexpr Millis hour = 3'600'000;

// A real table, so that what is forgotten is what nobody shows any more.
class ForgettingTest : public ::testing::Test {
 protected:
  ForgettingTest() { settings_.history_age_max = hour; }

  void start() {
    forgetting_ = std::make_unique<Forgetting>(
        world_.ledger(),
        [this](const DatasetId& dataset, Millis before) {
          const Status forgotten = world_.promoter().forget_history(dataset, before);
          const std::lock_guard lock(mutex_);
          ++forgotten_;
          changed_.notify_one();
          return forgotten;
        },
        world_.clock(), settings_);
    forgetting_->start();
  }
  void pass_time(Millis by) {
    world_.clock().advance_ms(by);
    forgetting_->wake();
  }
  bool condemned(const BatchId& batch) {
    for (const ObjectKey& key : world_.objects_of(batch)) {
      if (!world_.state_of(key).starts_with("condemned")) return false;
    }
    return true;
  }
  // False: a minute was not enough.
  bool wait_for_the_next() {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, std::chrono::minutes(1), [this] { return forgotten_ > 0; });
    forgotten_ = 0;
    return came;
  }

  PipelineSettings settings_ = testing::quick_settings();
  TableWorld world_{{.reader_grace = 1'000}};
  std::mutex mutex_;
  std::condition_variable changed_;
  int forgotten_ = 0;  // guarded by mutex_
  std::unique_ptr<Forgetting> forgetting_;
};

TEST_F(ForgettingTest, RevertedRowsGoThoughNobodyWritesToTheTable) {
  const BatchId kept = world_.active_batch({1});
  const BatchId wrong = world_.active_batch({2});
  must(world_.revert(wrong));
  world_.clock().advance_ms(hour / 2);
  const BatchId later = world_.active_batch({4});
  must(world_.revert(later));
  start();
  ASSERT_EQ(world_.table().snapshots.size(), 5U) << "two appends and deletes, and the append before";
  pass_time(hour / 2 + 100);
  ASSERT_TRUE(wait_for_the_next());
  EXPECT_TRUE(condemned(wrong));
  EXPECT_FALSE(condemned(later));
  EXPECT_EQ(world_.rows_visible(), 1);
  EXPECT_EQ(world_.table().snapshots.front().sequence_number, 3);
  pass_time(hour / 2);
  ASSERT_TRUE(wait_for_the_next());
  EXPECT_TRUE(condemned(later));
  EXPECT_EQ(world_.table().snapshots.size(), 1U);
  EXPECT_FALSE(condemned(kept));
  EXPECT_EQ(world_.rows_visible(), 1);
}

TEST_F(ForgettingTest, ATableWithoutRevertedRowsKeepsItsHistory) {
  const BatchId first = world_.active_batch({1});
  world_.clock().advance_ms(10 * hour);
  world_.active_batch({2});
  world_.clock().advance_ms(10 * hour);
  start();
  forgetting_->stop();
  EXPECT_EQ(world_.table().snapshots.size(), 2U);
  EXPECT_FALSE(condemned(first));
}

}  // namespace
}  // namespace lakegate::pipeline
