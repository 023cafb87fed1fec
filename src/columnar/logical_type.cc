#include "columnar/logical_type.h"

#include <fmt/core.h>

#include <array>

namespace lakegate::columnar {
namespace {

using Kind = LogicalType::Kind;

// Field ids of the union LogicalType.
Kind union_kind(int16_t id) {
  switch (id) {
    case 1: return Kind::string;
    case 2: return Kind::map;
    case 3: return Kind::list;
    case 4: return Kind::enumeration;
    case 5: return Kind::decimal;
    case 6: return Kind::date;
    case 7: return Kind::time;
    case 8: return Kind::timestamp;
    case 10: return Kind::integer;
    case 11: return Kind::null;
    case 12: return Kind::json;
    case 13: return Kind::bson;
    case 14: return Kind::uuid;
    case 15: return Kind::float16;
    default: return Kind::other;
  }
}

TimeUnit read_unit(ThriftReader& in) {
  TimeUnit unit = TimeUnit::none;
  in.enter();
  int16_t last_id = 0;
  for (ThriftReader::Field field; in.next_field(last_id, field); in.skip(field.type)) {
    if (field.id >= 1 && field.id <= 3) unit = static_cast<TimeUnit>(field.id);
  }
  in.leave();
  return unit;
}

// The parameters of TIME and TIMESTAMP (1 isAdjustedToUTC, 2 unit) and of INTEGER (1 bitWidth, 2 isSigned).
void read_parameters(ThriftReader& in, LogicalType& type) {
  const bool is_time = type.kind == Kind::time || type.kind == Kind::timestamp;
  const bool is_integer = type.kind == Kind::integer;
  in.enter();
  int16_t last_id = 0;
  for (ThriftReader::Field field; in.next_field(last_id, field);) {
    const bool yes = field.type == ThriftType::boolean_true;
    if (is_time && field.id == 1) {
      type.utc = yes;
      in.skip(field.type);
    } else if (is_time && field.id == 2 && field.type == ThriftType::structure) {
      type.unit = read_unit(in);
    } else if (is_integer && field.id == 1 && field.type == ThriftType::i8) {
      type.bit_width = in.byte();
    } else if (is_integer && field.id == 2) {
      type.is_signed = yes;
      in.skip(field.type);
    } else {
      in.skip(field.type);
    }
  }
  in.leave();
}

LogicalType from_union(std::string_view bytes) {
  ThriftReader in(bytes);
  LogicalType type;
  in.enter();
  int16_t last_id = 0;
  if (ThriftReader::Field field; in.next_field(last_id, field) && field.type == ThriftType::structure) {
    type.kind = union_kind(field.id);
    read_parameters(in, type);
  } else {
    type.kind = Kind::other;
  }
  if (in.failed()) type = {.kind = Kind::other};
  return type;
}

LogicalType from_converted(int32_t converted_type) {
  const auto integer = [](uint8_t bits, bool is_signed) {
    return LogicalType{.kind = Kind::integer, .bit_width = bits, .is_signed = is_signed};
  };
  switch (converted_type) {
    case converted::utf8: return {.kind = Kind::string};
    case converted::map:
    case converted::map_key_value: return {.kind = Kind::map};
    case converted::list: return {.kind = Kind::list};
    case converted::enumeration: return {.kind = Kind::enumeration};
    case converted::decimal: return {.kind = Kind::decimal};
    case converted::date: return {.kind = Kind::date};
    case converted::time_millis: return {.kind = Kind::time, .unit = TimeUnit::milliseconds};
    case converted::time_micros: return {.kind = Kind::time, .unit = TimeUnit::microseconds};
    case converted::timestamp_millis: return {.kind = Kind::timestamp, .unit = TimeUnit::milliseconds};
    case converted::timestamp_micros: return {.kind = Kind::timestamp, .unit = TimeUnit::microseconds};
    case converted::uint_8:
    case converted::uint_8 + 1:
    case converted::uint_8 + 2:
    case converted::uint_64: return integer(static_cast<uint8_t>(8 << (converted_type - converted::uint_8)), false);
    case converted::int_8:
    case converted::int_16:
    case converted::int_32:
    case converted::int_64: return integer(static_cast<uint8_t>(8 << (converted_type - converted::int_8)), true);
    case 19: return {.kind = Kind::json};
    case 20: return {.kind = Kind::bson};
    case 21: return {.kind = Kind::interval};
    default: return {.kind = Kind::other};
  }
}

std::string_view unit_name(TimeUnit unit) {
  constexpr std::array<std::string_view, 4> names = {"unknown unit", "milliseconds", "microseconds", "nanoseconds"};
  return names[static_cast<size_t>(unit)];
}

}  // namespace

LogicalType logical_type(const SchemaElement& element) {
  if (element.logical_type) return from_union(element.logical_type->bytes);
  if (element.converted_type) return from_converted(*element.converted_type);
  return {};
}

std::string describe(PhysicalType physical, const LogicalType& logical) {
  constexpr std::array<std::string_view, 8> physical_names = {
      "BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};
  constexpr std::array<std::string_view, 17> logical_names = {"",
                                                              "STRING",
                                                              "MAP",
                                                              "LIST",
                                                              "ENUM",
                                                              "DECIMAL",
                                                              "DATE",
                                                              "TIME",
                                                              "TIMESTAMP",
                                                              "INT",
                                                              "UNKNOWN",
                                                              "JSON",
                                                              "BSON",
                                                              "UUID",
                                                              "FLOAT16",
                                                              "INTERVAL",
                                                              "of an unknown annotation"};
  const std::string_view name = physical_names[static_cast<size_t>(physical)];
  const std::string_view annotation = logical_names[static_cast<size_t>(logical.kind)];
  switch (logical.kind) {
    case Kind::none: return std::string(name);
    case Kind::time:
    case Kind::timestamp:
      return fmt::format("{} {}({}, {})", name, annotation, unit_name(logical.unit),
                         logical.utc ? "UTC" : "local time");
    case Kind::integer:
      return fmt::format("{} {}INT({})", name, logical.is_signed ? "" : "unsigned ", logical.bit_width);
    default: return fmt::format("{} {}", name, annotation);
  }
}

}  // namespace lakegate::columnar
