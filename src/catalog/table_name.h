// Table names: what readers of the Iceberg catalog call a dataset.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::catalog {

inline constexpr size_t table_name_bytes_max = 128;

// Made of a dataset's title: letters in lower case, digits and underscores stay, a run of anything else becomes one
// underscore, or nothing at either end. Never a digit first, so that no engine needs quotes; "dataset" where nothing is
// left. At most 100 bytes, which leaves room for a suffix that tells twins apart.
std::string table_name_of(std::string_view title);

// What a client asks for: letters, digits and underscores, 1 to table_name_bytes_max. `invalid_argument`.
Status check_table_name(std::string_view name);

}  // namespace lakegate::catalog
