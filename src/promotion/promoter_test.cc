// Rounds on a real ledger, looked at from the reader's side: lists and manifests are read back from the store.
#include "promotion/promoter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"
#include "ledger/tables.h"
#include "model/bounds.h"
#include "model/error_codes.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

using iceberg::EntryStatus;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<ObjectKey> keys_of(const std::vector<ManifestFile>& manifests) {
  std::vector<ObjectKey> keys;
  for (const ManifestFile& manifest : manifests) keys.push_back(manifest.object);
  return keys;
}

std::vector<ObjectKey> keys_of(const std::vector<ManifestFound>& manifests) {
  std::vector<ObjectKey> keys;
  for (const ManifestFound& manifest : manifests) keys.push_back(manifest.key);
  return keys;
}

std::string condemned_at(Millis due) { return fmt::format("condemned {}", due); }

TEST(Promoter, StagedBatchesBecomeOneSnapshot) {
  TableWorld world;
  EXPECT_FALSE(must(world.promoter().promote(world.dataset())).has_value());
  EXPECT_EQ(world.table().version, 1);

  const BatchId first = world.staged_batch({3, 5});
  const BatchId second = world.staged_batch({7});
  const Round round = must(world.promoter().promote(world.dataset())).value();
  EXPECT_EQ(round.kind, RoundKind::append);
  EXPECT_FALSE(round.more);
  EXPECT_THAT(round.batches, ElementsAre(first, second));

  const TableState table = world.table();
  EXPECT_EQ(table.version, 2);
  ASSERT_EQ(table.snapshots.size(), 1U);
  const Snapshot& snapshot = table.snapshots[0];
  EXPECT_EQ(snapshot.snapshot_id, round.snapshot.snapshot_id);
  EXPECT_EQ(snapshot.summary.at("operation"), "append");
  EXPECT_EQ(snapshot.summary.at("added-records"), "15");
  EXPECT_EQ(snapshot.summary.at("total-records"), "15");
  EXPECT_EQ(snapshot.summary.at("total-data-files"), "3");
  EXPECT_EQ(world.state_of(snapshot.manifest_list), "live");

  const auto manifests = world.read(snapshot);
  ASSERT_EQ(manifests.size(), 1U);
  EXPECT_EQ(keys_of(manifests), keys_of(table.manifests));
  EXPECT_EQ(world.state_of(manifests[0].key), "live");
  ASSERT_EQ(manifests[0].entries.size(), 3U);
  const iceberg::ManifestEntry& entry = manifests[0].entries[1];
  EXPECT_EQ(entry.status, EntryStatus::added);
  EXPECT_EQ(entry.snapshot_id, snapshot.snapshot_id);
  EXPECT_EQ(entry.sequence_number, 1);
  EXPECT_EQ(entry.file_path, world.store().location(world.objects_of(first)[1]));
  EXPECT_EQ(entry.record_count, 5);
  EXPECT_EQ(entry.file_size_bytes, 105);
  EXPECT_THAT(entry.split_offsets, ElementsAre(4));
  ASSERT_EQ(entry.statistics.size(), 1U);
  EXPECT_EQ(entry.statistics[0].upper_bound, encode_bound(int64_t{5}));

  for (const BatchId& id : round.batches) {
    EXPECT_EQ(world.batch(id).status, BatchStatus::active);
    EXPECT_EQ(world.batch(id).snapshot_id, snapshot.snapshot_id);
  }
  const auto brought = must(world.ledger().read([&](ReadTx& tx) { return ledger::promoted_with(tx, second); }));
  EXPECT_EQ(brought.sequence_number, 1);
  EXPECT_FALSE(must(world.promoter().promote(world.dataset())).has_value());
}

TEST(Promoter, EachRoundAddsItsManifestAndKeepsTheOthers) {
  TableWorld world;
  world.active_batch({1});
  const auto before = keys_of(world.table().manifests);
  world.active_batch({2});
  const TableState table = world.table();
  ASSERT_EQ(table.manifests.size(), 2U);
  EXPECT_EQ(table.manifests[0].object, before[0]);
  EXPECT_EQ(table.snapshots[1].parent_snapshot_id, table.snapshots[0].snapshot_id);
  EXPECT_EQ(world.rows_visible(table.snapshots[0]), 1);
  EXPECT_EQ(world.rows_visible(table.snapshots[1]), 3);
}

