// The whole way, with the real judge in its sandbox and the real promotion.
#include "pipeline/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "columnar/parquet_test_support.h"
#include "ledger/batches.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using columnar::testing::write_parquet;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string good_file(int64_t id = 1) {
  return write_parquet("id: int64, name: string", fmt::format(R"([{{"id": {}, "name": "a"}}, {{"id": {}}}])", id, id));
}
std::string bad_file() {
  return write_parquet("id: int64, name: string", R"([{"id": 1, "name": "a"}, {"name": "b"}, {"id": 1001}])");
}

class PipelineTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { validator_ = must(validation::Validator::start({.workers = 2})); }
  static void TearDownTestSuite() { validator_.reset(); }

  void start() {
    pipeline_ = std::make_unique<Pipeline>(PipelineParts{.ledger = world_.ledger(),
                                                         .objects = world_.objects(),
                                                         .validator = *validator_,
                                                         .promoter = promoter_,
                                                         .bodies = bodies_,
                                                         .clock = world_.clock(),
                                                         .epoch = testing::World::epoch},
                                           settings_);
    listening_ = std::make_unique<testing::World::Listening>(
        world_, [this](std::span<const Wake> wakes) { pipeline_->wake(wakes); });
    pipeline_->start();
  }
  void stop() {
    listening_.reset();
    pipeline_.reset();
  }
  void TearDown() override { stop(); }

  TableState table() {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::load_table(tx, world_.dataset()); }));
  }
  std::string rows_of_table() {
    const TableState state = table();
    return state.snapshots.empty() ? "0" : state.snapshots.back().summary.at("total-records");
  }
  bool has_verdict(const BatchFile& file) {
    return world_.eventually([&] { return world_.verdict(file).has_value(); });
  }

  static std::unique_ptr<validation::Validator> validator_;
  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  upload::FlowingBodies bodies_;
  Promoter promoter_{world_.ledger(), world_.objects(), world_.clock(), world_.random(), testing::World::epoch};
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<testing::World::Listening> listening_;
};
std::unique_ptr<validation::Validator> PipelineTest::validator_;

TEST_F(PipelineTest, GoodBatchBecomesActive) {
  start();
  const BatchId batch = world_.create_batch();
  const std::string sent = good_file();
  const BatchFile file = world_.put(batch, "a.parquet", sent);
  world_.put(batch, "b.parquet", good_file(2));
  ASSERT_TRUE(has_verdict(file)) << "judged before COMPLETE";
  EXPECT_EQ(world_.status(batch), BatchStatus::loading);
  world_.complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::active));

  const Batch active = world_.batch(batch);
  EXPECT_EQ(active.record_count, 4);
  EXPECT_EQ(active.snapshot_id, table().snapshots.back().snapshot_id);
  EXPECT_EQ(rows_of_table(), "4");
  const std::string kept = world_.bytes_of(file.object);
  EXPECT_THAT(kept, StartsWith(sent));
  EXPECT_EQ(static_cast<int64_t>(kept.size()), world_.verdict(file)->table_bytes);
  EXPECT_EQ(columnar::testing::read_parquet(kept), columnar::testing::read_parquet(sent));
}

TEST_F(PipelineTest, BadBatchFailsAndSaysWhy) {
  start();
  const BatchId batch = world_.create_batch();
  world_.put(batch, "fine.parquet", good_file());
  world_.put(batch, "dir/strange.parquet", bad_file());
  world_.complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::failed));
  const std::vector<BatchError> errors = world_.errors(batch);
  ASSERT_EQ(errors.size(), 2);
  EXPECT_THAT(
      errors[0].description,
      HasSubstr("dir/strange.parquet, column id, 1 row (1, counted from 0): Required field is missing or null"));
  EXPECT_THAT(errors[1].description, HasSubstr("Value is out of range. Found 1001, expected"));
  EXPECT_EQ(rows_of_table(), "0");
  const Batch failed = world_.batch(batch);
  EXPECT_EQ(failed.record_count, 0);
  EXPECT_EQ(failed.failed_record_count, 5) << "all rows of both files: rows accepted = loaded + rejected";
}

