#include "pipeline/sweeping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "base/error_codes.h"
#include "base/temporary_folder.h"
#include "ledger/batches.h"
#include "ledger/events.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "objects/object_keys.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using ::testing::UnorderedElementsAre;
using testing::World;

// A store in which nothing can be removed for a while.
class StubbornStore final : public ObjectStore {
 public:
  explicit StubbornStore(ObjectStore& inner) : inner_(inner) {}
  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override { return inner_.begin(key); }
  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override { return inner_.resume(key); }
  Result<OpenObject> open(const ObjectKey& key) override { return inner_.open(key); }
  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) override {
    return inner_.append_tail(key, sent_bytes, tail);
  }
  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override { return inner_.put(key, bytes); }
  Status remove(const ObjectKey& key) override {
    if (refusals-- > 0) return fail(codes::unavailable, "Cannot remove object {} now", key);
    return inner_.remove(key);
  }
  std::string location(const ObjectKey& key) const override { return inner_.location(key); }
  Result<StoreSpace> space() const override { return inner_.space(); }
  Status list(const OnListed& on_listed) const override { return inner_.list(on_listed); }

  std::atomic<int> refusals = 0;

 private:
  ObjectStore& inner_;
};

class SweepingTest : public ::testing::Test {
 protected:
  void start() {
    sweeping_ =
        std::make_unique<Sweeping>(world_.ledger(), store_, &removals_, world_.clock(), World::epoch, settings_);
    listening_ = std::make_unique<World::Listening>(world_, [this](std::span<const Wake> wakes) {
      for (const Wake& wake : wakes) {
        if (wake.kind == Wake::Kind::object || wake.status == BatchStatus::inactive) sweeping_->wake();
      }
    });
    sweeping_->start();
  }
  void TearDown() override {
    listening_.reset();
    sweeping_.reset();
  }

  ObjectKey object_of_epoch(int64_t epoch, std::string_view name) {
    const ObjectKey key = metadata_key(OrgNumber{1}, world_.dataset(), name);
    must(world_.ledger().write(
        [&](Tx& tx) { return ledger::begin_object(tx, key, world_.dataset(), BatchId(), epoch); }));
    const std::string_view bytes = "bytes";
    must(world_.objects().put(key, std::as_bytes(std::span(bytes))));
    return key;
  }
  void condemn(const ObjectKey& key, Millis due) {
    must(world_.ledger().write([&](Tx& tx) { return ledger::condemn_object(tx, key, due); }));
  }
  bool is_known(const ObjectKey& key) {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::find_object(tx, key); })).has_value();
  }
  bool goes(const ObjectKey& key) {
    return world_.eventually([&] { return !is_known(key) && !world_.objects().open(key); });
  }

  PipelineSettings settings_ = testing::quick_settings();
  World world_;
  StubbornStore store_{world_.objects()};
  TemporaryFolder folder_;
  RemovalGate removals_{folder_.path()};
  std::unique_ptr<Sweeping> sweeping_;
  std::unique_ptr<World::Listening> listening_;
};