TEST(Promoter, ARoundHasLimits) {
  TableWorld world({.batches_per_round_max = 3, .files_per_round_max = 4});
  const BatchId big = world.staged_batch({1, 1, 1, 1, 1, 1});  // over the limit, so alone
  const BatchId b = world.staged_batch({1, 1});
  const BatchId c = world.staged_batch({1, 1});
  const BatchId d = world.staged_batch({1});
  const BatchId e = world.staged_batch({1});
  const BatchId f = world.staged_batch({1});
  const BatchId g = world.staged_batch({1});
  const auto expect_round = [&](const std::vector<BatchId>& batches, bool more) {
    const Round round = must(world.promoter().promote(world.dataset())).value();
    EXPECT_EQ(round.batches, batches);
    EXPECT_EQ(round.more, more);
  };
  expect_round({big}, true);
  expect_round({b, c}, true);
  expect_round({d, e, f}, true);
  expect_round({g}, false);
}

TEST(Promoter, FilesWithoutRowsStayOutOfTheTable) {
  TableWorld world;
  const BatchId mixed = world.active_batch({0, 4});
  EXPECT_EQ(world.rows_visible(), 4);
  EXPECT_EQ(world.read(world.table().snapshots.back())[0].entries.size(), 1U);
  const BatchId empty = world.active_batch({0});
  EXPECT_EQ(world.batch(empty).status, BatchStatus::active);
  EXPECT_EQ(world.table().snapshots.size(), 2U);
  EXPECT_EQ(world.table().manifests.size(), 1U);
  must(world.revert(empty));
  EXPECT_EQ(world.rows_visible(), 4);
  must(world.revert(mixed));
  EXPECT_EQ(world.rows_visible(), 0);
}

TEST(Promoter, ADeletedDatasetGetsNoRounds) {
  TableWorld world;
  const BatchId batch = world.staged_batch();
  world.delete_dataset();
  EXPECT_FALSE(must(world.promoter().promote(world.dataset())).has_value());
  EXPECT_EQ(world.batch(batch).status, BatchStatus::staged);
}

TEST(Promoter, AFullDiskChangesNothing) {
  TableWorld world;
  world.active_batch({1});
  const BatchId batch = world.staged_batch({2});
  world.store().fill_disk(true);
  EXPECT_EQ(refusal_of(world.promoter().promote(world.dataset())).kind(), ErrorKind::no_space);
  EXPECT_EQ(world.table().version, 2);
  EXPECT_EQ(world.batch(batch).status, BatchStatus::staged);
  EXPECT_EQ(world.rows_visible(), 1);
  EXPECT_EQ(world.to_sweep().size(), 2U) << "the manifest and the list that were to be";
  world.store().fill_disk(false);
  EXPECT_TRUE(must(world.promoter().promote(world.dataset())).has_value());
  EXPECT_EQ(world.rows_visible(), 3);
}

TEST(Promoter, RevertRewritesTheManifestsConcernedAlone) {
  TableWorld world;
  world.active_batch({1});
  world.staged_batch({10});
  const BatchId wrong = world.staged_batch({20, 30});
  world.staged_batch({40});
  must(world.promoter().promote(world.dataset()));
  world.active_batch({100});
  const TableState before = world.table();

  const Round round = must(world.revert(wrong));
  EXPECT_EQ(round.kind, RoundKind::remove);
  EXPECT_THAT(round.batches, ElementsAre(wrong));
  EXPECT_EQ(world.batch(wrong).status, BatchStatus::inactive);
  const TableState after = world.table();
  EXPECT_EQ(after.snapshots.back().summary.at("operation"), "delete");
  EXPECT_EQ(after.snapshots.back().summary.at("deleted-records"), "50");
  EXPECT_EQ(after.snapshots.back().summary.at("total-records"), "151");
  ASSERT_EQ(after.manifests.size(), 3U);
  EXPECT_EQ(after.manifests[0].object, before.manifests[0].object);
  EXPECT_NE(after.manifests[1].object, before.manifests[1].object);
  EXPECT_EQ(after.manifests[2].object, before.manifests[2].object);

  const auto manifests = world.read(after.snapshots.back());
  EXPECT_EQ(keys_of(manifests), keys_of(after.manifests));
  const auto& entries = manifests[1].entries;
  ASSERT_EQ(entries.size(), 4U);
  const int64_t brought_by = before.snapshots[1].snapshot_id;
  const int64_t removed_by = after.snapshots.back().snapshot_id;
  const EntryStatus statuses[] = {EntryStatus::existing, EntryStatus::deleted, EntryStatus::deleted,
                                  EntryStatus::existing};
  for (size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(entries[i].status, statuses[i]);
    EXPECT_EQ(entries[i].snapshot_id, entries[i].is_live() ? brought_by : removed_by);
    EXPECT_EQ(entries[i].sequence_number, 2) << "explicit: the manifest's own is 4";
    EXPECT_EQ(entries[i].file_sequence_number, 2);
  }
  EXPECT_EQ(manifests[1].listed.sequence_number, 4);
  EXPECT_EQ(manifests[1].listed.min_sequence_number, 2);

  // Time travel: earlier snapshots show what they showed, and their objects stay.
  EXPECT_EQ(world.rows_visible(after.snapshots[2]), 201);
  EXPECT_EQ(world.state_of(before.manifests[1].object), "live");
  for (const ObjectKey& key : world.objects_of(wrong)) EXPECT_EQ(world.state_of(key), "live");
  EXPECT_EQ(refusal_of(world.revert(wrong)).code, &codes::batch_wrong_state);
}

