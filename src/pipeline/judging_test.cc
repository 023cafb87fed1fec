#include "pipeline/judging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "ledger/batches.h"
#include "ledger/objects.h"
#include "ledger/verdicts.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class JudgingTest : public ::testing::Test {
 protected:
  void start() {
    judging_ = std::make_unique<Judging>(
        world_.ledger(), world_.objects(),
        [this](validation::ValidationRequest request, std::function<void(validation::ValidationOutcome)> done) {
          Status status = validator_.submit(std::move(request), std::move(done));
          world_.touch();
          return status;
        },
        world_.clock(), settings_);
    listening_ = std::make_unique<testing::World::Listening>(world_, [this](std::span<const Wake> wakes) {
      for (const Wake& wake : wakes) {
        if (wake.kind == Wake::Kind::file_complete) judging_->wake();
      }
    });
    judging_->start();
  }
  void stop() {
    listening_.reset();
    judging_.reset();
  }
  void TearDown() override { stop(); }

  // "", "good" or "bad".
  std::string verdict(const BatchFile& file) {
    const auto report = world_.verdict(file);
    if (!report) return "";
    return report->verdict == Verdict::good ? "good" : "bad";
  }
  bool is_judged(const BatchFile& file, std::string_view expected = "good") {
    return world_.eventually([&] { return verdict(file) == expected; });
  }
  bool is_submitted(size_t count) {
    return world_.eventually([&] { return validator_.submitted() == count; });
  }
  std::vector<ledger::NumberedDataFile> data_files(const BatchId& batch) {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::data_files(tx, batch, 0, 100); }));
  }
  void end_batch(const BatchId& batch) {
    must(world_.ledger().write([&](Tx& tx) -> Status {
      LG_TRY(ledger::transition(tx, batch, BatchEvent::abort, world_.clock().now_ms(), "a test wants it"));
      return ledger::condemn_batch_objects(tx, batch, 0);
    }));
  }
  void sweep(const BatchFile& file) {
    must(world_.objects().remove(file.object));
    must(world_.ledger().write([&](Tx& tx) { return ledger::forget_object(tx, file.object, testing::World::epoch); }));
  }

  PipelineSettings settings_ = testing::quick_settings();
  testing::World world_;
  testing::FakeValidator validator_;
  std::unique_ptr<Judging> judging_;
  std::unique_ptr<testing::World::Listening> listening_;
};

TEST_F(JudgingTest, JudgesFilesBeforeTheirBatchIsComplete) {
  start();
  const BatchId batch = world_.create_batch();
  const BatchFile good = world_.put(batch, "a.parquet", "good bytes");
  const BatchFile bad = world_.put(batch, "b.parquet", "bad bytes");
  ASSERT_TRUE(is_judged(good));
  ASSERT_TRUE(is_judged(bad, "bad"));
  EXPECT_EQ(world_.status(batch), BatchStatus::loading);
  EXPECT_EQ(world_.bytes_of(good.object), "good bytes-tail");
  EXPECT_EQ(world_.bytes_of(bad.object), "bad bytes");
  const auto files = data_files(batch);
  ASSERT_EQ(files.size(), 1);
  EXPECT_EQ(files[0].file.object, good.object);
  EXPECT_EQ(files[0].file.file_size_bytes, 15);
}

TEST_F(JudgingTest, TailIsDurableBeforeTheVerdict) {
  start();
  const BatchFile file = world_.put(world_.create_batch(), "a.parquet", "good bytes");
  ASSERT_TRUE(is_judged(file));
  stop();
  world_.objects().crash();
  EXPECT_EQ(world_.bytes_of(file.object), "good bytes-tail");
}

TEST_F(JudgingTest, TakesTheFormatOfTheBatch) {
  start();
  const BatchFile file = world_.put(world_.create_batch(InputFormat::csv), "a.csv", "1,2");
  ASSERT_TRUE(is_judged(file));
  EXPECT_THAT(validator_.formats(), ElementsAre(InputFormat::csv));
}

