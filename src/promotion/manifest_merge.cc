#include "promotion/manifest_merge.h"

#include <algorithm>

namespace lakegate {
namespace {

int64_t live_files(const ManifestFile& manifest) {
  return int64_t{manifest.counts.added_files} + manifest.counts.existing_files;
}

// 0 below manifests_to_merge live files, 1 below its square, and so on.
int size_of(const ManifestFile& manifest, const PromotionSettings& settings) {
  int size = 0;
  for (int64_t files = live_files(manifest); files >= settings.manifests_to_merge;
       files /= settings.manifests_to_merge) {
    ++size;
  }
  return size;
}

bool is_full(const ManifestFile& manifest, const PromotionSettings& settings) {
  return manifest.length_bytes > settings.manifest_bytes_max / 2;
}

// The newest neighbours of `size`, smaller ones among them included, smaller ones behind them not.
ManifestRun newest_run(std::span<const ManifestFile> manifests, int size, const PromotionSettings& settings) {
  size_t end = manifests.size();
  while (end > 0 && size_of(manifests[end - 1], settings) < size) --end;
  size_t first = end;
  while (first > 0 && size_of(manifests[first - 1], settings) <= size && !is_full(manifests[first - 1], settings)) {
    --first;
  }
  return {.first = first, .count = end - first};
}

// The oldest of the run, up to what one merge takes. Two that are not full always fit.
ManifestRun fitting(std::span<const ManifestFile> manifests, ManifestRun run, const PromotionSettings& settings) {
  int64_t bytes = 0;
  size_t count = 0;
  while (count < run.count && count < static_cast<size_t>(settings.manifests_to_merge)) {
    bytes += manifests[run.first + count].length_bytes;
    if (bytes > settings.manifest_bytes_max) break;
    ++count;
  }
  return {.first = run.first, .count = count};
}

}  // namespace

std::optional<ManifestRun> choose_merge(std::span<const ManifestFile> manifests, const PromotionSettings& settings) {
  int largest = 0;
  for (const ManifestFile& manifest : manifests) largest = std::max(largest, size_of(manifest, settings));
  for (int size = 0; size <= largest; ++size) {
    const ManifestRun run = newest_run(manifests, size, settings);
    if (run.count >= static_cast<size_t>(settings.manifests_to_merge)) return fitting(manifests, run, settings);
  }
  return std::nullopt;
}

}  // namespace lakegate
