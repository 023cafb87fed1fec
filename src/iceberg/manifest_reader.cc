#include <functional>
#include <map>

#include "base/error_codes.h"
#include "iceberg/avro_fields.h"
#include "iceberg/manifest.h"

namespace lakegate::iceberg {
namespace {

std::optional<int64_t> optional_integer(const AvroValue& record, int32_t field_id) {
  const AvroValue* field = record.field(field_id);
  return field == nullptr ? std::nullopt : field->integer();
}

using ByColumn = std::map<int32_t, ColumnStatistics>;

// One of the maps of struct data_file. Absent or null: no column has a value.
Status read_map(const AvroValue& data_file, int32_t map_id, int32_t key_id, int32_t value_id, ByColumn& columns,
                const std::function<bool(ColumnStatistics&, const AvroValue&)>& set) {
  const AvroValue* map = data_file.field(map_id);
  if (map == nullptr || map->is_null()) return {};
  if (map->items() == nullptr) return fail(codes::corrupt, "field {} is no map", map_id);
  for (const AvroValue& pair : *map->items()) {
    LG_ASSIGN(const int64_t key, required_integer(pair, key_id));
    const AvroValue* value = pair.field(value_id);
    ColumnStatistics& column = columns[static_cast<int32_t>(key)];
    column.field_id = static_cast<int32_t>(key);
    if (value == nullptr || !set(column, *value)) return fail(codes::corrupt, "no value in a pair of map {}", map_id);
  }
  return {};
}

auto count_into(int64_t ColumnStatistics::* member) {
  return [member](ColumnStatistics& column, const AvroValue& value) {
    column.*member = value.integer().value_or(0);
    return value.integer().has_value();
  };
}

auto bound_into(std::optional<std::string> ColumnStatistics::* member) {
  return [member](ColumnStatistics& column, const AvroValue& value) {
    column.*member = value.text();
    return value.text().has_value();
  };
}

Result<std::vector<ColumnStatistics>> read_statistics(const AvroValue& file) {
  ByColumn columns;
  LG_TRY(read_map(file, 108, 117, 118, columns, count_into(&ColumnStatistics::size_bytes)));
  LG_TRY(read_map(file, 109, 119, 120, columns, count_into(&ColumnStatistics::value_count)));
  LG_TRY(read_map(file, 110, 121, 122, columns, count_into(&ColumnStatistics::null_count)));
  LG_TRY(read_map(file, 137, 138, 139, columns, count_into(&ColumnStatistics::nan_count)));
  LG_TRY(read_map(file, 125, 126, 127, columns, bound_into(&ColumnStatistics::lower_bound)));
  LG_TRY(read_map(file, 128, 129, 130, columns, bound_into(&ColumnStatistics::upper_bound)));
  std::vector<ColumnStatistics> statistics;
  statistics.reserve(columns.size());
  for (auto& [id, column] : columns) statistics.push_back(std::move(column));
  return statistics;
}

Result<std::vector<int64_t>> read_split_offsets(const AvroValue& file) {
  std::vector<int64_t> offsets;
  const AvroValue* list = file.field(132);
  if (list == nullptr || list->is_null()) return offsets;
  if (list->items() == nullptr) return fail(codes::corrupt, "split_offsets is no list");
  for (const AvroValue& item : *list->items()) {
    if (!item.integer()) return fail(codes::corrupt, "split_offsets holds no numbers");
    offsets.push_back(*item.integer());
  }
  return offsets;
}

Result<ManifestEntry> read_entry(const AvroValue& record) {
  ManifestEntry entry;
  LG_ASSIGN(const int64_t status, required_integer(record, 0));
  if (status < 0 || status > 2) return fail(codes::corrupt, "status {} where 0, 1 or 2 was expected", status);
  entry.status = static_cast<EntryStatus>(status);
  entry.snapshot_id = optional_integer(record, 1);
  entry.sequence_number = optional_integer(record, 3);
  entry.file_sequence_number = optional_integer(record, 4);

  const AvroValue* file = record.field(2);
  if (file == nullptr) return fail(codes::corrupt, "no data_file");
  if (optional_integer(*file, 134).value_or(0) != 0) return fail(codes::corrupt, "a delete file among data files");
  LG_ASSIGN(entry.file_path, required_text(*file, 100));
  LG_ASSIGN(entry.record_count, required_integer(*file, 103));
  LG_ASSIGN(entry.file_size_bytes, required_integer(*file, 104));
  LG_ASSIGN(entry.statistics, read_statistics(*file));
  LG_ASSIGN(entry.split_offsets, read_split_offsets(*file));
  return entry;
}

Status check_header(const std::map<std::string, std::string>& metadata) {
  const auto expect = [&](const std::string& key, std::string_view expected) -> Status {
    const auto found = metadata.find(key);
    if (found != metadata.end() && found->second == expected) return {};
    return fail(codes::corrupt, "the manifest's header says {} = '{}' where '{}' was expected", key,
                found == metadata.end() ? "" : found->second, expected);
  };
  LG_TRY(expect("format-version", "2"));
  LG_TRY(expect("content", "data"));
  return expect("partition-spec-id", "0");
}

}  // namespace

Result<std::vector<ManifestEntry>> read_manifest(std::string_view bytes, const AvroLimits& limits) {
  LG_ASSIGN(AvroFileReader file, AvroFileReader::open(bytes, limits));
  LG_TRY(check_header(file.metadata()));
  std::vector<ManifestEntry> entries;
  while (true) {
    LG_ASSIGN(const std::optional<AvroValue> record, file.next());
    if (!record) return entries;
    auto entry = read_entry(*record);
    if (!entry) return fail(codes::corrupt, "manifest entry {}: {}", entries.size(), entry.error().message);
    entries.push_back(std::move(*entry));
  }
}

void inherit(std::vector<ManifestEntry>& entries, const ManifestFile& manifest) {
  for (ManifestEntry& entry : entries) {
    if (!entry.snapshot_id) entry.snapshot_id = manifest.added_snapshot_id;
    // Only ADDED entries may be null; the numbers of others are their own.
    if (!entry.sequence_number) entry.sequence_number = manifest.sequence_number;
    if (!entry.file_sequence_number) entry.file_sequence_number = manifest.sequence_number;
  }
}

}  // namespace lakegate::iceberg