TEST_F(JudgingTest, FindsWhatWaitedBeforeItsStart) {
  const BatchFile first = world_.put(world_.create_batch(), "a.parquet", "good");
  const BatchFile second = world_.put(world_.create_batch(), "b.parquet", "good");
  start();
  EXPECT_TRUE(is_judged(first));
  EXPECT_TRUE(is_judged(second));
  EXPECT_THAT(validator_.names(), ElementsAre(first.object.text(), second.object.text()));
}

TEST_F(JudgingTest, ReplacedFileKeepsNothingOfTheFormerVerdict) {
  validator_.hold();
  start();
  const BatchId batch = world_.create_batch();
  const BatchFile former = world_.put(batch, "a.parquet", "bad bytes");
  ASSERT_TRUE(is_submitted(1));
  const BatchFile present = world_.put(batch, "a.parquet", "good bytes");
  ASSERT_TRUE(is_submitted(2));
  validator_.release(2);
  ASSERT_TRUE(is_judged(present));
  const ledger::Judgement judged = must(world_.ledger().read([&](ReadTx& tx) { return ledger::judgement(tx, batch); }));
  EXPECT_EQ(judged.good, 1);
  EXPECT_EQ(judged.bad, 0);
  EXPECT_EQ(judged.waiting, 0);
  EXPECT_EQ(verdict(former), "");
}

// A tail that were written again might be under the eyes of a reader.
TEST_F(JudgingTest, SubmitsEachObjectOnce) {
  settings_.files_in_flight_max = 7;
  start();
  std::vector<BatchFile> files;
  const BatchId batch = world_.create_batch();
  for (int i = 0; i < 200; ++i) {
    files.push_back(world_.put(batch, "f" + std::to_string(i), i % 2 == 0 ? "good" : "bad"));
    judging_->wake();
  }
  for (size_t i = 0; i < files.size(); ++i) ASSERT_TRUE(is_judged(files[i], i % 2 == 0 ? "good" : "bad"));
  stop();
  const std::vector<std::string> names = validator_.names();
  EXPECT_EQ(names.size(), 200);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), 200);
}

TEST_F(JudgingTest, LimitsWhatIsUnderWay) {
  settings_.files_in_flight_max = 3;
  validator_.hold();
  const BatchId batch = world_.create_batch();
  std::vector<BatchFile> files;
  for (int i = 0; i < 10; ++i) files.push_back(world_.put(batch, "f" + std::to_string(i), "good"));
  start();
  ASSERT_TRUE(is_submitted(3));
  validator_.release(1);
  ASSERT_TRUE(is_submitted(4));
  EXPECT_EQ(validator_.held(), 3);
  for (int left = 9; left > 0; --left) {
    ASSERT_TRUE(world_.eventually([&] { return validator_.held() > 0; }));
    validator_.release(1);
  }
  for (const BatchFile& file : files) EXPECT_TRUE(is_judged(file));
}

TEST_F(JudgingTest, TriesAgainWhenTheDiskHasRoom) {
  start();
  const BatchFile before = world_.put(world_.create_batch(), "a.parquet", "good");
  ASSERT_TRUE(is_judged(before));
  const BatchId batch = world_.create_batch();
  validator_.hold();
  const BatchFile file = world_.put(batch, "a.parquet", "good");
  ASSERT_TRUE(is_submitted(2));
  world_.objects().fill_disk(true);
  validator_.release(1);
  ASSERT_TRUE(is_submitted(3));  // it came back
  EXPECT_EQ(verdict(file), "");
  EXPECT_EQ(world_.status(batch), BatchStatus::loading);
  world_.objects().fill_disk(false);
  validator_.release(1);
  EXPECT_TRUE(is_judged(file));
}

TEST_F(JudgingTest, TriesAgainWhenTheValidatorWasBusy) {
  validator_.refuse(3);
  start();
  EXPECT_TRUE(is_judged(world_.put(world_.create_batch(), "a.parquet", "good")));
  EXPECT_EQ(validator_.submitted(), 1);
}

