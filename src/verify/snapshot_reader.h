// SnapshotReader: what the snapshots of one table hold, read out of the store as a reader of the table would, each
// manifest once. What cannot be read is a finding.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "iceberg/manifest.h"
#include "iceberg/manifest_list.h"
#include "model/ids.h"
#include "model/table_state.h"
#include "verify/inspector.h"

namespace lakegate::verify {

// A live entry of a manifest.
struct ListedFile {
  uint32_t file = 0;  // number in SnapshotReader::keys()
  int64_t record_count = 0;
  int64_t file_size_bytes = 0;
  int64_t sequence_number = 0;
};

struct ListedManifest {
  ManifestFile manifest;  // as the list has it
  const std::vector<ListedFile>* files = nullptr;
};

class SnapshotReader {
 public:
  SnapshotReader(Inspector& inspector, const DatasetId& dataset, ObjectKey table_folder)
      : inspector_(inspector), dataset_(dataset), table_folder_(std::move(table_folder)) {}

  // In the list's order. Nothing: it cannot be read, which is a finding already.
  std::optional<std::vector<ListedManifest>> read(const Snapshot& snapshot);

  // Files that were met, by their number.
  const std::vector<ObjectKey>& keys() const { return keys_; }

  // One finding for all locations that are not where the store is now.
  void report_locations();

 private:
  using Files = std::vector<ListedFile>;

  Result<std::string> read_bytes(const ObjectKey& key) const;
  ObjectKey take_location(const std::string& location);
  const Files* read_manifest(const iceberg::ManifestListEntry& listed, const ManifestFile& manifest);
  Result<Files> parse(const iceberg::ManifestListEntry& listed, const ManifestFile& manifest);
  uint32_t number_of(const ObjectKey& key);

  Inspector& inspector_;
  const DatasetId dataset_;
  const ObjectKey table_folder_;
  std::map<ObjectKey, std::optional<Files>> manifests_;  // none: unreadable
  std::vector<ObjectKey> keys_;
  std::unordered_map<ObjectKey, uint32_t> numbers_;
  int64_t locations_elsewhere_ = 0;
  std::string first_elsewhere_;
};

}  // namespace lakegate::verify
