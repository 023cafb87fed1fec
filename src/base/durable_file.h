// A small file that is there whole or not at all, whatever happens meanwhile.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace lakegate {

// Replaces `path` by `text`, readable by its owner alone (0600). Written beside as `path`.new, synced, renamed, folder
// synced: durable when this returns. A crash may leave the .new file, which the next call overwrites. `internal` names
// the step that failed.
Status write_private_file(const std::filesystem::path& path, std::string_view text);

}  // namespace lakegate
