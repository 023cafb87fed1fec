#include "model/table_schema_json.h"

#include <boost/json/serialize.hpp>

#include <limits>
#include <utility>

#include "base/error_codes.h"
#include "model/json_members.h"

namespace lakegate {
namespace {

using boost::json::array;
using boost::json::object;

constexpr int64_t format_version = 1;
constexpr size_t column_depth_max = 100;
constexpr size_t json_depth_max = 2 * column_depth_max + 8;

object to_json(const Column& column) {
  object out{{"id", column.field_id}, {"name", column.name}, {"type", to_string(column.kind)}};
  if (column.table_name != column.name) out["table"] = column.table_name;
  if (!column.documentation.empty()) out["doc"] = column.documentation;
  if (!column.children.empty()) {
    array& children = out["children"].emplace_array();
    for (const Column& child : column.children) children.emplace_back(to_json(child));
  }
  return out;
}

Result<std::vector<Column>> read_columns(const array& list, size_t depth);

Result<Column> read_column(const object& from, size_t depth) {
  const JsonMembers members(from, "a column");
  Column column;
  LG_ASSIGN(const int64_t id, members.integer("id"));
  LG_ASSIGN(column.name, members.text("name"));
  LG_ASSIGN(const std::string type, members.text("type"));
  if (id < std::numeric_limits<int32_t>::min() || id > std::numeric_limits<int32_t>::max()) {
    return fail(codes::corrupt, "Column \"{}\" has the field id {}.", column.name, id);
  }
  column.field_id = static_cast<int32_t>(id);
  const auto kind = parse_type_kind(type);
  if (!kind) return fail(codes::corrupt, "Column \"{}\" has the unknown type \"{}\".", column.name, type);
  column.kind = *kind;
  column.table_name = column.name;
  if (members.has("table")) {
    LG_ASSIGN(column.table_name, members.text("table"));
  }
  if (members.has("doc")) {
    LG_ASSIGN(column.documentation, members.text("doc"));
  }
  if (members.has("children")) {
    LG_ASSIGN(const array* children, members.list("children"));
    LG_ASSIGN(column.children, read_columns(*children, depth + 1));
  }
  if (!has_fitting_children(column.kind, column.children.size())) {
    return fail(codes::corrupt, "Column \"{}\" of type {} has {} children.", column.name, type, column.children.size());
  }
  return column;
}

Result<std::vector<Column>> read_columns(const array& list, size_t depth) {
  if (depth > column_depth_max) return fail(codes::corrupt, "Columns are nested deeper than {}.", column_depth_max);
  std::vector<Column> columns;
  columns.reserve(list.size());
  for (const boost::json::value& entry : list) {
    if (!entry.is_object()) return fail(codes::corrupt, "A column is not an object.");
    LG_ASSIGN(Column column, read_column(entry.get_object(), depth));
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

std::string table_schema_to_json(const TableSchema& schema) {
  object out{{"version", format_version}, {"schema-id", schema.schema_id}};
  array& columns = out["columns"].emplace_array();
  for (const Column& column : schema.columns) columns.emplace_back(to_json(column));
  return boost::json::serialize(out);
}

Result<TableSchema> table_schema_from_json(std::string_view text) {
  LG_ASSIGN(const object document, read_versioned_json(text, format_version, json_depth_max));
  const JsonMembers members(document, "a table schema");
  TableSchema schema;
  LG_ASSIGN(const int64_t id, members.integer("schema-id"));
  if (id < 0 || id > std::numeric_limits<int32_t>::max())
    return fail(codes::corrupt, "A table schema has the id {}.", id);
  schema.schema_id = static_cast<int32_t>(id);
  LG_ASSIGN(const array* columns, members.list("columns"));
  LG_ASSIGN(schema.columns, read_columns(*columns, 1));
  return schema;
}

}  // namespace lakegate
