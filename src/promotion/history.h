// What of a table's past its metadata keeps. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "model/table_state.h"

namespace lakegate {

// Takes the oldest snapshots over `snapshots_max` (at least one stays) out of the state, and schemas that no snapshot
// left refers to; the current one stays. Returns the manifest lists that nothing refers to any more.
std::vector<ObjectKey> prune_history(TableState& table, int64_t snapshots_max);

// The same for snapshots that others came after at `before` or earlier.
std::vector<ObjectKey> prune_superseded(TableState& table, Millis before);

}  // namespace lakegate
