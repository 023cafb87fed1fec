#include "xdm/field_type.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace lakegate::xdm {
namespace {

struct IntegerRange {
  FieldType type;
  int64_t minimum;
  int64_t maximum;
};

constexpr int64_t exact_in_double = 9007199254740991;  // 2^53 - 1

constexpr std::array integer_ranges = {
    IntegerRange{FieldType::byte, -128, 127}, IntegerRange{FieldType::short_integer, -32768, 32767},
    IntegerRange{FieldType::integer, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()},
    IntegerRange{FieldType::long_integer, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}};

const IntegerRange& range_of(FieldType type) {
  return integer_ranges[static_cast<size_t>(type) - static_cast<size_t>(FieldType::byte)];
}

// A JSON number as the nearest integer on its inner side: 0.5 as a minimum is 1. Saturates.
std::optional<int64_t> integer_member(const JsonObject& field, std::string_view name, bool round_up) {
  const JsonValue* value = field.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  if (value->is_uint64()) return std::numeric_limits<int64_t>::max();
  if (!value->is_double()) return std::nullopt;
  const double number = round_up ? std::ceil(value->get_double()) : std::floor(value->get_double());
  if (number >= 9223372036854775807.0) return std::numeric_limits<int64_t>::max();
  if (number <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(number);
}

bool is_true(const JsonObject& field, std::string_view name) {
  const JsonValue* value = field.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// Draft 6 writes exclusive bounds as numbers, draft 4 as flags beside `minimum` and `maximum`.
IntegerBounds declared_bounds(const JsonObject& field) {
  IntegerBounds bounds{integer_member(field, "minimum", true), integer_member(field, "maximum", false)};
  if (bounds.minimum && is_true(field, "exclusiveMinimum")) ++*bounds.minimum;
  if (bounds.maximum && is_true(field, "exclusiveMaximum")) --*bounds.maximum;
  if (const auto above = integer_member(field, "exclusiveMinimum", false)) {
    bounds.minimum = std::max(bounds.minimum.value_or(std::numeric_limits<int64_t>::min()), *above + 1);
  }
  if (const auto below = integer_member(field, "exclusiveMaximum", true)) {
    bounds.maximum = std::min(bounds.maximum.value_or(std::numeric_limits<int64_t>::max()), *below - 1);
  }
  return bounds;
}

// A documented upper bound is one past the range: 128 together with -128, or where `meta:xdmType` says byte.
bool holds(const IntegerRange& range, const IntegerBounds& bounds, FieldType stated) {
  const bool one_past = stated == range.type || bounds.minimum == range.minimum;
  const int64_t highest = one_past && range.type != FieldType::long_integer ? range.maximum + 1 : range.maximum;
  return bounds.minimum.value_or(range.minimum) >= range.minimum && bounds.maximum.value_or(range.maximum) <= highest;
}

FieldType integer_type(const JsonObject& field, FieldType stated) {
  const IntegerBounds bounds = declared_bounds(field);
  FieldType fit = is_integer(stated) ? stated : FieldType::byte;
  if (stated == FieldType::none || !is_integer(stated)) {
    if (!bounds.minimum || !bounds.maximum) fit = FieldType::integer;  // an open side is an int's
  }
  for (const IntegerRange& range : integer_ranges) {
    if (range.type >= fit && holds(range, bounds, stated)) return range.type;
  }
  return FieldType::long_integer;
}

FieldType text_type(const JsonObject& field, FieldType stated) {
  const std::string_view format = text_member(field, "format");
  if (format == "date-time") return FieldType::date_time;
  if (format == "date") return FieldType::date;
  return stated == FieldType::date || stated == FieldType::date_time ? stated : FieldType::string;
}

bool has_entries(const JsonObject& field, std::string_view name) {
  const JsonObject* object = object_member(field, name);
  return object != nullptr && !object->empty();
}

FieldType object_type(const JsonObject& field, FieldType stated) {
  if (has_entries(field, "properties")) return FieldType::object;
  return stated == FieldType::map || map_value(field) != nullptr ? FieldType::map : FieldType::object;
}

// `const` and `enum` tell by their values.
FieldType type_of_values(const JsonObject& field) {
  const JsonValue* value = field.if_contains("const");
  if (const boost::json::array* values = array_member(field, "enum"); values != nullptr && !values->empty())
    value = &values->front();
  if (value == nullptr) return FieldType::none;
  if (value->is_string()) return FieldType::string;
  if (value->is_bool()) return FieldType::boolean;
  if (value->is_int64() || value->is_uint64()) return FieldType::integer;
  return value->is_double() ? FieldType::number : FieldType::none;
}

FieldType guessed_type(const JsonObject& field) {
  if (map_value(field) != nullptr) return FieldType::map;
  if (const FieldType type = type_of_values(field); type != FieldType::none) return type;
  for (const std::string_view word : {"format", "pattern", "minLength", "maxLength", "meta:enum"}) {
    if (field.contains(word)) return text_type(field, FieldType::none);
  }
  for (const std::string_view word : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}) {
    if (field.contains(word)) return FieldType::number;
  }
  return FieldType::none;
}

// `"type": ["string", "null"]` says string: every column is optional anyway.
std::string_view stated_json_type(const JsonObject& field) {
  const boost::json::array* types = array_member(field, "type");
  if (types == nullptr) return text_member(field, "type");
  std::string_view found;
  for (const JsonValue& type : *types) {
    if (!type.is_string() || type.get_string() == "null") continue;
    if (!found.empty()) return {};
    found = type.get_string();
  }
  return found;
}

}  // namespace

std::string_view to_string(FieldType type) {
  switch (type) {
    case FieldType::none: return "";
    case FieldType::string: return "string";
    case FieldType::date: return "date";
    case FieldType::date_time: return "date-time";
    case FieldType::boolean: return "boolean";
    case FieldType::byte: return "byte";
    case FieldType::short_integer: return "short";
    case FieldType::integer: return "int";
    case FieldType::long_integer: return "long";
    case FieldType::number: return "number";
    case FieldType::object: return "object";
    case FieldType::array: return "array";
    case FieldType::map: return "map";
  }
  return "";
}

std::optional<FieldType> parse_field_type(std::string_view xdm_type) {
  for (FieldType type = FieldType::string; type <= FieldType::map;
       type = static_cast<FieldType>(static_cast<int>(type) + 1)) {
    if (to_string(type) == xdm_type) return type;
  }
  if (xdm_type == "integer") return FieldType::integer;
  if (xdm_type == "double") return FieldType::number;
  return std::nullopt;
}

FieldType stated_type(const JsonObject& field) {
  const std::string_view json_type = stated_json_type(field);
  const FieldType stated = parse_field_type(text_member(field, "meta:xdmType")).value_or(FieldType::none);
  if (json_type == "string") return text_type(field, stated);
  if (json_type == "integer") return integer_type(field, stated);
  if (json_type == "number") return FieldType::number;
  if (json_type == "boolean") return FieldType::boolean;
  if (json_type == "array") return FieldType::array;
  if (json_type == "object") return object_type(field, stated);
  if (is_integer(stated)) return integer_type(field, stated);
  if (stated == FieldType::object || stated == FieldType::map) return object_type(field, stated);
  if (stated != FieldType::none) return stated;
  if (has_entries(field, "properties")) return FieldType::object;
  return field.contains("items") ? FieldType::array : FieldType::none;
}

FieldType field_type(const JsonObject& field) {
  const FieldType type = stated_type(field);
  return type != FieldType::none ? type : guessed_type(field);
}

IntegerBounds integer_bounds(const JsonObject& field, FieldType type) {
  const IntegerRange& range = range_of(type);
  IntegerBounds bounds = declared_bounds(field);
  if (bounds.minimum) bounds.minimum = std::max(*bounds.minimum, range.minimum);
  if (bounds.maximum) bounds.maximum = std::min(*bounds.maximum, range.maximum);
  if (type == FieldType::long_integer && bounds.maximum == exact_in_double + 1) bounds.maximum = exact_in_double;
  if (type == FieldType::byte ||
      type == FieldType::short_integer) {  // stored in 32 bits, so the type itself is a bound
    bounds.minimum = bounds.minimum.value_or(range.minimum);
    bounds.maximum = bounds.maximum.value_or(range.maximum);
  }
  return bounds;
}

bool types_agree(FieldType a, FieldType b) {
  return a == b || a == FieldType::none || b == FieldType::none || (is_integer(a) && is_integer(b));
}

const JsonObject* map_value(const JsonObject& field) {
  if (const JsonObject* value = object_member(field, "additionalProperties")) return value;
  const JsonObject* patterns = object_member(field, "patternProperties");
  return patterns != nullptr && !patterns->empty() ? patterns->begin()->value().if_object() : nullptr;
}

}  // namespace lakegate::xdm
