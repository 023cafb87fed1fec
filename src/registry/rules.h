// Rules that a POSTed resource must keep, beyond being a resolvable schema (contract/schema-registry.md, "Resources").
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "registry/library.h"
#include "registry/resource.h"

namespace lakegate::registry {

// `title` and `type`, which every resource has, wherever it comes from. `schema_invalid`.
Status check_form(ResourceType type, const xdm::JsonObject& body);

// A null stands for nothing in a schema, except as a value (`const`, `enum`, `default`, `examples`). `schema_invalid`
// names the place.
Status check_no_nulls(const xdm::JsonObject& body);

// Its columns and checks can be made: found out when it comes in rather than with the first dataset.
// `schema_invalid`.
Status check_table(const xdm::ResolvedSchema& resolved);

// Members that every type needs, and what its `allOf` and `meta:intendedToExtend` must name.
// `schema_invalid`, `schema_reference_unknown`.
Status check_members(Library& library, ResourceType type, const xdm::JsonObject& body);

// Fields of the resource's own stand below `_TENANT`; those of an ad-hoc class below `_adhoc`. Data types are free.
// `schema_namespace` names the field and where it belongs.
Status check_namespace(ResourceType type, const xdm::JsonObject& body, std::string_view tenant);

// The $id of the one class that a schema's `allOf` names. `schema_invalid` when it names none or several.
Result<ResourceId> class_of(Library& library, const xdm::JsonObject& schema);

}  // namespace lakegate::registry
