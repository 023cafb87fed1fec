// Manifests: which data files a snapshot has. Iceberg table specification v2, "Manifests". Unpartitioned tables (spec
// 0), content = data, format = Parquet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/avro_file.h"
#include "model/table_schema.h"
#include "model/table_state.h"
#include "model/validation_report.h"

namespace lakegate::iceberg {

// Numbers are the specification's.
enum class EntryStatus { existing = 0, added = 1, deleted = 2 };

struct ManifestEntry {
  EntryStatus status = EntryStatus::added;
  std::optional<int64_t> snapshot_id = {};           // that added it, or deleted it
  std::optional<int64_t> sequence_number = {};       // null in ADDED entries: inherited from the manifest
  std::optional<int64_t> file_sequence_number = {};  // the same
  std::string file_path = {};                        // URI
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;
  std::vector<int64_t> split_offsets = {};
  std::vector<ColumnStatistics> statistics = {};

  bool is_live() const { return status != EntryStatus::deleted; }
  bool operator==(const ManifestEntry&) const = default;
};

// `schema` goes into the header whole.
std::string write_manifest(const TableSchema& schema, std::span<const ManifestEntry> entries, SyncMarker sync);

// Entries as written: nulls are still null. `corrupt` where the bytes are no manifest of data files of spec 0.
Result<std::vector<ManifestEntry>> read_manifest(std::string_view bytes, const AvroLimits& limits = {});

// Fills the nulls as the specification's "Sequence Number Inheritance" and "Inheriting snapshot id" say.
void inherit(std::vector<ManifestEntry>& entries, const ManifestFile& manifest);

ManifestEntryCounts count_entries(std::span<const ManifestEntry> entries);

}  // namespace lakegate::iceberg
