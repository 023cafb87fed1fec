#include "iceberg/schema_json.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cassert>

namespace lakegate::iceberg {
namespace {

namespace json = boost::json;

json::array fields_json(const std::vector<Column>& columns);

json::value type_json(const Column& column) {
  switch (column.kind) {
    case TypeKind::structure: return json::object{{"type", "struct"}, {"fields", fields_json(column.children)}};
    case TypeKind::list: {
      assert(column.children.size() == 1);
      const Column& element = column.children[0];
      return json::object{{"type", "list"},
                          {"element-id", element.field_id},
                          {"element", type_json(element)},
                          {"element-required", false}};
    }
    case TypeKind::map: {
      assert(column.children.size() == 2);
      const Column& key = column.children[0];
      const Column& value = column.children[1];
      return json::object{{"type", "map"},
                          {"key-id", key.field_id},
                          {"key", type_json(key)},
                          {"value-id", value.field_id},
                          {"value", type_json(value)},
                          {"value-required", false}};
    }
    default: return json::value(to_string(column.kind));
  }
}

json::array fields_json(const std::vector<Column>& columns) {
  json::array fields;
  fields.reserve(columns.size());
  for (const Column& column : columns) {
    json::object field{
        {"id", column.field_id}, {"name", column.table_name}, {"required", false}, {"type", type_json(column)}};
    if (!column.documentation.empty()) field["doc"] = column.documentation;
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace

json::object to_json(const TableSchema& schema) {
  return {{"type", "struct"}, {"schema-id", schema.schema_id}, {"fields", fields_json(schema.columns)}};
}

}  // namespace lakegate::iceberg
