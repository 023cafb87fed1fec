// LocalStore: objects as files below one folder of this machine's disk.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "base/fatal.h"
#include "objects/object_store.h"

namespace lakegate {

// The two calls that make bytes durable, so that a test can make them fail.
struct DurabilityCalls {
  std::function<int(int fd)> sync_file = ::fdatasync;
  std::function<int(int fd)> sync_folder = ::fsync;
};

// Opens `root` (made where missing, durable). Files are opened relative to it and never through a symbolic link.
// Thread-safe. A failed fsync calls `on_fatal`, and the store refuses all writing from then on. `invalid`: a path that
// table readers cannot take, since they cut it at '#' and '?'.
Result<std::unique_ptr<ObjectStore>> open_local_store(const std::filesystem::path& root,
                                                      FatalHandler on_fatal = stop_process, DurabilityCalls calls = {});

}  // namespace lakegate
