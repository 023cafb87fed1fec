// Resource: one entry of the schema registry, in the words of contract/schema-registry.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/ids.h"
#include "xdm/document.h"

namespace lakegate::registry {

// The names are those of paths and of `meta:resourceType`; the path `fieldgroups` is `mixins` too. Unions are made,
// never stored.
enum class ResourceType { schemas, classes, mixins, datatypes, behaviors, unions };

// `global`: built in or imported, read only for tenants. `tenant`: the sandbox's own.
enum class Container { global, tenant };

struct Resource {
  ResourceId id;
  std::string alt_id;  // meta:altId
  ResourceType type = ResourceType::schemas;
  Container container = Container::tenant;
  std::string title;
  std::string version;       // "1.0", minor +1 per change
  xdm::JsonObject document;  // raw, server-set members included
};

std::string_view to_string(ResourceType type);
std::string_view to_string(Container container);
// Unions are none of what comes in: not among these.
std::optional<ResourceType> parse_resource_type(std::string_view path_segment);
std::optional<Container> parse_container(std::string_view path_segment);

// `https://ns.adobe.com/acme/schemas/0a1b` → `_acme.schemas.0a1b`; `https://ns.adobe.com/xdm/context/profile` →
// `_xdm.context.profile`.
std::string alt_id_of(std::string_view id);

}  // namespace lakegate::registry
