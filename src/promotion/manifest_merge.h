// Which manifests an append round merges. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "model/table_state.h"
#include "promotion/promotion_settings.h"

namespace lakegate {

// `count` neighbours in a manifest list, from index `first` on.
struct ManifestRun {
  size_t first = 0;
  size_t count = 0;
  bool operator==(const ManifestRun&) const = default;
};

// Manifests have sizes in powers of `manifests_to_merge`: so many of one size become one of the next, as digits carry.
// An entry is rewritten once for each size, and a list has fewer than manifests_to_merge of each. Those over half of
// manifest_bytes_max stay as they are for good. At most one run; neighbours only, so that the sequence numbers in a
// manifest stay a narrow range.
std::optional<ManifestRun> choose_merge(std::span<const ManifestFile> manifests, const PromotionSettings& settings);

}  // namespace lakegate
