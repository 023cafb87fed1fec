// Which columns have statistics in manifests: a table of 10,000 columns must not have manifests to match.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "model/table_schema.h"

namespace lakegate::iceberg {

inline constexpr size_t measured_columns_max = 100;

// Field ids of the first `measured_columns_max` leaves and of `_id` and `timestamp` at the root, which event data is
// searched by. Leaves within lists and maps are none: no reader's filter can name them.
std::unordered_set<int32_t> measured_columns(const TableSchema& schema);

}  // namespace lakegate::iceberg
