// TableSchema: a dataset's columns as its Iceberg table has them. Types are Iceberg's (table specification v2,
// "Schemas and Data Types"); every column is optional, because `required` is a check and not a table property.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

enum class TypeKind { boolean, int32, int64, float64, date, timestamptz, string, structure, list, map };

constexpr bool is_primitive(TypeKind kind) { return kind < TypeKind::structure; }

// Iceberg's word for a primitive: boolean, int, long, double, date, timestamptz, string; struct, list, map.
std::string_view to_string(TypeKind kind);
std::optional<TypeKind> parse_type_kind(std::string_view text);

// A struct has any number of children, a list one, a map two, a primitive none.
bool has_fitting_children(TypeKind kind, size_t count);

// One column at any depth. `children`: the fields of a struct; exactly one (`element`) of a list; exactly two
// (`key`, `value`) of a map; none of a primitive.
struct Column {
  int32_t field_id = 0;         // unique in the table, never reused
  std::string name = {};        // as client files spell it (XED form); "element", "key", "value" inside lists and maps
  std::string table_name = {};  // as readers see it: `name`, with a suffix where twins differ only in case
  TypeKind kind = TypeKind::string;
  std::string documentation = {};  // Iceberg `doc`; may be empty
  std::vector<Column> children = {};

  bool operator==(const Column&) const = default;
};

struct TableSchema {
  int32_t schema_id = 0;
  std::vector<Column> columns = {};  // ascending order of first appearance, never reordered

  bool operator==(const TableSchema&) const = default;
};

// Largest field id in the schema; 0 when there is no column.
int32_t last_column_id(const TableSchema& schema);

// The column with that field id at any depth; null when there is none.
const Column* find_column(const TableSchema& schema, int32_t field_id);

}  // namespace lakegate
