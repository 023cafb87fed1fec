#include "iceberg/measured_columns.h"

#include <vector>

namespace lakegate::iceberg {
namespace {

void collect(const std::vector<Column>& columns, std::unordered_set<int32_t>& ids) {
  for (const Column& column : columns) {
    if (ids.size() >= measured_columns_max) return;
    if (column.kind == TypeKind::structure) collect(column.children, ids);
    if (is_primitive(column.kind)) ids.insert(column.field_id);
  }
}

}  // namespace

std::unordered_set<int32_t> measured_columns(const TableSchema& schema) {
  std::unordered_set<int32_t> ids;
  collect(schema.columns, ids);
  for (const Column& column : schema.columns) {
    const bool searched_by = column.name == "_id" || column.name == "timestamp";
    if (searched_by && is_primitive(column.kind)) ids.insert(column.field_id);
  }
  return ids;
}

}  // namespace lakegate::iceberg
