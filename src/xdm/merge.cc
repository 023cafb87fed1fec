#include "xdm/merge.h"

#include <algorithm>
#include <utility>

#include "model/error_codes.h"
#include "xdm/field_type.h"

namespace lakegate::xdm {
namespace {

// `name` is a step of the path: a property, or "[]" and "{}" for items and map values.
// A clash deep inside is reported with the path that leads to it, one name added per level on the way out.
Status at(std::string_view name, Status status) {
  if (status.has_value() || status.error().code != &codes::schema_type_clash) return status;
  std::string& message = status.error().message;
  const bool at_end = message.starts_with(':');
  message = std::string(name) + (at_end ? "" : ".") + message;
  return status;
}

bool is_empty_object(const JsonObject& field, FieldType type) {
  const JsonObject* properties = object_member(field, "properties");
  return type == FieldType::object && (properties == nullptr || properties->empty());
}

Status check_agreement(const JsonObject& a, const JsonObject& b) {
  const FieldType type_a = stated_type(a);
  const FieldType type_b = stated_type(b);
  if (types_agree(type_a, type_b)) return {};
  if (type_b == FieldType::map && is_empty_object(a, type_a)) return {};
  if (type_a == FieldType::map && is_empty_object(b, type_b)) return {};
  return fail(codes::schema_type_clash, ": {} and {}", to_string(type_a), to_string(type_b));
}

void unite(boost::json::array& names, const boost::json::array& more) {
  for (const JsonValue& name : more) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
}

Status merge_member(JsonObject& target, std::string_view key, JsonValue value, Clash clash) {
  JsonValue* present = target.if_contains(key);
  if (present == nullptr) {
    target.emplace(key, std::move(value));
    return {};
  }
  if (key == "properties" && present->is_object() && value.is_object()) {
    for (auto& [name, field] : value.get_object()) {
      if (field.is_object()) LG_TRY(merge_property(present->get_object(), name, std::move(field.get_object()), clash));
    }
    return {};
  }
  if ((key == "items" || key == "additionalProperties") && present->is_object() && value.is_object()) {
    return at(key == "items" ? "[]" : "{}",
              merge_alternative(present->get_object(), std::move(value.get_object()), clash));
  }
  if (key == "additionalProperties" && present->is_object()) return {};  // a flag does not unmake a map
  if (key == "required" && present->is_array() && value.is_array()) {
    unite(present->get_array(), value.get_array());
    return {};
  }
  *present = std::move(value);
  return {};
}

}  // namespace

Status merge_schema(JsonObject& target, JsonObject addition, Clash clash) {
  for (auto& [key, value] : addition) LG_TRY(merge_member(target, key, std::move(value), clash));
  return {};
}

Status merge_alternative(JsonObject& target, JsonObject addition, Clash clash) {
  Status agreed = check_agreement(target, addition);
  if (!agreed && clash == Clash::refuse) return agreed;
  if (!agreed) target.clear();
  return merge_schema(target, std::move(addition), clash);
}

Status merge_property(JsonObject& properties, std::string_view name, JsonObject addition, Clash clash) {
  JsonValue* present = properties.if_contains(name);
  if (present == nullptr || !present->is_object()) {
    properties[name] = std::move(addition);
    return {};
  }
  return at(name, merge_alternative(present->get_object(), std::move(addition), clash));
}

}  // namespace lakegate::xdm
