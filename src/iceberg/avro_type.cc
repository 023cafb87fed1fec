// parse_avro_type: the schema in a file's header.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <utility>

#include "base/error_codes.h"
#include "iceberg/avro_value.h"

namespace lakegate::iceberg {
namespace {

namespace json = boost::json;

constexpr int depth_max = 32;

constexpr std::array<std::pair<std::string_view, AvroKind>, 8> primitives = {{
    {"null", AvroKind::null},
    {"boolean", AvroKind::boolean},
    {"int", AvroKind::int32},
    {"long", AvroKind::int64},
    {"float", AvroKind::float32},
    {"double", AvroKind::float64},
    {"bytes", AvroKind::bytes},
    {"string", AvroKind::string},
}};

Result<AvroType> parse(const json::value& schema, int depth);

Result<AvroType> parse_name(std::string_view name) {
  for (const auto& [word, kind] : primitives) {
    if (word == name) return AvroType{.kind = kind};
  }
  return fail(codes::corrupt, "Avro type '{}' is not one that manifests have", name);
}

// An integer attribute; `fallback` where it is absent or something else.
int64_t attribute(const json::object& object, std::string_view key, int64_t fallback) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : fallback;
}

Result<AvroType> parse_record(const json::object& object, int depth) {
  const json::value* fields = object.if_contains("fields");
  if (fields == nullptr || !fields->is_array()) return fail(codes::corrupt, "an Avro record type has no fields");
  AvroType record{.kind = AvroKind::record};
  for (const json::value& entry : fields->get_array()) {
    const json::value* type = entry.is_object() ? entry.get_object().if_contains("type") : nullptr;
    if (type == nullptr) return fail(codes::corrupt, "a field of an Avro record type has no type");
    LG_ASSIGN(AvroType field, parse(*type, depth + 1));
    field.field_id = static_cast<int32_t>(attribute(entry.get_object(), "field-id", -1));
    record.children.push_back(std::move(field));
  }
  return record;
}

Result<AvroType> parse_object(const json::object& object, int depth) {
  const json::value* type = object.if_contains("type");
  if (type == nullptr) return fail(codes::corrupt, "an Avro type has no `type`");
  if (!type->is_string()) return parse(*type, depth + 1);
  const std::string_view name = type->get_string();
  if (name == "record") return parse_record(object, depth);
  if (name == "array") {
    const json::value* items = object.if_contains("items");
    if (items == nullptr) return fail(codes::corrupt, "an Avro array type has no items");
    LG_ASSIGN(AvroType item, parse(*items, depth + 1));
    return AvroType{.kind = AvroKind::array, .children = {std::move(item)}};
  }
  if (name == "fixed") {
    const int64_t size = attribute(object, "size", -1);
    if (size < 0) return fail(codes::corrupt, "an Avro fixed type has no size");
    return AvroType{.kind = AvroKind::fixed, .fixed_size = size};
  }
  return parse_name(name);
}

Result<AvroType> parse(const json::value& schema, int depth) {
  if (depth > depth_max) return fail(codes::corrupt, "an Avro type nests over {} levels", depth_max);
  if (schema.is_string()) return parse_name(schema.get_string());
  if (schema.is_object()) return parse_object(schema.get_object(), depth);
  if (!schema.is_array()) return fail(codes::corrupt, "an Avro type is neither text, object nor list");
  AvroType choice{.kind = AvroKind::choice};
  for (const json::value& branch : schema.get_array()) {
    LG_ASSIGN(AvroType type, parse(branch, depth + 1));
    choice.children.push_back(std::move(type));
  }
  return choice;
}

}  // namespace

Result<AvroType> parse_avro_type(std::string_view text) {
  boost::system::error_code error;
  const json::value schema = json::parse(text, error, {}, {.max_depth = 2 * depth_max});
  if (error) return fail(codes::corrupt, "the Avro schema is not JSON: {}", error.message());
  return parse(schema, 0);
}

}  // namespace lakegate::iceberg
