#include "xdm/table_mapping.h"

#include <algorithm>
#include <utility>

#include "model/error_codes.h"
#include "xdm/field_type.h"

namespace lakegate::xdm {
namespace {

TypeKind primitive_kind(FieldType type) {
  switch (type) {
    case FieldType::boolean: return TypeKind::boolean;
    case FieldType::byte:
    case FieldType::short_integer:
    case FieldType::integer: return TypeKind::int32;
    case FieldType::long_integer: return TypeKind::int64;
    case FieldType::number: return TypeKind::float64;
    case FieldType::date: return TypeKind::date;
    case FieldType::date_time: return TypeKind::timestamptz;
    default: return TypeKind::string;
  }
}

// Whether a field makes a column: an object does where something below it does.
bool has_column(const JsonObject& field) {
  const FieldType type = field_type(field);
  if (type == FieldType::array) {
    const JsonObject* items = object_member(field, "items");
    return items != nullptr && has_column(*items);
  }
  if (type == FieldType::map) {
    const JsonObject* value = map_value(field);
    return value == nullptr || has_column(*value);
  }
  if (type != FieldType::object) return type != FieldType::none;
  const JsonObject* properties = object_member(field, "properties");
  return properties != nullptr &&
         std::ranges::any_of(*properties, [](const auto& member) { return has_column(member.value().get_object()); });
}

class Mapper {
 public:
  explicit Mapper(FieldFacts& facts) : facts_(facts) {}

  Result<std::vector<Column>> columns(const JsonObject& object, const std::string& path);

 private:
  Result<Column> column(const JsonObject& field, std::string_view name, const std::string& parent);
  Status add_child(Column& column, const JsonObject* field, std::string_view name, const std::string& path);

  FieldFacts& facts_;
  size_t count_ = 0;
};

Status Mapper::add_child(Column& column, const JsonObject* field, std::string_view name, const std::string& path) {
  static const JsonObject text{{"type", "string"}};
  LG_ASSIGN(Column child, this->column(field != nullptr ? *field : text, name, path));
  column.children.push_back(std::move(child));
  return {};
}

Result<Column> Mapper::column(const JsonObject& field, std::string_view name, const std::string& parent) {
  if (++count_ > table_columns_max) {
    return fail(codes::schema_invalid, "The schema makes more than {} columns; use fewer field groups.",
                table_columns_max);
  }
  const FieldFact fact = facts_.of(parent, name);
  Column column{fact.field_id,
                std::string(name),
                fact.table_name,
                TypeKind::string,
                std::string(text_member(field, "description")),
                {}};
  const std::string& path = fact.path;
  const FieldType type = field_type(field);
  if (type == FieldType::array) {
    column.kind = TypeKind::list;
    LG_TRY(add_child(column, object_member(field, "items"), "element", path));
  } else if (type == FieldType::map) {
    column.kind = TypeKind::map;
    LG_TRY(add_child(column, nullptr, "key", path));
    LG_TRY(add_child(column, map_value(field), "value", path));
  } else if (type == FieldType::object) {
    column.kind = TypeKind::structure;
    LG_ASSIGN(column.children, columns(field, path));
  } else {
    column.kind = primitive_kind(type);
  }
  return column;
}

Result<std::vector<Column>> Mapper::columns(const JsonObject& object, const std::string& path) {
  std::vector<Column> columns;
  const JsonObject* properties = object_member(object, "properties");
  if (properties == nullptr) return columns;
  for (const auto& [name, value] : *properties) {
    if (!has_column(value.get_object())) continue;
    if (name.empty()) return fail(codes::schema_invalid, "Below \"{}\" a field has an empty name.", path);
    LG_ASSIGN(Column made, column(value.get_object(), name, path));
    columns.push_back(std::move(made));
  }
  std::ranges::sort(columns, {}, &Column::field_id);
  return columns;
}

size_t leaves(const Column& column) {
  if (is_primitive(column.kind)) return 1;
  if (column.kind == TypeKind::map) return leaves(column.children.back());
  size_t count = 0;
  for (const Column& child : column.children) count += leaves(child);
  return count;
}

}  // namespace

Result<TableSchema> to_table_schema(const ResolvedSchema& schema, FieldFacts& facts) {
  LG_ASSIGN(std::vector<Column> columns, Mapper(facts).columns(schema.record(), ""));
  return TableSchema{0, std::move(columns)};
}

size_t leaf_count(const TableSchema& table) {
  size_t count = 0;
  for (const Column& column : table.columns) count += leaves(column);
  return count;
}

}  // namespace lakegate::xdm
