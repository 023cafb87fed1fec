#include "pipeline/advancing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "ledger/batches.h"
#include "ledger/objects.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using testing::bad_report;
using ::testing::ElementsAre;
using testing::good_report;
using ::testing::HasSubstr;

class AdvancingTest : public ::testing::Test {
 protected:
  void start() {
    advancing_ = std::make_unique<Advancing>(world_.ledger(), world_.clock(), settings_);
    listening_ = std::make_unique<testing::World::Listening>(world_, [this](std::span<const Wake> wakes) {
      for (const Wake& wake : wakes) {
        const bool completed = wake.kind == Wake::Kind::batch_status && wake.status == BatchStatus::loaded;
        if (completed || wake.kind == Wake::Kind::verdict) advancing_->wake(wake.batch);
      }
    });
    advancing_->start();
  }
  void TearDown() override {
    listening_.reset();
    advancing_.reset();
  }

  // As a server did that was stopped right after, or an older one.
  void complete(const BatchId& batch) { world_.move(batch, BatchEvent::complete); }

  // A batch with a judged file for each "good" or "bad", and one that waits for each "".
  BatchId batch_with(const std::vector<std::string>& verdicts) {
    const BatchId batch = world_.create_batch();
    for (size_t i = 0; i < verdicts.size(); ++i) {
      files_.push_back(world_.put(batch, "f" + std::to_string(i), "bytes"));
      if (verdicts[i] == "good") world_.record_verdict(files_.back(), good_report(5, 4, 7));
      if (verdicts[i] == "bad") world_.record_verdict(files_.back(), bad_report(5));
    }
    return batch;
  }

  std::vector<std::string> way(const BatchId& batch) {
    std::vector<std::string> statuses;
    for (const BatchTransition& step :
         must(world_.ledger().read([&](ReadTx& tx) { return ledger::history(tx, batch); }))) {
      statuses.emplace_back(to_string(step.to));
    }
    return statuses;
  }

  ledger::ObjectRow object(const BatchFile& file) {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::find_object(tx, file.object); })).value();
  }

  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  std::vector<BatchFile> files_;  // of all batches, as they were made
  std::unique_ptr<Advancing> advancing_;
  std::unique_ptr<testing::World::Listening> listening_;
};

TEST_F(AdvancingTest, StagesWhatIsJudgedGoodInOneCommit) {
  start();
  const BatchId batch = batch_with({"good", "good"});
  const int64_t before = world_.ledger().counts().commits;
  complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::staged));
  EXPECT_EQ(world_.ledger().counts().commits - before, 2) << "COMPLETE and one more";
  EXPECT_THAT(way(batch), ElementsAre("loaded", "staging", "staged"));
  const Batch staged = world_.batch(batch);
  EXPECT_EQ(staged.file_count, 2);
  EXPECT_EQ(staged.size_bytes, 10);
  EXPECT_EQ(staged.record_count, 14);
  EXPECT_EQ(staged.failed_record_count, 0);
}

TEST_F(AdvancingTest, WaitsForTheLastVerdict) {
  start();
  const BatchId batch = batch_with({"good", "", ""});
  complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::staging));
  world_.record_verdict(files_[1], good_report(5, 4));
  const BatchId other = batch_with({"good"});
  complete(other);
  ASSERT_TRUE(world_.becomes(other, BatchStatus::staged));
  EXPECT_EQ(world_.status(batch), BatchStatus::staging);
  world_.record_verdict(files_[2], good_report(5, 4));
  EXPECT_TRUE(world_.becomes(batch, BatchStatus::staged));
}

TEST_F(AdvancingTest, FailsWithTheErrorsOfBadFiles) {
  settings_.reader_grace = 5'000;
  start();
  const BatchId batch = batch_with({"good", "bad", ""});
  complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::staging));
  world_.record_verdict(files_[2], bad_report(5, {testing::unknown_column("b"), testing::unknown_column("c")}));
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::failed));
  const std::vector<BatchError> errors = world_.errors(batch);
  ASSERT_EQ(errors.size(), 3);
  EXPECT_THAT(errors[0].description, HasSubstr("f1, column extra: Column is not in the schema."));
  EXPECT_THAT(errors[1].description, HasSubstr("f2, column b"));
  EXPECT_EQ(errors[2].column, "c");
  EXPECT_EQ(errors[2].code, "LG-2100-400");
  const Batch failed = world_.batch(batch);
  EXPECT_EQ(failed.record_count, 0);
  EXPECT_EQ(failed.failed_record_count, 27) << "nothing of the batch is loaded";
  for (const BatchFile& file : files_) {
    EXPECT_EQ(object(file).state, ledger::ObjectState::condemned);
    EXPECT_EQ(object(file).due, world_.clock().now_ms() + 5'000);
  }
}

