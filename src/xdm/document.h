// A schema resource as it travels: a JSON object, parsed under limits.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

#include "base/result.h"

namespace lakegate::xdm {

using JsonObject = boost::json::object;
using JsonValue = boost::json::value;

inline constexpr size_t document_depth_max = 128;       // nested JSON values in one document
inline constexpr size_t document_bytes_max = 16 << 20;  // text of one document
inline constexpr size_t resolved_fields_max = 100'000;  // properties in one resolved tree
inline constexpr size_t resolved_depth_max = 64;        // fields within fields; list items and map values count
inline constexpr size_t reference_chain_max = 64;       // $ref to $ref to …

// `invalid`: not JSON (with the position), not an object, or over the limits above.
Result<JsonObject> parse_document(std::string_view text);

// The member as a string, an object or an array; empty or null where it is absent or something else.
std::string_view text_member(const JsonObject& object, std::string_view name);
const JsonObject* object_member(const JsonObject& object, std::string_view name);
const boost::json::array* array_member(const JsonObject& object, std::string_view name);

}  // namespace lakegate::xdm
