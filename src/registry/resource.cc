#include "registry/resource.h"

#include <array>
#include <vector>

namespace lakegate::registry {
namespace {

constexpr std::array all_types = {ResourceType::schemas, ResourceType::classes, ResourceType::mixins,
                                  ResourceType::datatypes, ResourceType::behaviors};

}  // namespace

std::string_view to_string(ResourceType type) {
  switch (type) {
    case ResourceType::schemas: return "schemas";
    case ResourceType::classes: return "classes";
    case ResourceType::mixins: return "mixins";
    case ResourceType::datatypes: return "datatypes";
    case ResourceType::behaviors: return "behaviors";
    case ResourceType::unions: return "unions";
  }
  return "";
}

std::string_view to_string(Container container) { return container == Container::global ? "global" : "tenant"; }

std::optional<ResourceType> parse_resource_type(std::string_view path_segment) {
  if (path_segment == "fieldgroups") return ResourceType::mixins;
  for (const ResourceType type : all_types) {
    if (to_string(type) == path_segment) return type;
  }
  return std::nullopt;
}

std::optional<Container> parse_container(std::string_view path_segment) {
  if (path_segment == "global") return Container::global;
  if (path_segment == "tenant") return Container::tenant;
  return std::nullopt;
}

std::string alt_id_of(std::string_view id) {
  for (const std::string_view start : {"https://ns.adobe.com/", "http://ns.adobe.com/", "https://", "http://"}) {
    if (!id.starts_with(start)) continue;
    id.remove_prefix(start.size());
    break;
  }
  std::string alt_id = "_";
  for (const char c : id) alt_id += c == '/' || c == '#' ? '.' : c;
  return alt_id;
}

}  // namespace lakegate::registry