TEST_F(PipelineTest, FilesThatCannotBeReadFailTheirBatch) {
  struct Case {
    InputFormat format;
    std::string bytes;
    std::string code;
  };
  start();
  for (const Case& c : {Case{InputFormat::parquet, "", "106"}, Case{InputFormat::json, R"({"id": 1})", "LG-2007-400"},
                        Case{InputFormat::csv, "id\n1", "LG-2007-400"},
                        Case{InputFormat::parquet, "not a Parquet file", "LG-2000-400"}}) {
    const BatchId batch = world_.create_batch(c.format);
    world_.put(batch, "a.file", c.bytes);
    world_.complete(batch);
    ASSERT_TRUE(world_.becomes(batch, BatchStatus::failed));
    EXPECT_EQ(world_.errors(batch).at(0).code, c.code);
  }
}

TEST_F(PipelineTest, ReplacedFileKeepsNothingOfTheFormerVerdict) {
  start();
  const BatchId batch = world_.create_batch();
  const BatchFile former = world_.put(batch, "a.parquet", bad_file());
  ASSERT_TRUE(has_verdict(former));
  world_.put(batch, "a.parquet", good_file());
  world_.complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::active));
  EXPECT_EQ(world_.batch(batch).record_count, 2);
  EXPECT_TRUE(world_.eventually([&] { return !world_.objects().open(former.object); })) << "swept";
}

// Wherever the server stopped, a start goes on from the ledger.
TEST_F(PipelineTest, GoesOnAfterAStopAtAnyStep) {
  const BatchId unjudged = world_.create_batch();
  world_.put(unjudged, "a.parquet", good_file());
  world_.complete(unjudged);
  const BatchId taken = world_.create_batch();
  world_.put(taken, "a.parquet", good_file());
  world_.complete(taken);
  world_.move(taken, BatchEvent::take);
  const BatchId loading = world_.create_batch();
  world_.put(loading, "a.parquet", good_file());
  const BatchId staged = world_.staged_batch(world_.dataset());
  start();
  for (const BatchId& batch : {unjudged, taken, staged}) EXPECT_TRUE(world_.becomes(batch, BatchStatus::active));
  EXPECT_EQ(world_.status(loading), BatchStatus::loading);
  world_.complete(loading);
  EXPECT_TRUE(world_.becomes(loading, BatchStatus::active));
  EXPECT_EQ(rows_of_table(), "6");
}

TEST_F(PipelineTest, StopsInTheMiddleOfManyBatchesAndGoesOn) {
  start();
  std::vector<BatchId> batches;
  for (int i = 0; i < 30; ++i) {
    const BatchId batch = world_.create_batch();
    world_.put(batch, "a.parquet", good_file(i));
    world_.put(batch, "b.parquet", i % 3 == 0 ? bad_file() : good_file(i));
    world_.complete(batch);
    batches.push_back(batch);
    if (i % 10 != 4) continue;
    stop();
    start();
  }
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(world_.becomes(batches[i], i % 3 == 0 ? BatchStatus::failed : BatchStatus::active));
  }
  EXPECT_EQ(rows_of_table(), "80");
}

TEST_F(PipelineTest, GivesUpSilentBatchesAndSweepsThem) {
  const BatchId silent = world_.create_batch();
  const BatchFile file = world_.put(silent, "a.parquet", good_file());
  world_.clock().advance_ms(settings_.abandon_after + 1);
  settings_.reader_grace = 0;
  start();
  ASSERT_TRUE(world_.becomes(silent, BatchStatus::abandoned));
  EXPECT_TRUE(world_.eventually([&] { return !world_.objects().open(file.object); }));
}

TEST_F(PipelineTest, WaitsForRoomOnTheDisk) {
  start();
  const BatchId batch = world_.create_batch();
  const BatchFile file = world_.put(batch, "a.parquet", good_file());
  ASSERT_TRUE(has_verdict(file));
  world_.objects().fill_disk(true);
  world_.complete(batch);
  ASSERT_TRUE(world_.becomes(batch, BatchStatus::staged));
  world_.objects().fill_disk(false);
  EXPECT_TRUE(world_.becomes(batch, BatchStatus::active));
}

}  // namespace
}  // namespace lakegate::pipeline
