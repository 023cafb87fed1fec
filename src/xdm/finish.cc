#include "xdm/finish.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "model/error_codes.h"
#include "xdm/field_type.h"

namespace lakegate::xdm {
namespace {

std::string_view json_type(FieldType type) {
  if (is_integer(type)) return "integer";
  switch (type) {
    case FieldType::none: return "";
    case FieldType::boolean: return "boolean";
    case FieldType::number: return "number";
    case FieldType::array: return "array";
    case FieldType::object:
    case FieldType::map: return "object";
    default: return "string";
  }
}

class Finisher {
 public:
  Status field(JsonObject& field, const std::string& path, size_t depth);

 private:
  Status children(JsonObject& field, const std::string& path, size_t depth);
  Status child(JsonObject& parent, std::string_view key, const std::string& path, size_t depth);
};

Status check_type(const JsonObject& field, const std::string& path) {
  constexpr std::array known = {"string", "integer", "number", "boolean", "array", "object", "null"};
  const std::string_view type = text_member(field, "type");
  if (field.contains("type") && !field.at("type").is_array() && std::ranges::find(known, type) == known.end()) {
    return fail(codes::schema_invalid,
                "Field \"{}\" has the type \"{}\"; expected one of string, integer, number, boolean, array, object.",
                path, type);
  }
  const auto stated = parse_field_type(text_member(field, "meta:xdmType"));
  if (!stated || type.empty() || json_type(*stated) == type) return {};
  return fail(
      codes::schema_invalid,
      "Field \"{}\" has the type \"{}\" but the meta:xdmType \"{}\", which goes with type \"{}\". Make them agree.",
      path, type, to_string(*stated), json_type(*stated));
}

Status Finisher::child(JsonObject& parent, std::string_view key, const std::string& path, size_t depth) {
  JsonValue* value = parent.if_contains(key);
  if (value == nullptr) return {};
  if (value->is_object()) return field(value->get_object(), path, depth);
  if (key != "items") return {};
  return fail(codes::schema_invalid, "Field \"{}\": \"items\" must be one schema for all items, an object.", path);
}

Status Finisher::children(JsonObject& field, const std::string& path, size_t depth) {
  if (JsonValue* properties = field.if_contains("properties"); properties != nullptr && properties->is_object()) {
    for (auto& [name, value] : properties->get_object()) {
      const std::string below = path.empty() ? std::string(name) : path + "." + std::string(name);
      LG_TRY(this->field(value.get_object(), below, depth + 1));
    }
  }
  LG_TRY(child(field, "items", path + "[]", depth + 1));
  LG_TRY(child(field, "additionalProperties", path + "{}", depth + 1));
  if (JsonValue* patterns = field.if_contains("patternProperties"); patterns != nullptr && patterns->is_object()) {
    for (auto& [pattern, value] : patterns->get_object())
      LG_TRY(this->field(value.get_object(), path + "{}", depth + 1));
  }
  return {};
}

Status Finisher::field(JsonObject& field, const std::string& path, size_t depth) {
  if (depth > resolved_depth_max) {
    return fail(codes::schema_invalid, "Field \"{}\" is nested {} levels deep; at most {} are possible.", path, depth,
                resolved_depth_max);
  }
  LG_TRY(check_type(field, path));
  LG_TRY(children(field, path, depth));
  const FieldType type = field_type(field);
  if (type == FieldType::none) return {};
  if (!field.contains("type")) field["type"] = json_type(type);
  if (!field.contains("meta:xdmType")) field["meta:xdmType"] = to_string(type);
  return {};
}

}  // namespace

Status finish(JsonObject& tree) { return Finisher().field(tree, "", 0); }

bool has_path(const JsonObject& tree, std::string_view path) {
  const JsonObject* at = &tree;
  while (at != nullptr && !path.empty()) {
    if (path.starts_with("[]") || path.starts_with("{}")) {
      at = object_member(*at, path.front() == '[' ? "items" : "additionalProperties");
      path.remove_prefix(path.size() > 2 ? 3 : 2);
      continue;
    }
    at = object_member(*at, "properties");
    // A name may hold dots: the longest that fits is taken.
    size_t end = path.size();
    while (at != nullptr && end > 0 && end != std::string_view::npos &&
           object_member(*at, path.substr(0, end)) == nullptr) {
      end = path.rfind('.', end - 1);
    }
    if (at == nullptr || end == 0 || end == std::string_view::npos) return false;
    at = object_member(*at, path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return at != nullptr;
}

}  // namespace lakegate::xdm
