// Object rows: their states, their dates, and what the sweeper may take.
#include "ledger/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/ledger_test_support.h"
#include "ledger/verdicts.h"

namespace lakegate {
namespace {

using ledger::ObjectState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t epoch = LedgerWorld::epoch;

class ObjectsTest : public testing::Test {
 protected:
  Status begin(const ObjectKey& key, const BatchId& batch = {}, int64_t of_epoch = epoch) {
    return world_.write([&](Tx& tx) { return ledger::begin_object(tx, key, world_.dataset(), batch, of_epoch); });
  }
  Status keep(const ObjectKey& key) {
    return world_.write([&](Tx& tx) { return ledger::keep_object(tx, key); });
  }
  Status condemn(const ObjectKey& key, Millis due) {
    return world_.write([&](Tx& tx) { return ledger::condemn_object(tx, key, due); });
  }
  Status forget(const ObjectKey& key, int64_t of_epoch = epoch) {
    return world_.write([&](Tx& tx) { return ledger::forget_object(tx, key, of_epoch); });
  }
  std::optional<ledger::ObjectRow> find(const ObjectKey& key) {
    return must(world_.read([&](ReadTx& tx) { return ledger::find_object(tx, key); }));
  }
  std::vector<ObjectKey> to_sweep(Millis now, int64_t of_epoch = epoch, int64_t limit = 100) {
    return must(world_.read([&](ReadTx& tx) { return ledger::objects_to_sweep(tx, now, of_epoch, limit); }));
  }

  LedgerWorld world_;
  const ObjectKey a_{"1/a"};
  const ObjectKey b_{"1/b"};
  const ObjectKey c_{"1/c"};
};

TEST_F(ObjectsTest, IsBornWriting) {
  const BatchId batch = world_.insert_batch();
  must(begin(a_, batch));
  must(begin(b_));
  const ledger::ObjectRow row = find(a_).value();
  EXPECT_EQ(row.key, a_);
  EXPECT_EQ(row.dataset_id, world_.dataset());
  EXPECT_EQ(row.batch_id, batch);
  EXPECT_EQ(row.state, ObjectState::writing);
  EXPECT_EQ(row.epoch, epoch);
  EXPECT_EQ(row.due, std::nullopt);
  EXPECT_TRUE(find(b_)->batch_id.empty());
  EXPECT_FALSE(find(c_).has_value());
  EXPECT_FALSE(begin(a_).has_value()) << "a key is given once";
}

TEST_F(ObjectsTest, IsKeptOnce) {
  must(begin(a_));
  must(keep(a_));
  EXPECT_EQ(find(a_)->state, ObjectState::live);
  EXPECT_THAT(refusal_of(keep(a_)).message, HasSubstr("it is live"));
  must(condemn(a_, 5));
  EXPECT_EQ(refusal_of(keep(a_)).kind(), ErrorKind::conflict);
  EXPECT_THAT(refusal_of(keep(b_)).message, HasSubstr("not in the ledger"));
}

TEST_F(ObjectsTest, LaterDateStays) {
  must(begin(a_));
  must(condemn(a_, 500));
  EXPECT_EQ(find(a_)->state, ObjectState::condemned);
  EXPECT_EQ(find(a_)->due, 500);
  must(condemn(a_, 100));
  EXPECT_EQ(find(a_)->due, 500);
  must(condemn(a_, 900));
  EXPECT_EQ(find(a_)->due, 900);
  EXPECT_TRUE(condemn(b_, 1).has_value()) << "forgotten already";
}

TEST_F(ObjectsTest, CondemnsAllOfABatch) {
  const BatchId batch = world_.insert_batch();
  const BatchFile file = world_.put_file(batch, "a");
  const ObjectKey writing = world_.begin_object(batch);
  const ObjectKey dated = world_.begin_object(batch);
  must(condemn(dated, 900));
  must(world_.write([&](Tx& tx) -> Status {
    const ObjectKey key("1/parts");
    LG_TRY(ledger::begin_object(tx, key, world_.dataset(), batch, epoch));
    LG_TRY(ledger::initialize_file(tx, batch, "parts", key, 10, 1));
    LG_TRY(ledger::hold_range(tx, batch, "parts", {0, 10}, 100, 10, 1));
    return {};
  }));
  const BatchId other = world_.insert_batch();
  const BatchFile other_file = world_.put_file(other, "a");
  must(begin(a_));

  must(world_.write([&](Tx& tx) { return ledger::condemn_batch_objects(tx, batch, 500); }));
  EXPECT_EQ(find(file.object)->due, 500);
  EXPECT_EQ(find(writing)->due, 500);
  EXPECT_EQ(find(dated)->due, 900);
  EXPECT_EQ(find(ObjectKey("1/parts"))->state, ObjectState::condemned);
  EXPECT_EQ(find(other_file.object)->state, ObjectState::live);
  EXPECT_EQ(find(a_)->state, ObjectState::writing);
  const auto waiting = must(world_.read([](ReadTx& tx) { return ledger::unjudged_files(tx, 10); }));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].file.batch_id, other);
  EXPECT_THAT(must(world_.read([&](ReadTx& tx) { return ledger::held_ranges(tx, batch, 2); })), IsEmpty());
}

