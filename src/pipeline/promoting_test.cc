#include "pipeline/promoting.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/error_codes.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

// Promotes nothing, but says what was asked of it; rounds wait until they are let go.
class PromotingTest : public ::testing::Test {
 protected:
  void start() {
    promoting_ = std::make_unique<Promoting>(
        world_.ledger(), [this](const DatasetId& dataset) { return round(dataset); }, settings_);
    promoting_->start();
  }
  void TearDown() override {
    let_go(1'000'000);
    promoting_.reset();
  }

  Result<bool> round(const DatasetId& dataset) {
    std::unique_lock lock(mutex_);
    ++begun_[dataset];
    const int now_running = ++running_[dataset];
    EXPECT_EQ(now_running, 1) << "two rounds of one table at a time";
    ++running_count_;
    running_most_ = std::max(running_most_, running_count_);
    lock.unlock();
    world_.touch();
    lock.lock();
    changed_.wait(lock, [this] { return may_end_ > 0; });
    --may_end_;
    --running_[dataset];
    --running_count_;
    if (answers_[dataset].empty()) return false;
    Result<bool> answer = answers_[dataset].back();
    answers_[dataset].pop_back();
    return answer;
  }
  void let_go(int rounds) {
    {
      const std::lock_guard lock(mutex_);
      may_end_ += rounds;
    }
    changed_.notify_all();
  }
  void answer(const DatasetId& dataset, std::vector<Result<bool>> last_first) {
    const std::lock_guard lock(mutex_);
    answers_[dataset] = std::move(last_first);
  }
  int begun(const DatasetId& dataset) {
    const std::lock_guard lock(mutex_);
    return begun_[dataset];
  }
  bool begins(const DatasetId& dataset, int rounds) {
    return world_.eventually([&] { return begun(dataset) == rounds; });
  }

  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  const DatasetId a_ = world_.create_dataset("a");
  const DatasetId b_ = world_.create_dataset("b");
  const DatasetId c_ = world_.create_dataset("c");
  std::unique_ptr<Promoting> promoting_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<DatasetId, int> begun_;
  std::map<DatasetId, int> running_;
  std::map<DatasetId, std::vector<Result<bool>>> answers_;
  int running_count_ = 0;
  int running_most_ = 0;
  int may_end_ = 0;
};

TEST_F(PromotingTest, GathersWhatIsStagedWhileARoundRuns) {
  start();
  promoting_->wake(a_);
  ASSERT_TRUE(begins(a_, 1));
  for (int i = 0; i < 100; ++i) promoting_->wake(a_);
  let_go(1);
  ASSERT_TRUE(begins(a_, 2));
  let_go(1);
  promoting_->wake(b_);
  ASSERT_TRUE(begins(b_, 1));
  EXPECT_EQ(begun(a_), 2);
}

TEST_F(PromotingTest, RunsRoundsOfSeveralTablesUpToItsLimit) {
  settings_.rounds_max = 2;
  start();
  for (const DatasetId& dataset : {a_, b_, c_}) promoting_->wake(dataset);
  ASSERT_TRUE(begins(a_, 1));
  ASSERT_TRUE(begins(b_, 1));
  EXPECT_EQ(begun(c_), 0);
  let_go(3);
  ASSERT_TRUE(begins(c_, 1));
  EXPECT_EQ(running_most_, 2);
}

TEST_F(PromotingTest, GoesOnWhenBatchesAreLeftOver) {
  answer(a_, {false, true, true});
  let_go(10);
  start();
  promoting_->wake(a_);
  EXPECT_TRUE(begins(a_, 3));
}

TEST_F(PromotingTest, TriesAgainAfterAFault) {
  answer(a_, {false, fail(codes::internal, "broken"), fail(codes::no_space, "full"), fail(codes::conflict, "moved")});
  let_go(10);
  start();
  promoting_->wake(a_);
  EXPECT_TRUE(begins(a_, 4));
}

TEST_F(PromotingTest, LooksForStagedBatchesAtItsStart) {
  world_.staged_batch(a_);
  world_.staged_batch(a_);
  world_.staged_batch(c_);
  let_go(10);
  start();
  EXPECT_TRUE(begins(a_, 1));
  EXPECT_TRUE(begins(c_, 1));
  EXPECT_EQ(begun(b_), 0);
}

TEST_F(PromotingTest, ForgottenWakesLoseNothing) {
  settings_.hints_max = 1;
  settings_.rounds_max = 1;
  start();
  promoting_->wake(a_);
  ASSERT_TRUE(begins(a_, 1));
  world_.staged_batch(b_);
  promoting_->wake(b_);
  let_go(10);
  EXPECT_TRUE(begins(b_, 1));
}

}  // namespace
}  // namespace lakegate::pipeline
