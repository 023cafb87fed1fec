// What lies in a local store's folder.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "objects/object_store.h"

namespace lakegate::objects {

// ObjectStore::list over the files below `root`. Follows no links.
Status list_folder(const std::filesystem::path& root, const ObjectStore::OnListed& on_listed);

}  // namespace lakegate::objects
