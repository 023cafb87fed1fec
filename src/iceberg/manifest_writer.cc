#include <boost/json/serialize.hpp>

#include <unordered_set>

#include "iceberg/avro_encoder.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_schema.h"
#include "iceberg/schema_json.h"

namespace lakegate::iceberg {
namespace {

void collect_doubles(std::span<const Column> columns, std::unordered_set<int32_t>& ids) {
  for (const Column& column : columns) {
    if (column.kind == TypeKind::float64) ids.insert(column.field_id);
    collect_doubles(column.children, ids);
  }
}

void put_optional(AvroEncoder& encoder, std::optional<int64_t> value) {
  if (!value) return encoder.put_null_branch();
  encoder.put_value_branch();
  encoder.put_long(*value);
}

// A map from field id to what `value_of` gives; columns for which it gives nothing are left out, an empty map is null.
// `put_value` writes one value.
template <class ValueOf, class PutValue>
void put_map(AvroEncoder& encoder, const std::vector<ColumnStatistics>& statistics, ValueOf value_of,
             PutValue put_value) {
  size_t count = 0;
  for (const ColumnStatistics& column : statistics) count += value_of(column).has_value() ? 1 : 0;
  if (count == 0) return encoder.put_null_branch();
  encoder.put_value_branch();
  encoder.begin_array(count);
  for (const ColumnStatistics& column : statistics) {
    const auto& value = value_of(column);
    if (!value) continue;
    encoder.put_long(column.field_id);
    put_value(*value);
  }
  encoder.end_array(count);
}

void put_statistics(AvroEncoder& encoder, const std::vector<ColumnStatistics>& statistics,
                    const std::unordered_set<int32_t>& doubles) {
  using Count = std::optional<int64_t>;
  const auto put_count = [&](int64_t value) { encoder.put_long(value); };
  const auto put_bound = [&](const std::string& value) { encoder.put_bytes(value); };
  put_map(encoder, statistics, [](const ColumnStatistics& c) { return Count(c.size_bytes); }, put_count);
  put_map(encoder, statistics, [](const ColumnStatistics& c) { return Count(c.value_count); }, put_count);
  put_map(encoder, statistics, [](const ColumnStatistics& c) { return Count(c.null_count); }, put_count);
  put_map(
      encoder, statistics,
      [&](const ColumnStatistics& c) { return doubles.contains(c.field_id) ? Count(c.nan_count) : std::nullopt; },
      put_count);
  put_map(encoder, statistics, [](const ColumnStatistics& c) -> const auto& { return c.lower_bound; }, put_bound);
  put_map(encoder, statistics, [](const ColumnStatistics& c) -> const auto& { return c.upper_bound; }, put_bound);
}

void put_split_offsets(AvroEncoder& encoder, const std::vector<int64_t>& offsets) {
  if (offsets.empty()) return encoder.put_null_branch();
  encoder.put_value_branch();
  encoder.begin_array(offsets.size());
  for (const int64_t offset : offsets) encoder.put_long(offset);
  encoder.end_array(offsets.size());
}

// Field by field in the order of manifest_avro_schema.
void put_entry(AvroEncoder& encoder, const ManifestEntry& entry, const std::unordered_set<int32_t>& doubles) {
  encoder.put_long(static_cast<int64_t>(entry.status));
  put_optional(encoder, entry.snapshot_id);
  put_optional(encoder, entry.sequence_number);
  put_optional(encoder, entry.file_sequence_number);
  encoder.put_long(0);  // content: data
  encoder.put_bytes(entry.file_path);
  encoder.put_bytes("PARQUET");
  encoder.put_long(entry.record_count);
  encoder.put_long(entry.file_size_bytes);
  put_statistics(encoder, entry.statistics, doubles);
  encoder.put_null_branch();  // key_metadata
  put_split_offsets(encoder, entry.split_offsets);
  encoder.put_null_branch();  // equality_ids
  put_optional(encoder, 0);   // sort_order_id: unsorted
}

}  // namespace

std::string write_manifest(const TableSchema& schema, std::span<const ManifestEntry> entries, SyncMarker sync) {
  std::unordered_set<int32_t> doubles;
  collect_doubles(schema.columns, doubles);

  AvroFileWriter file(manifest_avro_schema,
                      {{"schema", boost::json::serialize(to_json(schema))},
                       {"schema-id", std::to_string(schema.schema_id)},
                       {"partition-spec", "[]"},
                       {"partition-spec-id", "0"},
                       {"format-version", "2"},
                       {"content", "data"}},
                      sync);
  std::string record;
  for (const ManifestEntry& entry : entries) {
    record.clear();
    AvroEncoder encoder(record);
    put_entry(encoder, entry, doubles);
    file.append(record);
  }
  return std::move(file).finish();
}

ManifestEntryCounts count_entries(std::span<const ManifestEntry> entries) {
  ManifestEntryCounts counts;
  for (const ManifestEntry& entry : entries) {
    switch (entry.status) {
      case EntryStatus::added:
        ++counts.added_files;
        counts.added_rows += entry.record_count;
        break;
      case EntryStatus::existing:
        ++counts.existing_files;
        counts.existing_rows += entry.record_count;
        break;
      case EntryStatus::deleted:
        ++counts.deleted_files;
        counts.deleted_rows += entry.record_count;
        break;
    }
  }
  return counts;
}

}  // namespace lakegate::iceberg
