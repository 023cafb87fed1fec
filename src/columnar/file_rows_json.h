// FileRows, or why there are none, as JSON text: what a locked-in process answers with.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "columnar/row_reader.h"

namespace lakegate::columnar {

std::string file_rows_to_json(const Result<FileRows>& rows);

// Safe on hostile text: depth, sizes and counts are limited by `query` and the limits of judging. `corrupt`: it is not
// what file_rows_to_json writes, or that is what it says; `too_large` is passed on.
Result<FileRows> file_rows_from_json(std::string_view text, const RowQuery& query);

}  // namespace lakegate::columnar
