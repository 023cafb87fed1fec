#include "promotion/manifest_entries.h"

#include <algorithm>
#include <iterator>

#include "base/error_codes.h"
#include "objects/read_object.h"

namespace lakegate {
namespace {

Result<std::vector<iceberg::ManifestEntry>> read_entries(ObjectStore& objects, const ManifestFile& manifest) {
  LG_ASSIGN(const std::string bytes, read_object(objects, manifest.object, manifest.length_bytes));
  auto entries = iceberg::read_manifest(bytes);
  if (!entries) return fail(codes::corrupt, "Manifest {}: {}", manifest.object, entries.error().message);
  iceberg::inherit(*entries, manifest);
  return entries;
}

}  // namespace

Result<std::vector<iceberg::ManifestEntry>> read_live_entries(ObjectStore& objects,
                                                              std::span<const ManifestFile> manifests) {
  std::vector<iceberg::ManifestEntry> live;
  for (const ManifestFile& manifest : manifests) {
    LG_ASSIGN(std::vector<iceberg::ManifestEntry> entries, read_entries(objects, manifest));
    std::ranges::copy_if(std::move_iterator(entries.begin()), std::move_sentinel(entries.end()),
                         std::back_inserter(live), &iceberg::ManifestEntry::is_live);
  }
  return live;
}

}  // namespace lakegate
