#include "iceberg/table_metadata_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "iceberg/schema_json.h"

namespace lakegate::iceberg {
namespace {

std::string locate(const ObjectKey& key) { return "file:///store/" + key.text(); }

Column column(int32_t id, std::string name, TypeKind kind, std::vector<Column> children = {}) {
  return {.field_id = id, .name = name, .table_name = name, .kind = kind, .children = std::move(children)};
}

void check(const boost::json::object& found, std::string_view expected) {
  EXPECT_EQ(found, boost::json::parse(expected).as_object()) << boost::json::serialize(found);
}

TEST(SchemaJson, EveryTypeAtDepth) {
  TableSchema schema{.schema_id = 3};
  schema.columns = {column(1, "flag", TypeKind::boolean),
                    column(2, "count", TypeKind::int32),
                    column(3, "total", TypeKind::int64),
                    column(4, "ratio", TypeKind::float64),
                    column(5, "day", TypeKind::date),
                    column(6, "at", TypeKind::timestamptz),
                    column(7, "person", TypeKind::structure, {column(8, "name", TypeKind::string)}),
                    column(9, "tags", TypeKind::list, {column(10, "element", TypeKind::string)}),
                    column(11, "scores", TypeKind::map,
                           {column(12, "key", TypeKind::string),
                            column(13, "value", TypeKind::structure, {column(14, "x", TypeKind::int32)})})};
  schema.columns[0].documentation = "Whether.";
  schema.columns[1].table_name = "count_1";  // readers see the table's name
  check(to_json(schema), R"({
    "type": "struct", "schema-id": 3, "fields": [
      {"id": 1, "name": "flag", "required": false, "type": "boolean", "doc": "Whether."},
      {"id": 2, "name": "count_1", "required": false, "type": "int"},
      {"id": 3, "name": "total", "required": false, "type": "long"},
      {"id": 4, "name": "ratio", "required": false, "type": "double"},
      {"id": 5, "name": "day", "required": false, "type": "date"},
      {"id": 6, "name": "at", "required": false, "type": "timestamptz"},
      {"id": 7, "name": "person", "required": false, "type": {"type": "struct", "fields": [
        {"id": 8, "name": "name", "required": false, "type": "string"}]}},
      {"id": 9, "name": "tags", "required": false, "type": {
        "type": "list", "element-id": 10, "element": "string", "element-required": false}},
      {"id": 11, "name": "scores", "required": false, "type": {
        "type": "map", "key-id": 12, "key": "string", "value-id": 13, "value-required": false,
        "value": {"type": "struct", "fields": [{"id": 14, "name": "x", "required": false, "type": "int"}]}}}
    ]})");
}

TableState two_snapshots() {
  TableState table{.dataset_id = DatasetId("d"), .uuid = "3f0e2a4c-0000-4000-8000-000000000001"};
  table.version = 3;
  table.last_sequence_number = 2;
  table.last_updated = 1'700'000'000'500;
  table.last_column_id = 1;
  table.schemas = {{.schema_id = 0, .columns = {column(1, "id", TypeKind::int64)}}};
  table.properties = {{"lakegate.dataset-id", "d"}};
  table.snapshots = {{.snapshot_id = 11,
                      .sequence_number = 1,
                      .timestamp = 1'700'000'000'000,
                      .manifest_list = ObjectKey("1/d/metadata/a.avro"),
                      .summary = {{"operation", "append"}}},
                     {.snapshot_id = 12,
                      .parent_snapshot_id = 11,
                      .sequence_number = 2,
                      .timestamp = 1'700'000'000'500,
                      .manifest_list = ObjectKey("1/d/metadata/b.avro"),
                      .summary = {{"operation", "delete"}}}};
  return table;
}

constexpr std::string_view common = R"({
  "format-version": 2, "table-uuid": "3f0e2a4c-0000-4000-8000-000000000001", "location": "file:///store/1/d",
  "last-sequence-number": 2, "last-updated-ms": 1700000000500, "last-column-id": 1, "current-schema-id": 0,
  "schemas": [{"type": "struct", "schema-id": 0, "fields": [
    {"id": 1, "name": "id", "required": false, "type": "long"}]}],
  "default-spec-id": 0, "partition-specs": [{"spec-id": 0, "fields": []}], "last-partition-id": 999,
  "default-sort-order-id": 0, "sort-orders": [{"order-id": 0, "fields": []}],
  "properties": {"lakegate.dataset-id": "d"}, "metadata-log": [], )";

constexpr std::string_view second_snapshot = R"(
  {"sequence-number": 2, "snapshot-id": 12, "parent-snapshot-id": 11, "timestamp-ms": 1700000000500,
   "summary": {"operation": "delete"}, "manifest-list": "file:///store/1/d/metadata/b.avro", "schema-id": 0})";

TEST(TableMetadataJson, TwoSnapshots) {
  check(to_json(two_snapshots(), "file:///store/1/d", locate), std::string(common) + R"(
    "current-snapshot-id": 12, "refs": {"main": {"snapshot-id": 12, "type": "branch"}},
    "snapshots": [
      {"sequence-number": 1, "snapshot-id": 11, "timestamp-ms": 1700000000000,
       "summary": {"operation": "append"}, "manifest-list": "file:///store/1/d/metadata/a.avro", "schema-id": 0},)" +
                                                                   std::string(second_snapshot) + R"(],
    "snapshot-log": [{"timestamp-ms": 1700000000000, "snapshot-id": 11},
                     {"timestamp-ms": 1700000000500, "snapshot-id": 12}]})");
}

TEST(TableMetadataJson, OnlyReferencedSnapshots) {
  check(to_json(two_snapshots(), "file:///store/1/d", locate, SnapshotsShown::refs), std::string(common) + R"(
    "current-snapshot-id": 12, "refs": {"main": {"snapshot-id": 12, "type": "branch"}},
    "snapshots": [)" + std::string(second_snapshot) + R"(],
    "snapshot-log": [{"timestamp-ms": 1700000000500, "snapshot-id": 12}]})");
}

TEST(TableMetadataJson, FreshTable) {
  TableState table = two_snapshots();
  table.snapshots.clear();
  for (const SnapshotsShown shown : {SnapshotsShown::all, SnapshotsShown::refs}) {
    check(to_json(table, "file:///store/1/d", locate, shown),
          std::string(common) + R"("refs": {}, "snapshots": [], "snapshot-log": []})");
  }
}

}  // namespace
}  // namespace lakegate::iceberg
