// A whole small object (manifest, metadata) in memory.
#pragma once

#include <string>

#include "objects/object_store.h"

namespace lakegate {

// `corrupt`: the object has not `size_bytes`. `not_found`. Blocks.
Result<std::string> read_object(ObjectStore& objects, const ObjectKey& key, int64_t size_bytes);

}  // namespace lakegate
