#include "pipeline/comparing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/epochs.h"
#include "ledger/objects.h"
#include "objects/object_keys.h"
#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using ::testing::UnorderedElementsAre;
using testing::World;

constexpr Millis first_start = 1'000;
constexpr Millis second_start = 2'000;

// The first epoch ended in a crash, the second is the present one.
class ComparingTest : public ::testing::Test {
 protected:
  ComparingTest() {
    begin_epoch(first_start);
    // A batch's creation is the last that the first epoch tells of: the clock stands behind both starts.
    world_.create_batch();
    begin_epoch(world_.clock().now_ms() + second_start);
  }

  void begin_epoch(Millis now) {
    must(world_.ledger().write([&](Tx& tx) { return ledger::begin_epoch(tx, now); }));
  }
  ObjectKey key(std::string_view name) { return metadata_key(OrgNumber{1}, world_.dataset(), name); }
  void put(const ObjectKey& key, std::string_view bytes = "bytes") {
    must(world_.objects().put(key, std::as_bytes(std::span(bytes))));
  }
  void begin(const ObjectKey& key) {
    must(world_.ledger().write(
        [&](Tx& tx) { return ledger::begin_object(tx, key, world_.dataset(), BatchId(), World::epoch); }));
  }
  Comparing::Outcome compare() {
    Comparing comparing(world_.ledger(), world_.objects(), World::epoch);
    comparing.start();
    EXPECT_TRUE(world_.eventually([&] {
      world_.touch();
      return comparing.outcome().has_value();
    }));
    return comparing.outcome().value_or(Comparing::Outcome());
  }

  World world_;
};

TEST_F(ComparingTest, RemovesWhatTheLedgerForgot) {
  const BatchFile live = world_.put(world_.create_batch(), "a.parquet", "bytes");
  const ObjectKey writing = key("writing");
  const ObjectKey condemned = key("condemned");
  for (const ObjectKey& known : {writing, condemned}) begin(known), put(known);
  must(world_.ledger().write([&](Tx& tx) { return ledger::condemn_object(tx, condemned, 1); }));
  put(key("orphan"));
  world_.objects().set_modified(first_start + 1);
  const Comparing::Outcome outcome = compare();
  EXPECT_EQ(outcome.objects, 4);
  EXPECT_EQ(outcome.removed, 1);
  EXPECT_EQ(outcome.left, 0);
  EXPECT_EQ(outcome.lost, 0);
  EXPECT_THAT(world_.objects().keys(), UnorderedElementsAre(live.object, writing, condemned));
}

// Somebody put yesterday's ledger back: today's objects are all that is left of today.
TEST_F(ComparingTest, LeavesWhatIsNewerThanTheLedger) {
  for (const Millis modified : {first_start - 1, world_.clock().now_ms() + 1}) {
    put(key("of-another-ledger"));
    world_.objects().set_modified(modified);
    EXPECT_EQ(compare().left, 1);
    EXPECT_THAT(world_.objects().keys(), UnorderedElementsAre(key("of-another-ledger")));
  }
}

TEST_F(ComparingTest, TellsOfWhatIsLost) {
  const BatchId batch = world_.create_batch();
  const BatchFile missing = world_.put(batch, "a.parquet", "bytes");
  const BatchFile cut = world_.put(batch, "b.parquet", "bytes");
  const BatchFile whole = world_.put(batch, "c.parquet", "bytes");
  must(world_.objects().remove(missing.object));
  must(world_.objects().append_tail(cut.object, 4, {}));
  EXPECT_EQ(compare().lost, 2);
  EXPECT_THAT(world_.objects().keys(), UnorderedElementsAre(cut.object, whole.object));
}

TEST_F(ComparingTest, StoppedOnTheWayItHasNoOutcome) {
  Comparing comparing(world_.ledger(), world_.objects(), World::epoch);
  comparing.stop();
  comparing.start();
  comparing.stop();
  EXPECT_FALSE(comparing.outcome().has_value());
}

}  // namespace
}  // namespace lakegate::pipeline