TEST(Promoter, RevertRefusals) {
  TableWorld world;
  const BatchId staged = world.staged_batch();
  EXPECT_EQ(refusal_of(world.revert(staged)).code, &codes::batch_wrong_state);
  EXPECT_EQ(refusal_of(world.revert(BatchId("none"))).code, &codes::batch_not_found);
  must(world.promoter().promote(world.dataset()));
  const Scope other{.org = world.scope().org, .sandbox = {99}};
  EXPECT_EQ(refusal_of(world.promoter().revert(Sight::whole(other), staged, BatchEvent::revert, "test")).code,
            &codes::batch_not_found);
  EXPECT_EQ(world.rows_visible(), 10);
}

TEST(Promoter, ManifestsWithoutLiveFilesLeaveWithTheNextRound) {
  TableWorld world;
  const BatchId wrong = world.active_batch({1});
  must(world.revert(wrong));
  EXPECT_EQ(world.table().manifests.size(), 1U) << "it names the deleted file, for those who follow the table";
  const ObjectKey emptied = world.table().manifests[0].object;
  world.active_batch({2});
  ASSERT_EQ(world.table().manifests.size(), 1U);
  EXPECT_NE(world.table().manifests[0].object, emptied);
  EXPECT_EQ(world.rows_visible(), 2);
  EXPECT_EQ(world.state_of(emptied), "live") << "the second snapshot has it";
}

