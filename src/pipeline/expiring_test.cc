#include "pipeline/expiring.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>

#include "base/error_codes.h"
#include "ledger/datasets.h"
#include "ledger/tables.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

class ExpiringTest : public ::testing::Test {
 protected:
  ExpiringTest() { settings_.batch_time_to_live = hour; }

  void start() {
    expiring_ = std::make_unique<Expiring>(
        world_.ledger(), [this](const Batch& batch) { return expire(batch); }, world_.clock(), settings_);
    expiring_->start();
  }
  void pass_time(Millis by) {
    world_.clock().advance_ms(by);
    expiring_->wake();
  }

  // Without a table to take it out of.
  Status expire(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    ++tries_[batch.id];
    if (refusals_[batch.id] > 0) {
      --refusals_[batch.id];
      world_.touch();
      return fail(codes::no_space, "The disk is full");
    }
    world_.move(batch.id, BatchEvent::expire);
    return {};
  }
  void refuse(const BatchId& batch, int times) {
    const std::lock_guard lock(mutex_);
    refusals_[batch] = times;
  }
  int tries(const BatchId& batch) {
    const std::lock_guard lock(mutex_);
    return tries_[batch];
  }

  BatchId active_batch() { return active_batch(world_.dataset()); }
  BatchId active_batch(const DatasetId& dataset) {
    const BatchId batch = world_.staged_batch(dataset);
    must(world_.ledger().write([&](Tx& tx) {
      return ledger::record_promoted(tx, dataset, {.batch_id = batch, .snapshot_id = 1, .sequence_number = 1});
    }));
    world_.move(batch, BatchEvent::promote);
    return batch;
  }

  void set_time_to_live(const DatasetId& id, std::string_view text) {
    must(world_.ledger().write([&](Tx& tx) -> Status {
      LG_ASSIGN(Dataset dataset, ledger::get_dataset(tx, id));
      dataset.extra_json =
          fmt::format(R"({{"extensions":{{"adobe_lakeHouse":{{"rowExpiration":{{"ttlValue":"{}"}}}}}}}})", text);
      LG_TRY(ledger::update_dataset(tx, dataset, dataset.version));
      return {};
    }));
  }

  static constexpr Millis hour = 3'600'000;
  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  std::mutex mutex_;
  std::map<BatchId, int> refusals_;  // guarded by mutex_
  std::map<BatchId, int> tries_;     // guarded by mutex_
  std::unique_ptr<Expiring> expiring_;
};

TEST_F(ExpiringTest, TakesOutWhatHasBeenActiveLongEnough) {
  const BatchId old = active_batch();
  const BatchId staged = world_.staged_batch(world_.dataset());
  start();
  world_.clock().advance_ms(hour / 2);
  const BatchId younger = active_batch();
  pass_time(hour / 2 + 1);
  ASSERT_TRUE(world_.becomes(old, BatchStatus::inactive));
  EXPECT_EQ(world_.status(younger), BatchStatus::active);
  pass_time(hour / 2);
  ASSERT_TRUE(world_.becomes(younger, BatchStatus::inactive));
  EXPECT_EQ(world_.status(staged), BatchStatus::staged);
}

TEST_F(ExpiringTest, FindsAtItsStartWhatGrewOldBefore) {
  settings_.batches_per_expiry_max = 2;
  std::vector<BatchId> batches;
  for (int i = 0; i < 5; ++i) batches.push_back(active_batch());
  world_.clock().advance_ms(hour + 1);
  start();
  for (const BatchId& batch : batches) EXPECT_TRUE(world_.becomes(batch, BatchStatus::inactive));
}

TEST_F(ExpiringTest, OneThatFailsIsTriedAgainAndHoldsUpNoOther) {
  settings_.batches_per_expiry_max = 1;
  const BatchId stubborn = active_batch();
  const BatchId other = active_batch();
  refuse(stubborn, 3);
  world_.clock().advance_ms(hour + 1);
  start();
  EXPECT_TRUE(world_.becomes(other, BatchStatus::inactive));
  EXPECT_TRUE(world_.becomes(stubborn, BatchStatus::inactive));
  EXPECT_EQ(tries(stubborn), 4);
}

TEST_F(ExpiringTest, DatasetsHaveTimesOfTheirOwn) {
  const DatasetId& plain = world_.dataset();
  const DatasetId longer = world_.create_dataset("longer");
  const DatasetId shorter = world_.create_dataset("shorter");
  const DatasetId wrong = world_.create_dataset("wrong");
  set_time_to_live(longer, "P1M");
  set_time_to_live(shorter, "PT10M");
  set_time_to_live(wrong, "forever");
  std::map<DatasetId, BatchId> batches;
  for (const DatasetId& dataset : {plain, longer, shorter, wrong}) batches[dataset] = active_batch(dataset);
  start();
  pass_time(hour / 6 + 1);
  ASSERT_TRUE(world_.becomes(batches[shorter], BatchStatus::inactive));
  EXPECT_EQ(world_.status(batches[plain]), BatchStatus::active);
  pass_time(hour);
  ASSERT_TRUE(world_.becomes(batches[plain], BatchStatus::inactive));
  ASSERT_TRUE(world_.becomes(batches[wrong], BatchStatus::inactive)) << "as if it had none";
  pass_time(29 * 24 * hour);
  expiring_->stop();
  EXPECT_EQ(world_.status(batches[longer]), BatchStatus::active);
}

TEST_F(ExpiringTest, ADatasetsTimeCountsWhereNoOtherIsSet) {
  settings_.batch_time_to_live = 0;
  const BatchId stays = active_batch();
  const DatasetId dataset = world_.create_dataset("months");
  const BatchId batch = active_batch(dataset);
  start();
  set_time_to_live(dataset, "P1M");
  pass_time(30 * 24 * hour);  // November has 30 days: it is due, and not over
  set_time_to_live(dataset, "PT1S");
  pass_time(1);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::inactive));
  EXPECT_EQ(world_.status(stays), BatchStatus::active);
}

TEST_F(ExpiringTest, NothingExpiresWhereNoTimeIsSet) {
  settings_.batch_time_to_live = 0;
  const BatchId batch = active_batch();
  world_.clock().advance_ms(1000 * hour);
  start();
  expiring_->stop();
  EXPECT_EQ(world_.status(batch), BatchStatus::active);
}

}  // namespace
}  // namespace lakegate::pipeline
