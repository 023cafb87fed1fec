// Positions of a table's manifests: numbers with wide gaps between them, so that a manifest that comes or goes leaves
// the rows of all others as they are. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lakegate::ledger {

// For manifests in list order, those that have a position and new ones: ascending positions. One that is there stays,
// unless the order changed or a gap is used up: then all are numbered anew.
std::vector<int64_t> place_manifests(std::span<const std::optional<int64_t>> stored);

}  // namespace lakegate::ledger
