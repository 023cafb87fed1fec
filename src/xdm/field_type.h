// FieldType: what a field's JSON Schema keywords mean in XDM's terms (docs of the public model, "data types").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "xdm/document.h"

namespace lakegate::xdm {

// `none`: no keyword tells.
enum class FieldType {
  none,
  string,
  date,
  date_time,
  boolean,
  byte,
  short_integer,
  integer,
  long_integer,
  number,
  object,
  array,
  map
};

// The word of `meta:xdmType`; empty for none.
std::string_view to_string(FieldType type);
std::optional<FieldType> parse_field_type(std::string_view xdm_type);

constexpr bool is_integer(FieldType type) { return type >= FieldType::byte && type <= FieldType::long_integer; }

// From `type`, `format`, `meta:xdmType`, the bounds, and failing these from the keywords that only one type has. An
// integer is the smallest type that holds both its bounds and its `meta:xdmType`; `integer` with neither is int.
FieldType field_type(const JsonObject& field);

// The same without guesses: none where neither `type`, `meta:xdmType`, `properties` nor `items` tells.
FieldType stated_type(const JsonObject& field);

// Inclusive bounds of an integer field: those declared, exclusive ones moved by one, clamped to what the type holds
// (the public model documents upper bounds one past it). Absent: not bounded on that side beyond the type's own
// storage.
struct IntegerBounds {
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
};
IntegerBounds integer_bounds(const JsonObject& field, FieldType type);

// `a` and `b` may describe one and the same field.
bool types_agree(FieldType a, FieldType b);

// The schema of a map's values: `additionalProperties`, or else the first of `patternProperties`; null: any.
const JsonObject* map_value(const JsonObject& field);

}  // namespace lakegate::xdm
