#include "promotion/metadata_file_writer.h"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "ledger/ledger_test_support.h"
#include "objects/read_object.h"
#include "promotion/table_world_test_support.h"

namespace lakegate {
namespace {

class MetadataFileWriterTest : public testing::Test {
 protected:
  std::unique_ptr<MetadataFileWriter> new_writer() {
    return std::make_unique<MetadataFileWriter>(world_.ledger(), world_.store(), world_.clock(), world_.random(),
                                                world_.epoch(),
                                                MetadataFileSettings{.pause = 1'000, .superseded_grace = 600'000});
  }
  std::optional<ledger::MetadataFile> known() {
    return must(world_.ledger().read([&](ReadTx& tx) { return ledger::find_metadata_file(tx, world_.dataset()); }));
  }
  int64_t known_version() {
    const auto file = known();
    return file ? file->version : 0;
  }
  boost::json::object content(const ObjectKey& key) {
    const int64_t size = must(world_.store().open(key)).size_bytes;
    return boost::json::parse(must(read_object(world_.store(), key, size))).as_object();
  }

  TableWorld world_;
};

TEST_F(MetadataFileWriterTest, HoldsTheTableAsTheLedgerHasIt) {
  const auto writer = new_writer();
  world_.active_batch({3});
  const ledger::MetadataFile file = must(writer->write(world_.dataset()));
  EXPECT_EQ(file.version, 2);
  EXPECT_EQ(known()->object, file.object);
  EXPECT_EQ(world_.state_of(file.object), "live");
  EXPECT_THAT(file.object.text(), testing::HasSubstr("/metadata/00002-"));
  EXPECT_THAT(file.object.text(), testing::EndsWith(".metadata.json"));
  const boost::json::object json = content(file.object);
  const TableState table = world_.table();
  EXPECT_EQ(json.at("format-version").as_int64(), 2);
  EXPECT_EQ(json.at("table-uuid").as_string(), table.uuid);
  EXPECT_EQ(json.at("current-snapshot-id").as_int64(), table.snapshots.back().snapshot_id);
  EXPECT_EQ(json.at("last-sequence-number").as_int64(), 1);
  EXPECT_EQ(json.at("snapshots").as_array().at(0).at("manifest-list").as_string(),
            world_.store().location(table.snapshots[0].manifest_list));
  EXPECT_EQ(must(writer->write(world_.dataset())).object, file.object) << "it is fresh: nothing to write";
}

TEST_F(MetadataFileWriterTest, SeveralRoundsMakeOneFile) {
  const auto writer = new_writer();
  EXPECT_EQ(writer->write_due(), std::nullopt) << "a new table's first file is written at once";
  EXPECT_EQ(known_version(), 1);
  const ObjectKey first = known()->object;
  EXPECT_EQ(writer->write_due(), std::nullopt);

  world_.active_batch();
  EXPECT_EQ(writer->write_due(), 1'000);
  world_.clock().advance_ms(400);
  world_.active_batch();
  EXPECT_EQ(writer->write_due(), 600);
  EXPECT_EQ(known_version(), 1);
  world_.clock().advance_ms(600);
  EXPECT_EQ(writer->write_due(), std::nullopt);
  EXPECT_EQ(known_version(), 3);
  EXPECT_EQ(world_.state_of(first), fmt::format("condemned {}", world_.clock().now_ms() + 600'000));
  EXPECT_EQ(world_.state_of(known()->object), "live");

  world_.clock().advance_ms(5'000);
  world_.active_batch();
  EXPECT_EQ(writer->write_due(), std::nullopt) << "after a pause the first round's file is written at once";
  EXPECT_EQ(known_version(), 4);
}

TEST_F(MetadataFileWriterTest, CatchesUpAfterARestart) {
  (void)new_writer()->write_due();
  world_.active_batch();
  world_.restart();
  EXPECT_EQ(known_version(), 1);
  EXPECT_EQ(new_writer()->write_due(), std::nullopt);
  EXPECT_EQ(known_version(), 2);
}

TEST_F(MetadataFileWriterTest, AFullDiskIsTriedAgain) {
  const auto writer = new_writer();
  world_.store().fill_disk(true);
  EXPECT_EQ(writer->write_due(), 1'000);
  EXPECT_EQ(known_version(), 0);
  EXPECT_EQ(world_.to_sweep().size(), 1U) << "the object that was to be does not wait for the next start";
  world_.store().fill_disk(false);
  world_.clock().advance_ms(1'000);
  EXPECT_EQ(writer->write_due(), std::nullopt);
  EXPECT_EQ(known_version(), 1);
}

TEST_F(MetadataFileWriterTest, DeletedDatasetsGetNoMore) {
  const auto writer = new_writer();
  world_.delete_dataset();
  EXPECT_EQ(writer->write_due(), std::nullopt);
  EXPECT_EQ(known_version(), 0);
}

TEST_F(MetadataFileWriterTest, TheThreadWritesWhenWoken) {
  const auto writer = new_writer();
  writer->start();
  while (known_version() < 1) std::this_thread::yield();
  world_.active_batch();
  // The thread may note the time of its first file only now, so the pause is over at some later wake.
  while (known_version() < 2) {
    world_.clock().advance_ms(1'000);
    writer->wake();
    std::this_thread::yield();
  }
  writer->stop();
  world_.active_batch();
  writer->wake();
  EXPECT_EQ(known_version(), 2);
}

// Who reads without the server sees the last batch.
TEST_F(MetadataFileWriterTest, AStopLeavesNoneBehind) {
  const auto writer = new_writer();
  writer->start();
  while (known_version() < 1) std::this_thread::yield();
  world_.active_batch();  // nobody says so to the thread
  writer->stop();
  EXPECT_EQ(known_version(), 2);
}

TEST_F(MetadataFileWriterTest, AStopTakesNoLongerThanItMay) {
  MetadataFileWriter writer(world_.ledger(), world_.store(), world_.clock(), world_.random(), world_.epoch(),
                            MetadataFileSettings{.stop_time = 0});
  writer.start();
  while (known_version() < 1) std::this_thread::yield();
  world_.active_batch();
  writer.stop();
  EXPECT_EQ(known_version(), 1) << "the next start writes it";
}

}  // namespace
}  // namespace lakegate