TEST(Promoter, ThirtyTwoManifestsBecomeOne) {
  TableWorld world;
  for (int i = 1; i <= 32; ++i) world.active_batch({i});
  const auto small_ones = keys_of(world.table().manifests);
  ASSERT_EQ(small_ones.size(), 32U);
  const BatchId last = world.active_batch({1'000});
  const TableState table = world.table();
  ASSERT_EQ(table.manifests.size(), 2U);
  EXPECT_EQ(table.snapshots.back().summary.at("operation"), "append");

  const auto manifests = world.read(table.snapshots.back());
  EXPECT_EQ(keys_of(manifests), keys_of(table.manifests));
  EXPECT_EQ(manifests[0].listed.min_sequence_number, 1);
  ASSERT_EQ(manifests[0].entries.size(), 32U);
  for (size_t i = 0; i < 32; ++i) {
    const iceberg::ManifestEntry& entry = manifests[0].entries[i];
    EXPECT_EQ(entry.status, EntryStatus::existing);
    EXPECT_EQ(entry.sequence_number, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(entry.file_sequence_number, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(entry.snapshot_id, table.snapshots[i].snapshot_id);
    EXPECT_EQ(entry.record_count, static_cast<int64_t>(i) + 1);
  }
  EXPECT_EQ(world.rows_visible(), 32 * 33 / 2 + 1'000);
  EXPECT_EQ(world.rows_visible(table.snapshots[31]), 32 * 33 / 2);
  for (const ObjectKey& key : small_ones) EXPECT_EQ(world.state_of(key), "live");

  // A batch is found in a merged manifest too.
  const auto first = must(world.ledger().read([&](ReadTx& tx) {
    return ledger::batches_of_snapshot(tx, world.dataset(), table.snapshots[0].snapshot_id, BatchId(), 1);
  }));
  must(world.revert(first.at(0)));
  EXPECT_EQ(world.rows_visible(), 32 * 33 / 2 + 1'000 - 1);
  must(world.revert(last));
  EXPECT_EQ(world.rows_visible(), 32 * 33 / 2 - 1);
}

TEST(Promoter, HistoryIsPrunedAndWhatOnlyItShowedIsCondemned) {
  TableWorld world({.snapshots_max = 3, .reader_grace = 1'000});
  const BatchId wrong = world.active_batch({1});
  const Snapshot first = world.table().snapshots[0];
  const ObjectKey first_manifest = world.table().manifests[0].object;
  world.active_batch({2});
  must(world.revert(wrong));  // sequence 3
  ASSERT_EQ(world.table().snapshots.size(), 3U);
  EXPECT_EQ(world.state_of(first.manifest_list), "live");

  world.clock().advance_ms(10'000);
  world.active_batch({4});  // the first snapshot leaves; the second still shows the batch
  TableState table = world.table();
  ASSERT_EQ(table.snapshots.size(), 3U);
  EXPECT_EQ(table.snapshots.front().sequence_number, 2);
  EXPECT_EQ(world.state_of(first.manifest_list), condemned_at(world.clock().now_ms() + 1'000));
  EXPECT_EQ(world.state_of(first_manifest), "live");
  for (const ObjectKey& key : world.objects_of(wrong)) EXPECT_EQ(world.state_of(key), "live");
  EXPECT_EQ(world.rows_visible(table.snapshots.front()), 3);

  world.clock().advance_ms(10'000);
  world.active_batch({8});  // the second one leaves: nobody shows the batch any more
  table = world.table();
  EXPECT_EQ(table.snapshots.front().sequence_number, 3);
  const std::string condemned = condemned_at(world.clock().now_ms() + 1'000);
  EXPECT_EQ(world.state_of(first_manifest), condemned);
  for (const ObjectKey& key : world.objects_of(wrong)) EXPECT_EQ(world.state_of(key), condemned);
  EXPECT_EQ(world.rows_visible(), 14);

  // Whatever is swept when its time comes, every snapshot that stays is whole.
  world.clock().advance_ms(1'000);
  const auto swept = world.to_sweep();
  EXPECT_GE(swept.size(), 4U);
  for (const ObjectKey& key : swept) must(world.store().remove(key));
  for (const Snapshot& snapshot : table.snapshots) EXPECT_GE(world.rows_visible(snapshot), 2);
}

TEST(Promoter, HistoryGoesByTimeToo) {
  TableWorld world({.reader_grace = 1'000});
  const BatchId wrong = world.active_batch({1});
  const Snapshot first = world.table().snapshots[0];
  world.clock().advance_ms(10'000);
  world.active_batch({2});
  world.clock().advance_ms(10'000);
  must(world.revert(wrong));
  const Millis reverted = world.table().snapshots[2].timestamp;
  const TableState before = world.table();

  world.clock().advance_ms(10'000);
  must(world.promoter().forget_history(world.dataset(), before.snapshots[1].timestamp - 1));
  EXPECT_EQ(world.table().version, before.version) << "nothing was superseded so early";
  must(world.promoter().forget_history(world.dataset(), reverted - 1));
  EXPECT_EQ(world.table().snapshots.front().sequence_number, 2) << "it still shows the batch";
  for (const ObjectKey& key : world.objects_of(wrong)) EXPECT_EQ(world.state_of(key), "live");

  must(world.promoter().forget_history(world.dataset(), reverted));
  const TableState after = world.table();
  ASSERT_EQ(after.snapshots.size(), 1U);
  EXPECT_EQ(after.snapshots[0].snapshot_id, before.snapshots[2].snapshot_id);
  EXPECT_EQ(after.version, before.version + 2);
  EXPECT_GE(after.last_updated, world.clock().now_ms());
  const std::string condemned = condemned_at(world.clock().now_ms() + 1'000);
  EXPECT_EQ(world.state_of(first.manifest_list), condemned);
  for (const ObjectKey& key : world.objects_of(wrong)) EXPECT_EQ(world.state_of(key), condemned);
  EXPECT_EQ(world.rows_visible(), 2);

  must(world.promoter().forget_history(world.dataset(), INT64_MAX));
  EXPECT_EQ(world.table().snapshots.size(), 1U) << "the current one always stays";
  world.active_batch({4});
  EXPECT_EQ(world.rows_visible(), 6);
}

TEST(Promoter, ADeletedDatasetHasNoHistoryToLetGo) {
  TableWorld world;
  world.active_batch();
  world.active_batch();
  world.delete_dataset();
  must(world.promoter().forget_history(world.dataset(), INT64_MAX));
}

}  // namespace
}  // namespace lakegate
