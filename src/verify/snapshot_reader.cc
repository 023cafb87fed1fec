#include "verify/snapshot_reader.h"

#include <fmt/format.h>

#include "base/error_codes.h"
#include "objects/object_keys.h"
#include "objects/read_object.h"
#include "verify/finding_kinds.h"

namespace lakegate::verify {
namespace {

std::string counts_text(const ManifestEntryCounts& counts) {
  return fmt::format("{} files of {} rows added, {} of {} existing, {} of {} deleted", counts.added_files,
                     counts.added_rows, counts.existing_files, counts.existing_rows, counts.deleted_files,
                     counts.deleted_rows);
}

}  // namespace

std::optional<std::vector<ListedManifest>> SnapshotReader::read(const Snapshot& snapshot) {
  const auto bytes = read_bytes(snapshot.manifest_list);
  const auto entries = bytes ? iceberg::read_manifest_list(*bytes) : std::unexpected(bytes.error());
  if (!entries) {
    inspector_.find(kinds::list_unreadable, snapshot.manifest_list.text(), entries.error().message,
                    fmt::format("the manifest list of snapshot {} of dataset {}", snapshot.snapshot_id, dataset_));
    return std::nullopt;
  }
  std::vector<ListedManifest> manifests;
  bool whole = true;
  for (const iceberg::ManifestListEntry& listed : *entries) {
    const ManifestFile manifest{.object = take_location(listed.manifest_path),
                                .length_bytes = listed.length_bytes,
                                .sequence_number = listed.sequence_number,
                                .min_sequence_number = listed.min_sequence_number,
                                .added_snapshot_id = listed.added_snapshot_id,
                                .counts = listed.counts};
    const Files* files = read_manifest(listed, manifest);
    whole = whole && files != nullptr;
    manifests.push_back({manifest, files});
  }
  if (!whole) return std::nullopt;
  return manifests;
}

Result<std::string> SnapshotReader::read_bytes(const ObjectKey& key) const {
  LG_ASSIGN(const OpenObject object, inspector_.objects.open(key));
  return read_object(inspector_.objects, key, object.size_bytes);
}

// Empty: none of the table's.
ObjectKey SnapshotReader::take_location(const std::string& location) {
  const auto key = key_of_location(location, table_folder_);
  if (!key || (!inspector_.moved && inspector_.objects.location(*key) != location)) {
    if (locations_elsewhere_++ == 0) first_elsewhere_ = location;
  }
  return key.value_or(ObjectKey());
}

const SnapshotReader::Files* SnapshotReader::read_manifest(const iceberg::ManifestListEntry& listed,
                                                           const ManifestFile& manifest) {
  const auto [place, is_new] = manifests_.try_emplace(manifest.object);
  std::optional<Files>& files = place->second;
  if (is_new) {
    auto parsed = parse(listed, manifest);
    if (parsed) {
      files = *std::move(parsed);
    } else {
      inspector_.find(kinds::manifest_unreadable, listed.manifest_path, parsed.error().message,
                      fmt::format("a manifest of dataset {}", dataset_));
    }
  }
  return files ? &*files : nullptr;
}

Result<SnapshotReader::Files> SnapshotReader::parse(const iceberg::ManifestListEntry& listed,
                                                    const ManifestFile& manifest) {
  if (manifest.object.empty()) return fail(codes::corrupt, "its location is none of the table's");
  LG_ASSIGN(const std::string bytes, read_object(inspector_.objects, manifest.object, listed.length_bytes));
  LG_ASSIGN(auto entries, iceberg::read_manifest(bytes));
  iceberg::inherit(entries, manifest);
  if (const ManifestEntryCounts counts = iceberg::count_entries(entries); counts != listed.counts) {
    inspector_.find(kinds::manifest_differs, manifest.object.text(), counts_text(counts),
                    counts_text(listed.counts) + ", as its list says");
  }
  Files files;
  for (const iceberg::ManifestEntry& entry : entries) {
    if (!entry.is_live()) continue;
    files.push_back({.file = number_of(take_location(entry.file_path)),
                     .record_count = entry.record_count,
                     .file_size_bytes = entry.file_size_bytes,
                     .sequence_number = entry.sequence_number.value_or(0)});
  }
  return files;
}

uint32_t SnapshotReader::number_of(const ObjectKey& key) {
  const auto [place, is_new] = numbers_.try_emplace(key, static_cast<uint32_t>(keys_.size()));
  if (is_new) keys_.push_back(key);
  return place->second;
}

void SnapshotReader::report_locations() {
  if (locations_elsewhere_ == 0) return;
  inspector_.find(kinds::location_elsewhere, fmt::format("dataset {}", dataset_),
                  fmt::format("{} locations of files, the first is {}", locations_elsewhere_, first_elsewhere_),
                  "locations below " + inspector_.objects.location(table_folder_));
}

}  // namespace lakegate::verify
