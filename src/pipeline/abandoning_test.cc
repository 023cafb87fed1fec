#include "pipeline/abandoning.h"

#include <gtest/gtest.h>

#include <memory>

#include "ledger/objects.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

class AbandoningTest : public ::testing::Test {
 protected:
  void start() {
    abandoning_ = std::make_unique<Abandoning>(world_.ledger(), bodies_, world_.clock(), settings_);
    abandoning_->start();
  }
  void pass_time(Millis by) {
    world_.clock().advance_ms(by);
    abandoning_->wake();
  }

  static constexpr Millis hour = 3'600'000;
  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  upload::FlowingBodies bodies_;
  std::unique_ptr<Abandoning> abandoning_;
};

TEST_F(AbandoningTest, GivesUpBatchesThatFellSilent) {
  const BatchId silent = world_.create_batch();
  const BatchFile file = world_.put(silent, "a.parquet", "bytes");
  const BatchId completed = world_.create_batch();
  world_.move(completed, BatchEvent::complete);
  start();
  world_.clock().advance_ms(12 * hour);
  const BatchId younger = world_.create_batch();
  pass_time(12 * hour + 1);
  ASSERT_TRUE(world_.becomes(silent, BatchStatus::abandoned));
  EXPECT_EQ(world_.status(younger), BatchStatus::loading);
  EXPECT_EQ(world_.status(completed), BatchStatus::loaded);
  const auto object = must(world_.ledger().read([&](ReadTx& tx) { return ledger::find_object(tx, file.object); }));
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(object->state, ledger::ObjectState::condemned);
  EXPECT_EQ(object->due, world_.clock().now_ms() + settings_.reader_grace);
  pass_time(12 * hour);
  EXPECT_TRUE(world_.becomes(younger, BatchStatus::abandoned));
}

TEST_F(AbandoningTest, ASignOfLifePutsItOff) {
  const BatchId batch = world_.create_batch();
  const BatchId silent = world_.create_batch();
  start();
  world_.clock().advance_ms(23 * hour);
  world_.put(batch, "a.parquet", "bytes");
  pass_time(2 * hour);
  ASSERT_TRUE(world_.becomes(silent, BatchStatus::abandoned));
  EXPECT_EQ(world_.status(batch), BatchStatus::loading);
}

TEST_F(AbandoningTest, ABodyThatFlowsPutsItOff) {
  settings_.batches_per_abandon_max = 1;  // it must not hide the others
  const BatchId flowing = world_.create_batch();
  world_.clock().advance_ms(1);
  const BatchId silent = world_.create_batch();
  {
    const upload::FlowingBodies::Entry body(bodies_, flowing);
    start();
    pass_time(25 * hour);
    ASSERT_TRUE(world_.becomes(silent, BatchStatus::abandoned));
    EXPECT_EQ(world_.status(flowing), BatchStatus::loading);
  }
  pass_time(25 * hour);
  EXPECT_TRUE(world_.becomes(flowing, BatchStatus::abandoned));
}

TEST_F(AbandoningTest, FindsAtItsStartWhatFellSilentBefore) {
  std::vector<BatchId> batches;
  for (int i = 0; i < 5; ++i) batches.push_back(world_.create_batch());
  settings_.batches_per_abandon_max = 2;
  world_.clock().advance_ms(25 * hour);
  start();
  for (const BatchId& batch : batches) EXPECT_TRUE(world_.becomes(batch, BatchStatus::abandoned));
}

}  // namespace
}  // namespace lakegate::pipeline
