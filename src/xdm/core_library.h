// The built-in global resources: behaviours, classes, data types and field groups of the public model's names, embedded
// in the binary from core/*.json. Immutable and loaded once.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "xdm/document.h"

namespace lakegate::xdm {

struct CoreResource {
  std::string id;       // $id
  std::string type;     // meta:resourceType: behaviors, classes, mixins, datatypes
  JsonObject document;  // raw, XDM names
};

// Ascending $id. Thread-safe.
std::span<const CoreResource> core_library();
const CoreResource* find_core_resource(std::string_view id);

}  // namespace lakegate::xdm
