#include "base/ascii.h"
#include "ledger/dataset_rows.h"
#include "ledger/datasets.h"
#include "ledger/list_sql.h"

namespace lakegate::ledger {
namespace {

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
  }
  return {"id"};
}

void add_tag_filter(ListSql& sql, const TagFilter& tag) {
  std::string condition = fmt::format("dataset_id = dataset.id AND key = {}", sql.bind(tag.key));
  if (!tag.value.empty()) condition += fmt::format(" AND value GLOB {}", sql.bind(to_glob(tag.value)));
  sql.where(fmt::format("EXISTS (SELECT 1 FROM dataset_tag WHERE {})", condition));
}

}  // namespace

Result<std::vector<Dataset>> list_datasets(ReadTx& tx, const Scope& scope, const DatasetQuery& query) {
  LG_TRY(check_filter_count(query.filters.size() + query.tags.size()));
  ListSql sql(select_dataset);
  sql.where(fmt::format("org = {} AND sandbox = {} AND deleted = 0", sql.bind(scope.org.value),
                        sql.bind(scope.sandbox.value)));
  for (const TagFilter& tag : query.tags) add_tag_filter(sql, tag);
  LG_TRY(add_list_query(sql, query, column_of, {.created = "created", .id = "id"}));
  return find_rows<Dataset>(tx, sql);
}

// Ordered as the index is, by the name in lower case, which no two of a sandbox share.
Result<std::vector<Dataset>> list_tables(ReadTx& tx, const Scope& scope, std::string_view after, int64_t limit) {
  static const std::string sql = fmt::format(
      "{} WHERE org = :org AND sandbox = :sandbox AND table_key > :after AND deleted = 0"
      " ORDER BY table_key LIMIT :limit",
      select_dataset);
  return find_rows<Dataset>(tx, sql, scope.org, scope.sandbox, ascii::lower(after), limit);
}

}  // namespace lakegate::ledger
