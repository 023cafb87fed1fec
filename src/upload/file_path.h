// The client's name of a file within its batch: data in the ledger, never a path of ours on disk.
#pragma once

#include <string_view>

#include "base/result.h"

namespace lakegate::upload {

inline constexpr size_t file_path_bytes_max = 1024;

// `path` is percent-decoded. Refused (`file_path_invalid`, saying which part and why): empty, over
// file_path_bytes_max, not UTF-8, control characters, segments that are empty, "." or "..". Everything else is a
// name, `part1=a/part2=b/x.parquet`, '#', '?' and '\' included.
Status check_file_path(std::string_view path);

}  // namespace lakegate::upload
