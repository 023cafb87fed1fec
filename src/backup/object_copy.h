// One object's file into another folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace lakegate::backup {

enum class Copied { linked, copied, lost };

// The first `least_bytes` of `from`, or all of it by a hard link where `link` is true and the file systems allow it. A
// copy keeps the time of the last change. `lost`: it is missing or shorter.
Result<Copied> copy_object(const std::filesystem::path& from, const std::filesystem::path& to, int64_t least_bytes,
                           bool link);

}  // namespace lakegate::backup
