// The last pass over a resolved tree: shapes are checked and what a registry derives is added.
#pragma once

#include <string_view>

#include "xdm/document.h"

namespace lakegate::xdm {

// Adds `type` and `meta:xdmType` where they are absent and known. `schema_invalid` names the field whose `type` is no
// JSON type, contradicts its `meta:xdmType`, or whose depth is over the limit.
Status finish(JsonObject& tree);

// Whether the tree has a field at this path of names joined by '.', with "[]" and "{}" for items and map values; the
// empty one always is.
bool has_path(const JsonObject& tree, std::string_view path);

}  // namespace lakegate::xdm
