// LocalStore: objects as files below one folder of this machine's disk.
#pragma once

#include <filesystem>
#include <memory>

#include "base/fatal.h"
#include "objects/object_store.h"

namespace lakegate {

// Opens `root` (made where missing, durable). Files are opened relative to it and never through a symbolic link.
// Thread-safe. A failed fsync calls `on_fatal`, and the store refuses all writing from then on.
Result<std::unique_ptr<ObjectStore>> open_local_store(const std::filesystem::path& root,
                                                      FatalHandler on_fatal = stop_process);

}  // namespace lakegate
