#include "model/table_schema.h"

#include <algorithm>
#include <span>

namespace lakegate {
namespace {

int32_t largest_id(std::span<const Column> columns) {
  int32_t largest = 0;
  for (const Column& column : columns) largest = std::max({largest, column.field_id, largest_id(column.children)});
  return largest;
}

const Column* find(std::span<const Column> columns, int32_t field_id) {
  for (const Column& column : columns) {
    if (column.field_id == field_id) return &column;
    if (const Column* below = find(column.children, field_id)) return below;
  }
  return nullptr;
}

}  // namespace

std::string_view to_string(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return "boolean";
    case TypeKind::int32: return "int";
    case TypeKind::int64: return "long";
    case TypeKind::float64: return "double";
    case TypeKind::date: return "date";
    case TypeKind::timestamptz: return "timestamptz";
    case TypeKind::string: return "string";
    case TypeKind::structure: return "struct";
    case TypeKind::list: return "list";
    case TypeKind::map: return "map";
  }
  return "";
}

std::optional<TypeKind> parse_type_kind(std::string_view text) {
  for (int kind = 0; kind <= static_cast<int>(TypeKind::map); ++kind) {
    if (to_string(static_cast<TypeKind>(kind)) == text) return static_cast<TypeKind>(kind);
  }
  return std::nullopt;
}

bool has_fitting_children(TypeKind kind, size_t count) {
  switch (kind) {
    case TypeKind::structure: return true;
    case TypeKind::list: return count == 1;
    case TypeKind::map: return count == 2;
    default: return count == 0;
  }
}

int32_t last_column_id(const TableSchema& schema) { return largest_id(schema.columns); }

const Column* find_column(const TableSchema& schema, int32_t field_id) { return find(schema.columns, field_id); }

}  // namespace lakegate