TEST_F(SweepingTest, RemovesWhatIsCondemnedWhenItIsDue) {
  const ObjectKey now = object_of_epoch(World::epoch, "now");
  const ObjectKey later = object_of_epoch(World::epoch, "later");
  start();
  condemn(later, world_.clock().now_ms() + 1'000);
  condemn(now, 0);
  ASSERT_TRUE(goes(now));
  EXPECT_TRUE(is_known(later));
  EXPECT_TRUE(world_.objects().open(later));
  world_.clock().advance_ms(1'000);
  sweeping_->wake();
  EXPECT_TRUE(goes(later));
}

TEST_F(SweepingTest, NeverTouchesWhatIsReferencedOrBeingWritten) {
  const BatchFile live = world_.put(world_.create_batch(), "a.parquet", "bytes");
  const ObjectKey writing = object_of_epoch(World::epoch, "writing");
  const ObjectKey condemned = object_of_epoch(World::epoch, "condemned");
  condemn(condemned, 0);
  start();
  ASSERT_TRUE(goes(condemned));
  EXPECT_THAT(world_.objects().keys(), UnorderedElementsAre(live.object, writing));
}

TEST_F(SweepingTest, RemovesWhatFormerStartsLeftHalfWritten) {
  const ObjectKey former = object_of_epoch(World::epoch - 1, "former");
  const ObjectKey present = object_of_epoch(World::epoch, "present");
  start();
  ASSERT_TRUE(goes(former));
  EXPECT_THAT(world_.objects().keys(), UnorderedElementsAre(present));
}

TEST_F(SweepingTest, RemovesNothingWhileACopyIsMade) {
  settings_.copy_pause = 1;
  const ObjectKey key = object_of_epoch(World::epoch, "key");
  world_.create_batch();
  world_.create_batch();
  {
    const auto copying = removals_.hold();
    ASSERT_TRUE(copying.has_value());
    condemn(key, 0);
    start();
    // What does not touch objects goes on: a pass was made.
    world_.clock().advance_ms(settings_.retention.events + 1);
    ASSERT_TRUE(world_.eventually([&] {
      world_.touch();
      const auto events =
          must(world_.ledger().read([&](ReadTx& tx) { return ledger::list_events(tx, world_.dataset(), 0, 100); }));
      return events.size() == 1;  // the last one stays: it counts them
    }));
    EXPECT_TRUE(is_known(key));
    EXPECT_TRUE(world_.objects().open(key));
  }
  EXPECT_TRUE(goes(key));
}

TEST_F(SweepingTest, TakesManyInBoundedHelpings) {
  settings_.objects_per_sweep_max = 3;
  std::vector<ObjectKey> keys;
  for (int i = 0; i < 20; ++i) {
    keys.push_back(object_of_epoch(World::epoch, "o" + std::to_string(i)));
    condemn(keys.back(), i);
  }
  start();
  for (const ObjectKey& key : keys) ASSERT_TRUE(goes(key));
}

TEST_F(SweepingTest, TriesAgainWhatCouldNotBeRemoved) {
  const ObjectKey key = object_of_epoch(World::epoch, "key");
  condemn(key, 0);
  store_.refusals = 3;
  start();
  EXPECT_TRUE(goes(key));
}

// A crash after the bytes went and before the row did.
TEST_F(SweepingTest, ForgetsWhatIsGoneAlready) {
  const ObjectKey key = object_of_epoch(World::epoch, "key");
  condemn(key, 0);
  must(world_.objects().remove(key));
  start();
  EXPECT_TRUE(goes(key));
}

TEST_F(SweepingTest, BatchIsDeletedWhenItsObjectsAreGone) {
  const BatchId batch = world_.create_batch();
  const BatchFile file = world_.put(batch, "a.parquet", "bytes");
  for (const BatchEvent event : {BatchEvent::complete, BatchEvent::take, BatchEvent::judged}) world_.move(batch, event);
  must(world_.ledger().write([&](Tx& tx) {
    return ledger::record_promoted(tx, world_.dataset(), {.batch_id = batch, .snapshot_id = 1, .sequence_number = 1});
  }));
  world_.move(batch, BatchEvent::promote);
  start();
  world_.move(batch, BatchEvent::revert);
  const ObjectKey other = object_of_epoch(World::epoch, "other");
  condemn(other, 0);
  ASSERT_TRUE(goes(other));
  EXPECT_EQ(world_.status(batch), BatchStatus::inactive);
  condemn(file.object, 0);
  EXPECT_TRUE(world_.becomes(batch, BatchStatus::deleted));
  EXPECT_FALSE(is_known(file.object));
}

TEST_F(SweepingTest, PrunesOldRowsNowAndThen) {
  settings_.prune_rows_max = 1;
  const auto events = [&] {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::list_events(tx, world_.dataset(), 0, 100); }))
        .size();
  };
  for (int i = 0; i < 5; ++i) world_.create_batch();
  ASSERT_GE(events(), 5);
  world_.clock().advance_ms(settings_.retention.events + 1);
  start();
  EXPECT_TRUE(world_.eventually([&] { return events() == 1; }));  // the last one counts them
}

}  // namespace
}  // namespace lakegate::pipeline
