// The state of a dataset's Iceberg table as the ledger holds it: all that table metadata (JSON) is rendered from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/table_schema.h"
#include "model/validation_report.h"

namespace lakegate {

// One data file of a table. Iceberg "Manifests", struct data_file.
struct DataFile {
  ObjectKey object = {};
  BatchId batch_id = {};
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;  // table_bytes: what was sent plus the tail
  std::vector<int64_t> split_offsets = {};
  std::vector<ColumnStatistics> statistics = {};
};

// One entry of a manifest list. Iceberg "Manifest Lists", struct manifest_file.
struct ManifestEntryCounts {
  int32_t added_files = 0;
  int32_t existing_files = 0;
  int32_t deleted_files = 0;
  int64_t added_rows = 0;
  int64_t existing_rows = 0;
  int64_t deleted_rows = 0;
  bool operator==(const ManifestEntryCounts&) const = default;
};

struct ManifestFile {
  ObjectKey object = {};
  int64_t length_bytes = 0;
  int64_t sequence_number = 0;
  int64_t min_sequence_number = 0;  // of live entries
  int64_t added_snapshot_id = 0;
  ManifestEntryCounts counts = {};
  bool operator==(const ManifestFile&) const = default;
};

struct Snapshot {
  int64_t snapshot_id = 0;
  std::optional<int64_t> parent_snapshot_id = {};
  int64_t sequence_number = 0;
  Millis timestamp = 0;
  ObjectKey manifest_list = {};
  int32_t schema_id = 0;
  std::map<std::string, std::string> summary = {};  // with "operation"
};

struct TableState {
  DatasetId dataset_id = {};
  std::string uuid = {};
  int64_t version = 0;  // grows by one per commit; the compare-and-swap guard
  int64_t last_sequence_number = 0;
  Millis last_updated = 0;
  int32_t last_column_id = 0;
  int32_t current_schema_id = 0;
  std::vector<TableSchema> schemas = {};  // those still referenced, ascending id
  std::map<std::string, std::string> properties = {};
  std::vector<Snapshot> snapshots = {};      // ascending sequence number; the last one is current; may be empty
  std::vector<ManifestFile> manifests = {};  // of the current snapshot, in manifest list order
};

}  // namespace lakegate
