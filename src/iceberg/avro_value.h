// AvroValue: what a reader finds in an Avro file, and AvroType: the schema that was written with it. Records are looked
// into by Iceberg field id, not by name or position, so that other writers' manifests and later versions are readable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace lakegate::iceberg {

enum class AvroKind { null, boolean, int32, int64, float32, float64, bytes, string, fixed, record, array, choice };

// `children`: fields of a record; the items of an array; the branches of a union.
struct AvroType {
  AvroKind kind = AvroKind::null;
  int32_t field_id = -1;  // of the field that holds this type; -1: none
  int64_t fixed_size = 0;
  std::vector<AvroType> children = {};
};

// `corrupt` where the text is no Avro schema, nests over 32 levels, or has what no manifest has: maps with text keys,
// enums, types by name.
Result<AvroType> parse_avro_type(std::string_view json);

struct AvroValue {
  // null; boolean; every integer; floats; bytes, string and fixed; record fields, array items. A union is its branch.
  std::variant<std::monostate, bool, int64_t, double, std::string, std::vector<AvroValue>> value;
  int32_t field_id = -1;

  const AvroValue* field(int32_t id) const;  // of a record; null: there is no such field
  const std::vector<AvroValue>* items() const { return std::get_if<std::vector<AvroValue>>(&value); }
  std::optional<int64_t> integer() const;
  std::optional<std::string_view> text() const;
  bool is_null() const { return std::holds_alternative<std::monostate>(value); }
};

// Reads one value off the front of `bytes`. `values_left` falls by one for each value made and bounds the memory that a
// few hostile bytes can ask for. `corrupt` where the bytes end early or a length makes no sense.
Result<AvroValue> decode_avro(const AvroType& type, std::string_view& bytes, int64_t& values_left);

}  // namespace lakegate::iceberg
