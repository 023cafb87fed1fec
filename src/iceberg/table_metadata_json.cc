#include "iceberg/table_metadata_json.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <span>

#include "iceberg/schema_json.h"

namespace lakegate::iceberg {
namespace {

namespace json = boost::json;

// Ids of partition fields begin above it. Specification, "Table Metadata Fields".
constexpr int last_partition_id = 999;

json::object text_map(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [key, value] : texts) object[key] = value;
  return object;
}

json::object snapshot_json(const Snapshot& snapshot, const Locate& locate) {
  json::object object{{"sequence-number", snapshot.sequence_number}, {"snapshot-id", snapshot.snapshot_id}};
  if (snapshot.parent_snapshot_id) object["parent-snapshot-id"] = *snapshot.parent_snapshot_id;
  object["timestamp-ms"] = snapshot.timestamp;
  object["summary"] = text_map(snapshot.summary);
  object["manifest-list"] = locate(snapshot.manifest_list);
  object["schema-id"] = snapshot.schema_id;
  return object;
}

void put_snapshots(json::object& metadata, std::span<const Snapshot> snapshots, const Locate& locate) {
  json::object refs;
  if (!snapshots.empty()) {
    const int64_t current = snapshots.back().snapshot_id;
    metadata["current-snapshot-id"] = current;
    refs["main"] = json::object{{"snapshot-id", current}, {"type", "branch"}};
  }
  json::array shown;
  json::array log;
  for (const Snapshot& snapshot : snapshots) {
    shown.push_back(snapshot_json(snapshot, locate));
    log.push_back(json::object{{"timestamp-ms", snapshot.timestamp}, {"snapshot-id", snapshot.snapshot_id}});
  }
  metadata["refs"] = std::move(refs);
  metadata["snapshots"] = std::move(shown);
  metadata["snapshot-log"] = std::move(log);
  metadata["metadata-log"] = json::array{};
}

}  // namespace

json::object to_json(const TableState& table, const std::string& location, const Locate& locate, SnapshotsShown shown) {
  json::array schemas;
  for (const TableSchema& schema : table.schemas) schemas.push_back(to_json(schema));

  json::object metadata{
      {"format-version", 2},
      {"table-uuid", table.uuid},
      {"location", location},
      {"last-sequence-number", table.last_sequence_number},
      {"last-updated-ms", table.last_updated},
      {"last-column-id", table.last_column_id},
      {"current-schema-id", table.current_schema_id},
      {"schemas", std::move(schemas)},
      {"default-spec-id", 0},
      {"partition-specs", json::array{json::object{{"spec-id", 0}, {"fields", json::array{}}}}},
      {"last-partition-id", last_partition_id},
      {"default-sort-order-id", 0},
      {"sort-orders", json::array{json::object{{"order-id", 0}, {"fields", json::array{}}}}},
      {"properties", text_map(table.properties)},
  };
  const std::span<const Snapshot> all(table.snapshots);
  put_snapshots(metadata, shown == SnapshotsShown::all || all.empty() ? all : all.last(1), locate);
  return metadata;
}

}  // namespace lakegate::iceberg
