#include "iceberg/manifest.h"

#include <gtest/gtest.h>

#include "iceberg/manifest_list.h"
#include "model/bounds.h"

namespace lakegate::iceberg {
namespace {

const TableSchema schema{.schema_id = 2,
                         .columns = {{.field_id = 1, .name = "id", .table_name = "id", .kind = TypeKind::int64},
                                     {.field_id = 2, .name = "ratio", .table_name = "ratio", .kind = TypeKind::float64},
                                     {.field_id = 3, .name = "tag", .table_name = "tag", .kind = TypeKind::string}}};

ManifestEntry entry(EntryStatus status, std::string path, int64_t rows) {
  return {.status = status,
          .snapshot_id = 42,
          .file_path = std::move(path),
          .record_count = rows,
          .file_size_bytes = 1000 + rows,
          .split_offsets = {4, 500},
          .statistics = {{.field_id = 1,
                          .size_bytes = 10,
                          .value_count = rows,
                          .lower_bound = encode_bound(int64_t{-5}),
                          .upper_bound = encode_bound(int64_t{900})},
                         {.field_id = 2, .size_bytes = 11, .value_count = rows, .null_count = 1, .nan_count = 2},
                         {.field_id = 3, .size_bytes = 12, .value_count = rows, .lower_bound = "a"}}};
}

TEST(Manifest, ReadsWhatWasWritten) {
  std::vector<ManifestEntry> entries = {entry(EntryStatus::added, "file:///d/a.parquet", 3),
                                        entry(EntryStatus::existing, "file:///d/b.parquet", 4),
                                        entry(EntryStatus::deleted, "file:///d/c.parquet", 5)};
  entries[1].sequence_number = 7;
  entries[1].file_sequence_number = 6;
  entries[2].statistics.clear();
  entries[2].split_offsets.clear();
  const auto read = read_manifest(write_manifest(schema, entries, SyncMarker{}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, entries);
}

TEST(Manifest, NullNumbersAreInherited) {
  std::vector<ManifestEntry> entries = {entry(EntryStatus::added, "a", 1), entry(EntryStatus::existing, "b", 1)};
  entries[0].snapshot_id = std::nullopt;
  entries[1].sequence_number = 7;
  entries[1].file_sequence_number = 6;
  inherit(entries, {.sequence_number = 9, .added_snapshot_id = 99});
  EXPECT_EQ(entries[0].snapshot_id, 99);
  EXPECT_EQ(entries[0].sequence_number, 9);
  EXPECT_EQ(entries[0].file_sequence_number, 9);
  EXPECT_EQ(entries[1].snapshot_id, 42);
  EXPECT_EQ(entries[1].sequence_number, 7);
  EXPECT_EQ(entries[1].file_sequence_number, 6);
}

TEST(Manifest, Counts) {
  const std::vector<ManifestEntry> entries = {entry(EntryStatus::added, "a", 3), entry(EntryStatus::added, "b", 4),
                                              entry(EntryStatus::existing, "c", 5),
                                              entry(EntryStatus::deleted, "d", 6)};
  EXPECT_EQ(count_entries(entries), (ManifestEntryCounts{.added_files = 2,
                                                         .existing_files = 1,
                                                         .deleted_files = 1,
                                                         .added_rows = 7,
                                                         .existing_rows = 5,
                                                         .deleted_rows = 6}));
}

TEST(Manifest, RefusesOtherFiles) {
  const auto check = [](std::string_view bytes, std::string_view part_of_message) {
    const auto read = read_manifest(bytes);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().kind(), ErrorKind::corrupt);
    EXPECT_NE(read.error().message.find(part_of_message), std::string::npos) << read.error().message;
  };
  const Locate locate = [](const ObjectKey& key) { return key.text(); };
  check(write_manifest_list({}, {}, locate, SyncMarker{}), "content = ''");
  check("", "no Avro file");
  AvroFileWriter other(R"({"type":"record","name":"r","fields":[{"name":"status","type":"int","field-id":0}]})",
                       {{"format-version", "2"}, {"content", "data"}, {"partition-spec-id", "0"}}, SyncMarker{});
  other.append(std::string(1, '\2'));
  check(std::move(other).finish(), "manifest entry 0: no data_file");
}

TEST(ManifestList, ReadsWhatWasWritten) {
  const ManifestFile manifest{.object = ObjectKey("1/d/metadata/m.avro"),
                              .length_bytes = 700,
                              .sequence_number = 9,
                              .min_sequence_number = 3,
                              .added_snapshot_id = 99,
                              .counts = {.added_files = 1,
                                         .existing_files = 2,
                                         .deleted_files = 3,
                                         .added_rows = 4,
                                         .existing_rows = 5,
                                         .deleted_rows = 6}};
  const Locate locate = [](const ObjectKey& key) { return "file:///store/" + key.text(); };
  const Snapshot snapshot{.snapshot_id = 99, .parent_snapshot_id = 98, .sequence_number = 9};
  const auto read = read_manifest_list(write_manifest_list(snapshot, {&manifest, 1}, locate, SyncMarker{}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front(), (ManifestListEntry{.manifest_path = "file:///store/1/d/metadata/m.avro",
                                              .length_bytes = 700,
                                              .sequence_number = 9,
                                              .min_sequence_number = 3,
                                              .added_snapshot_id = 99,
                                              .counts = manifest.counts}));
}

}  // namespace
}  // namespace lakegate::iceberg