TEST_F(AdvancingTest, KeepsTheErrorsBounded) {
  start();
  const BatchId batch = world_.create_batch();
  std::vector<Violation> violations;
  for (int i = 0; i < 200; ++i) violations.push_back(testing::unknown_column("c" + std::to_string(i)));
  for (int i = 0; i < 8; ++i) {
    world_.record_verdict(world_.put(batch, "f" + std::to_string(i), "bytes"), bad_report(5, violations));
  }
  complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::failed));
  const std::vector<BatchError> errors = world_.errors(batch);
  ASSERT_EQ(errors.size(), 1000);
  EXPECT_THAT(errors.back().description,
              HasSubstr("f4: 1 more error of this file and all of 3 further bad files are not listed"));
}

TEST_F(AdvancingTest, GoesOnAtItsStart) {
  const BatchId loaded = batch_with({"good"});
  complete(loaded);
  const BatchId staging = batch_with({"bad"});
  complete(staging);
  world_.move(staging, BatchEvent::take);
  const BatchId loading = batch_with({"good"});
  start();
  EXPECT_TRUE(world_.becomes(loaded, BatchStatus::staged));
  EXPECT_TRUE(world_.becomes(staging, BatchStatus::failed));
  EXPECT_EQ(world_.status(loading), BatchStatus::loading);
}

TEST_F(AdvancingTest, ForgottenHintsLoseNothing) {
  settings_.hints_max = 2;
  settings_.batches_per_commit_max = 3;
  start();
  std::vector<BatchId> batches;
  for (int i = 0; i < 20; ++i) batches.push_back(batch_with({"good"}));
  for (const BatchId& batch : batches) complete(batch);
  for (const BatchId& batch : batches) EXPECT_TRUE(world_.becomes(batch, BatchStatus::staged));
}

// The client was faster: the step that was decided before does nothing.
TEST_F(AdvancingTest, LeavesABatchThatWasEndedMeanwhile) {
  const BatchId batch = batch_with({"good"});
  complete(batch);
  const BatchStep step = must(world_.ledger().read([&](ReadTx& tx) { return next_step(tx, batch); }));
  EXPECT_EQ(step.kind, BatchStep::Kind::stage);
  world_.move(batch, BatchEvent::abort);
  must(world_.ledger().write([&](Tx& tx) { return carry_out(tx, step, world_.clock().now_ms(), 0); }));
  EXPECT_EQ(world_.status(batch), BatchStatus::aborted);
}

TEST_F(AdvancingTest, CompletingStagesAtOnce) {
  const Batch staged = [&] {
    const BatchId batch = batch_with({"good", "good"});
    world_.complete(batch);
    return world_.batch(batch);
  }();
  EXPECT_EQ(staged.status, BatchStatus::staged);
  EXPECT_EQ(staged.record_count, 14);
  EXPECT_THAT(way(staged.id), ElementsAre("loaded", "staging", "staged"));
}

// Nobody else is needed between the last verdict and the round.
TEST_F(AdvancingTest, TheLastVerdictStages) {
  std::vector<BatchId> told_to_fail;
  testing::World::Listening listening(world_, [&](std::span<const Wake> wakes) {
    for (const Wake& wake : wakes) {
      if (wake.kind == Wake::Kind::verdict) told_to_fail.push_back(wake.batch);
    }
  });
  const auto complete_and_judge = [&](const std::vector<std::string>& verdicts) {
    const BatchId batch = batch_with(verdicts);
    world_.complete(batch);
    EXPECT_EQ(world_.status(batch), BatchStatus::loaded);
    if (verdicts.back().empty()) world_.record_verdict(files_.back(), good_report(5, 4, 7));
    return batch;
  };
  const BatchId good = complete_and_judge({"good", ""});
  EXPECT_EQ(world_.batch(good).record_count, 14);
  EXPECT_THAT(way(good), ElementsAre("loaded", "staging", "staged"));
  EXPECT_THAT(told_to_fail, ElementsAre());

  EXPECT_EQ(world_.status(complete_and_judge({"good", "", ""})), BatchStatus::loaded);
  batch_with({"bad"});
  EXPECT_THAT(told_to_fail, ElementsAre()) << "its client may still replace the file";

  const BatchId judged_later = complete_and_judge({"bad", ""});
  const BatchId judged_before = complete_and_judge({"bad"});
  EXPECT_THAT(told_to_fail, ElementsAre(judged_later, judged_before));
}

}  // namespace
}  // namespace lakegate::pipeline
