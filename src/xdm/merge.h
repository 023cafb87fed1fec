// Merging of schema objects, as `allOf` composes them: properties deeply, `required` as a union, everything else the
// later one.
#pragma once

#include <string>
#include <string_view>

#include "xdm/document.h"

namespace lakegate::xdm {

// What happens where two descriptions of one field have different types.
enum class Clash {
  refuse,      // composing a schema: one field has one type
  later_wins,  // uniting independent schemas: the later description replaces the earlier
};

// Both are free of $ref and allOf. `schema_type_clash` names the path below `target` (names joined by '.', "[]" and
// "{}" for items and map values), a colon and both types; `target` is then half merged.
Status merge_schema(JsonObject& target, JsonObject addition, Clash clash = Clash::refuse);

// The same after a check that the two objects themselves agree in type; the path is empty where they do not.
Status merge_alternative(JsonObject& target, JsonObject addition, Clash clash = Clash::refuse);

// The same for one property; it is added where there was none.
Status merge_property(JsonObject& properties, std::string_view name, JsonObject addition, Clash clash = Clash::refuse);

}  // namespace lakegate::xdm