TEST_F(JudgingTest, BeginsNothingNewWhenTooMuchIsSetBack) {
  settings_.files_set_back_max = 2;
  const BatchId batch = world_.create_batch();
  std::vector<BatchFile> files;
  for (int i = 0; i < 6; ++i) files.push_back(world_.put(batch, "f" + std::to_string(i), "good"));
  validator_.refuse(50);
  start();
  for (const BatchFile& file : files) EXPECT_TRUE(is_judged(file));
  EXPECT_EQ(validator_.submitted(), 6);
}

TEST_F(JudgingTest, LostObjectHoldsNobodyUp) {
  const BatchId batch = world_.create_batch();
  const BatchFile lost = world_.put(batch, "lost.parquet", "good");
  must(world_.objects().remove(lost.object));
  start();
  EXPECT_TRUE(is_judged(world_.put(batch, "b.parquet", "good")));
  EXPECT_EQ(verdict(lost), "");
}

// A worker would blame the client's file.
TEST_F(JudgingTest, ShortenedObjectIsNotBlamedOnTheClient) {
  const BatchId batch = world_.create_batch();
  const BatchFile file = world_.put(batch, "short.parquet", "good bytes");
  const auto writer = must(world_.objects().resume(file.object));
  ASSERT_EQ(::ftruncate(writer->fd(), 4), 0);
  start();
  ASSERT_TRUE(is_judged(world_.put(batch, "b.parquet", "good")));
  EXPECT_EQ(verdict(file), "");
  EXPECT_EQ(validator_.submitted(), 1);
}

TEST_F(JudgingTest, BatchThatEndsWhileItIsJudged) {
  validator_.hold();
  start();
  const BatchId batch = world_.create_batch();
  const BatchFile condemned = world_.put(batch, "a.parquet", "good");
  const BatchFile swept = world_.put(batch, "b.parquet", "good");
  ASSERT_TRUE(is_submitted(2));
  end_batch(batch);
  sweep(swept);
  validator_.release(2);
  const BatchFile next = world_.put(world_.create_batch(), "a.parquet", "good");
  ASSERT_TRUE(is_submitted(3));
  validator_.release(1);
  ASSERT_TRUE(is_judged(next));
  EXPECT_EQ(verdict(condemned), "");
  EXPECT_EQ(verdict(swept), "");
}

TEST_F(JudgingTest, AnswersAfterTheStopAreDroppedAndAskedForAgain) {
  validator_.hold();
  start();
  const BatchFile file = world_.put(world_.create_batch(), "a.parquet", "good");
  ASSERT_TRUE(is_submitted(1));
  stop();
  validator_.release(1);
  EXPECT_EQ(verdict(file), "");
  start();
  ASSERT_TRUE(is_submitted(2));
  validator_.release(1);
  EXPECT_TRUE(is_judged(file));
}

// A crash between tail and verdict: the next start cuts the tail off and writes it again.
TEST_F(JudgingTest, GoesOnAfterACrashBetweenTailAndVerdict) {
  const BatchFile file = world_.put(world_.create_batch(), "a.parquet", "good bytes");
  const std::string_view half = "-ta";
  must(world_.objects().append_tail(file.object, file.sent_bytes, std::as_bytes(std::span(half))));
  start();
  ASSERT_TRUE(is_judged(file));
  EXPECT_EQ(world_.bytes_of(file.object), "good bytes-tail");
}

TEST_F(JudgingTest, KeepsFewSchemas) {
  settings_.schemas_kept_max = 2;
  start();
  for (int round = 0; round < 2; ++round) {
    for (const char* name : {"one", "two", "three"}) {
      const DatasetId dataset = world_.create_dataset(name + std::to_string(round));
      EXPECT_TRUE(is_judged(world_.put(world_.create_batch_of(dataset), "a.parquet", "good")));
    }
  }
}

}  // namespace
}  // namespace lakegate::pipeline
