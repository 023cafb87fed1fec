#include <map>
#include <string>

#include "base/ascii.h"
#include "ledger/dataset_rows.h"
#include "ledger/datasets.h"
#include "ledger/list_sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, DatasetAge& age) {
  visit(age.id, age.time_to_live, age.active_since);
}

namespace {

// Of a dataset's newest batch, perhaps of those in one status. Few datasets are asked for at a time.
std::string newest_batch(std::string_view column, std::string_view condition = "") {
  return fmt::format(
      "(SELECT b.{} FROM batch b WHERE b.org = dataset.org AND b.sandbox = dataset.sandbox"
      " AND b.dataset_id = dataset.id{} ORDER BY b.created DESC, b.id DESC LIMIT 1)",
      column, condition);
}

std::string member(std::string_view name) {
  return fmt::format(
      "(CASE json_type(dataset.extra, '$.{0}') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
      " ELSE json_extract(dataset.extra, '$.{0}') END)",
      name);
}

const std::map<DatasetField, std::string>& expressions() {
  using enum DatasetField;
  static const std::map<DatasetField, std::string> all = {
      {state, "'DRAFT'"},
      {name_space, "'ACP'"},
      {last_batch, newest_batch("id")},
      {last_batch_status, newest_batch("status")},
      {last_active_batch, newest_batch("id", " AND b.status = 'active'")},
      {last_failed_batch, newest_batch("id", " AND b.status = 'failed'")},
      {enable_error_diagnostics, member("enableErrorDiagnostics")},
      {connector_id, member("connectorId")},
      {connection_id, member("connectionId")},
      {data_source_id, member("dataSourceId")},
      {file_description, member("fileDescription")},
      {classification, member("classification")},
      {observable_schema, member("observableSchema")},
      {unified_tags, member("unifiedTags")},
      {system_labels, member("systemLabels")},
      {extensions, member("extensions")},
  };
  return all;
}

ListColumn column_of(DatasetField field) {
  switch (field) {
    case DatasetField::id: return {"id"};
    case DatasetField::name: return {"name"};
    case DatasetField::description: return {"description"};
    case DatasetField::schema_id: return {"schema_id"};
    case DatasetField::table_name: return {"table_name"};
    case DatasetField::view_id: return {"view_id"};
    case DatasetField::created: return {"created", CellKind::number};
    case DatasetField::updated: return {"updated", CellKind::number};
    case DatasetField::created_user: return {"created_user"};
    case DatasetField::updated_user: return {"updated_user"};
    case DatasetField::created_client: return {"created_client"};
    case DatasetField::version: return {"version", CellKind::number};
    default: return {expressions().at(field)};
  }
}

void add_tag_filter(ListSql& sql, const TagFilter& tag) {
  std::string condition = fmt::format("dataset_id = dataset.id AND key = {}", sql.bind(tag.key));
  if (!tag.value.empty()) condition += fmt::format(" AND value GLOB {}", sql.bind(to_glob(tag.value)));
  sql.where(fmt::format("EXISTS (SELECT 1 FROM dataset_tag WHERE {})", condition));
}

}  // namespace

Result<std::vector<Dataset>> list_datasets(ReadTx& tx, const Sight& sight, const DatasetQuery& query) {
  LG_TRY(check_filter_count(query.filters.size() + query.tags.size()));
  ListSql sql(select_dataset);
  sql.where_seen(sight, "id");
  sql.where("deleted = 0");
  for (const TagFilter& tag : query.tags) add_tag_filter(sql, tag);
  LG_TRY(add_list_query(sql, query, column_of, {.created = "created", .id = "id"}));
  return find_rows<Dataset>(tx, sql);
}

// Ordered as the index is, by the name in lower case, which no two of a sandbox share.
Result<std::vector<Dataset>> list_tables(ReadTx& tx, const Sight& sight, std::string_view after, int64_t limit) {
  ListSql sql(select_dataset);
  sql.where_seen(sight, "id");
  sql.where(fmt::format("table_key > {} AND deleted = 0", sql.bind(ascii::lower(after))));
  sql.end_with(fmt::format(" ORDER BY table_key LIMIT {}", sql.bind(limit)));
  return find_rows<Dataset>(tx, sql);
}

Result<std::vector<DatasetAge>> dataset_ages(ReadTx& tx, const DatasetId& after, int64_t limit) {
  return find_rows<DatasetAge>(
      tx,
      "SELECT d.id, coalesce(json_extract(d.extra, '$.extensions.adobe_lakeHouse.rowExpiration.ttlValue'), ''),"
      " (SELECT completed FROM batch INDEXED BY batch_active_since WHERE dataset_id = d.id AND status = 'active'"
      " ORDER BY completed LIMIT 1) FROM dataset d WHERE d.id > :after AND d.deleted = 0 ORDER BY d.id LIMIT :limit",
      after, limit);
}

}  // namespace lakegate::ledger
