// Manifest lists: which manifests a snapshot has. Iceberg table specification v2, "Manifest Lists".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/avro_file.h"
#include "iceberg/locate.h"
#include "model/table_state.h"

namespace lakegate::iceberg {

struct ManifestListEntry {
  std::string manifest_path = {};  // URI
  int64_t length_bytes = 0;
  int32_t partition_spec_id = 0;
  int32_t content = 0;  // 0: data
  int64_t sequence_number = 0;
  int64_t min_sequence_number = 0;
  int64_t added_snapshot_id = 0;
  ManifestEntryCounts counts = {};

  bool operator==(const ManifestListEntry&) const = default;
};

// The list of `snapshot`, whose id, parent and sequence number go into the header.
std::string write_manifest_list(const Snapshot& snapshot, std::span<const ManifestFile> manifests, const Locate& locate,
                                SyncMarker sync);

Result<std::vector<ManifestListEntry>> read_manifest_list(std::string_view bytes, const AvroLimits& limits = {});

}  // namespace lakegate::iceberg