TEST_F(ObjectsTest, SweepsWhatIsDueAndWhatDeadEpochsLeft) {
  for (const ObjectKey& key : {a_, b_, c_}) must(begin(key));
  must(condemn(a_, 300));
  must(condemn(b_, 100));
  const ObjectKey old("1/old");
  must(begin(old, {}, epoch - 1));
  const ObjectKey old_live("1/old-live");
  must(begin(old_live, {}, epoch - 1));
  must(keep(old_live));

  EXPECT_THAT(to_sweep(99), ElementsAre(old));
  EXPECT_THAT(to_sweep(100), ElementsAre(b_, old));
  EXPECT_THAT(to_sweep(300), ElementsAre(b_, a_, old));
  EXPECT_THAT(to_sweep(300, epoch - 1), ElementsAre(b_, a_));
  EXPECT_THAT(to_sweep(300, epoch, 2), ElementsAre(b_, a_));
  EXPECT_THAT(to_sweep(300, epoch, 1), ElementsAre(b_));
  const auto next = [&](Millis now) {
    return must(world_.read([&](ReadTx& tx) { return ledger::next_sweep(tx, now); }));
  };
  EXPECT_EQ(next(0), 100);
  EXPECT_EQ(next(100), 300);
  EXPECT_EQ(next(300), std::nullopt);
}

TEST_F(ObjectsTest, ForgetsWhatMayGo) {
  must(begin(a_));
  EXPECT_THAT(refusal_of(forget(a_)).message, HasSubstr("it is writing, of epoch 7"));
  EXPECT_TRUE(forget(a_, epoch + 1).has_value()) << "its epoch is over";
  EXPECT_FALSE(find(a_).has_value());
  EXPECT_TRUE(forget(a_).has_value()) << "again";
  must(begin(b_));
  must(keep(b_));
  EXPECT_EQ(refusal_of(forget(b_, epoch + 1)).kind(), ErrorKind::conflict);
  must(condemn(b_, 1'000'000));
  EXPECT_TRUE(forget(b_).has_value());
  EXPECT_FALSE(find(b_).has_value());
}

TEST_F(ObjectsTest, VerdictAndDataFileGoWithIt) {
  const BatchId batch = world_.insert_batch();
  const BatchFile file = world_.put_file(batch, "a");
  must(world_.write(
      [&](Tx& tx) { return ledger::record_verdict(tx, file.object, LedgerWorld::good_report(), world_.now()); }));
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return ledger::data_files(tx, batch, 0, 10); })).size(), 1U);
  must(condemn(file.object, 0));
  must(forget(file.object));
  EXPECT_FALSE(must(world_.read([&](ReadTx& tx) { return ledger::find_verdict(tx, file.object); })).has_value());
  EXPECT_THAT(must(world_.read([&](ReadTx& tx) { return ledger::data_files(tx, batch, 0, 10); })), IsEmpty());
}

TEST_F(ObjectsTest, ListsInKeyOrder) {
  for (const ObjectKey& key : {c_, a_, b_}) must(begin(key));
  must(condemn(b_, 7));
  const auto list = [&](const ObjectKey& after, int64_t limit) {
    std::vector<ObjectKey> keys;
    for (const auto& row : must(world_.read([&](ReadTx& tx) { return ledger::list_objects(tx, after, limit); }))) {
      keys.push_back(row.key);
      EXPECT_EQ(row.due.has_value(), row.key == b_);
    }
    return keys;
  };
  EXPECT_THAT(list(ObjectKey(), 10), ElementsAre(a_, b_, c_));
  EXPECT_THAT(list(a_, 1), ElementsAre(b_));
  EXPECT_THAT(list(c_, 10), IsEmpty());
}

TEST_F(ObjectsTest, CondemningWakes) {
  int heard = 0;
  world_.ledger().add_listener([&](std::span<const Wake> wakes) {
    for (const Wake& wake : wakes) heard += wake.kind == Wake::Kind::object ? 1 : 0;
  });
  must(begin(a_));
  EXPECT_EQ(heard, 0);
  must(condemn(a_, 1));
  EXPECT_EQ(heard, 1);
  must(condemn(b_, 1));
  EXPECT_EQ(heard, 1) << "nothing was condemned";
}

}  // namespace
}  // namespace lakegate
