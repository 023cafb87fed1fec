// Wherever the machine stops, a reader sees the whole batch or nothing, and what is left over goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/crash_point.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "promotion/metadata_file_writer.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

struct Stopped {};
std::string stop_at;  // a crash point's name

}  // namespace

// Linked into this program directly, it takes the place of the one in base/. Nothing on the way catches this: what
// would have run after the point does not run.
void crash_point(const char* name) {
  if (stop_at == name) throw Stopped{};
}

namespace {

// Runs `work` up to the point, then lets the power fail.
template <class Work>
void stop_and_restart(TableWorld& world, std::string_view point, Work work) {
  stop_at = point;
  bool stopped = false;
  try {
    work();
  } catch (const Stopped&) {
    stopped = true;
  }
  stop_at.clear();
  EXPECT_TRUE(stopped) << "nobody came to " << point;
  world.restart();
}

// A round of a manifest and a list begins as many for the next one.
constexpr size_t begun_ahead = 2;

// Only what the ledger's table refers to is live; all else that the store has can be swept.
void expect_leftovers_are_swept(TableWorld& world, size_t objects) {
  const auto leftovers = world.to_sweep();
  EXPECT_EQ(leftovers.size(), objects);
  for (const ObjectKey& key : leftovers) {
    EXPECT_EQ(world.state_of(key), "writing");
    must(world.store().remove(key));
    must(world.ledger().write([&](Tx& tx) { return ledger::forget_object(tx, key, world.epoch()); }));
  }
}

void check_promote(std::string_view point, bool visible, size_t leftovers) {
  SCOPED_TRACE(point);
  TableWorld world;
  world.active_batch({1});
  const BatchId batch = world.staged_batch({60, 40});
  stop_and_restart(world, point, [&] { (void)world.promoter().promote(world.dataset()); });

  EXPECT_EQ(world.rows_visible(), visible ? 101 : 1);
  EXPECT_EQ(world.batch(batch).status, visible ? BatchStatus::active : BatchStatus::staged);
  expect_leftovers_are_swept(world, leftovers);

  // The next start takes the batch up again, once.
  EXPECT_EQ(must(world.promoter().promote(world.dataset())).has_value(), !visible);
  EXPECT_EQ(world.rows_visible(), 101);
  EXPECT_EQ(world.batch(batch).status, BatchStatus::active);
  EXPECT_EQ(world.table().snapshots.size(), 2U);
}

TEST(PromoterCrash, ABatchIsVisibleWholeOrNotAtAll) {
  check_promote("promotion.before_manifest", false, 2);
  check_promote("promotion.after_manifest", false, 2);
  check_promote("promotion.after_list", false, 2);
  check_promote("promotion.before_commit", false, 2);
  check_promote("promotion.after_commit", true, begun_ahead);
}

void check_revert(std::string_view point, bool visible, size_t leftovers) {
  SCOPED_TRACE(point);
  TableWorld world;
  const BatchId batch = world.active_batch({60, 40});
  world.active_batch({1});
  stop_and_restart(world, point, [&] { (void)world.revert(batch); });

  EXPECT_EQ(world.rows_visible(), visible ? 101 : 1);
  EXPECT_EQ(world.batch(batch).status, visible ? BatchStatus::active : BatchStatus::inactive);
  expect_leftovers_are_swept(world, leftovers);
  EXPECT_EQ(world.revert(batch).has_value(), visible);
  EXPECT_EQ(world.rows_visible(), 1);
}

TEST(PromoterCrash, ABatchIsTakenOutWholeOrNotAtAll) {
  check_revert("promotion.before_manifest", true, 2);
  check_revert("promotion.after_manifest", true, 2);
  check_revert("promotion.before_commit", true, 2);
  check_revert("promotion.after_commit", false, begun_ahead);
}

void check_metadata_file(std::string_view point, int64_t version, size_t leftovers) {
  SCOPED_TRACE(point);
  TableWorld world;
  const auto write = [&] {
    MetadataFileWriter writer(world.ledger(), world.store(), world.clock(), world.random(), world.epoch());
    return writer.write(world.dataset());
  };
  must(write());
  world.active_batch({1});
  stop_and_restart(world, point, [&] { (void)write(); });

  const auto find = [&] {
    return must(world.ledger().read([&](ReadTx& tx) { return ledger::find_metadata_file(tx, world.dataset()); }));
  };
  EXPECT_EQ(find()->version, version);
  EXPECT_EQ(world.state_of(find()->object), "live");
  EXPECT_TRUE(world.store().open(find()->object).has_value());
  expect_leftovers_are_swept(world, leftovers);
  EXPECT_EQ(must(write()).version, 2);
  EXPECT_EQ(find()->version, 2);
}

TEST(PromoterCrash, TheMetadataFileThatIsKnownIsThere) {
  check_metadata_file("promotion.before_metadata", 1, begun_ahead);
  check_metadata_file("promotion.after_metadata", 1, begun_ahead + 1);
}

}  // namespace
}  // namespace lakegate
