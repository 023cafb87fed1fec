#include "ledger/datasets.h"

#include "base/ascii.h"
#include "base/error_codes.h"
#include "ledger/dataset_rows.h"
#include "model/error_codes.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, OwnedDataset& dataset) {
  visit(dataset.scope.org, dataset.scope.sandbox, dataset.id);
}

namespace {

std::unexpected<Error> not_found(const DatasetId& id) {
  return fail(codes::dataset_not_found, "There is no dataset {} in the sandbox", id);
}

// A request may have begun before its sandbox was deleted, or its org.
Status check_sandbox_lives(ReadTx& tx, const Scope& scope) {
  LG_ASSIGN(const auto lives,
            find_row<int64_t>(tx,
                              "SELECT 1 FROM sandbox s JOIN org o ON o.number = s.org WHERE s.org = :org"
                              " AND s.number = :sandbox AND s.deleted IS NULL AND o.state <> 'deleted'",
                              scope.org, scope.sandbox));
  if (lives) return {};
  return fail(codes::not_found, "The sandbox was deleted.");
}

Status check_table_name_is_free(ReadTx& tx, const Dataset& dataset) {
  const auto other = find_dataset_by_table(tx, Sight::whole(dataset.scope), dataset.table_name);
  if (other.has_value()) {
    return fail(codes::dataset_name_taken,
                "The table name '{}' belongs to dataset {}; names that differ only in letter case are the same to "
                "readers. Choose another.",
                other->table_name, other->id);
  }
  if (other.error().kind() == ErrorKind::not_found) return {};
  return std::unexpected(other.error());
}

Status insert_tags(Tx& tx, const Dataset& dataset) {
  for (const auto& [key, values] : dataset.tags) {
    for (const std::string& value : values) {
      LG_TRY(change_rows(tx,
                         "INSERT INTO dataset_tag (dataset_id, key, value) VALUES (:id, :key, :value)"
                         " ON CONFLICT DO NOTHING",
                         dataset.id, key, value));
    }
  }
  return {};
}

}  // namespace

Status insert_dataset(Tx& tx, const Dataset& dataset) {
  LG_TRY(check_sandbox_lives(tx, dataset.scope));
  LG_TRY(check_table_name_is_free(tx, dataset));
  LG_TRY(change_rows(tx,
                     "INSERT INTO dataset (id, view_id, org, sandbox, name, description, schema_id,"
                     " schema_content_type, schema_version, extra, tags, table_name, table_key, deleted, created,"
                     " updated, created_user, updated_user, created_client, version) VALUES"
                     " (:id, :view_id, :org, :sandbox, :name, :description, :schema_id,"
                     " :schema_content_type, :schema_version, :extra, :tags, :table_name, :table_key, 0, :created,"
                     " :updated, :created_user, :updated_user, :created_client, :version)",
                     dataset.id, dataset.view_id, dataset.scope.org, dataset.scope.sandbox, dataset.name,
                     dataset.description, dataset.schema_id, dataset.schema_content_type, dataset.schema_version,
                     dataset.extra_json, dataset.tags, dataset.table_name, ascii::lower(dataset.table_name),
                     dataset.created, dataset.updated, dataset.created_user, dataset.updated_user,
                     dataset.created_client, dataset.version));
  return insert_tags(tx, dataset);
}

Result<std::vector<OwnedDataset>> datasets_of_org(ReadTx& tx, OrgNumber org, int64_t limit) {
  return find_rows<OwnedDataset>(tx,
                                 "SELECT org, sandbox, id FROM dataset WHERE org = :org AND deleted = 0 ORDER BY "
                                 "sandbox, created, id LIMIT :limit",
                                 org, limit);
}

Result<Dataset> find_dataset(ReadTx& tx, const Sight& sight, const DatasetId& id) {
  static const std::string sql =
      fmt::format("{} WHERE id = :id AND org = :org AND sandbox = :sandbox AND deleted = 0", select_dataset);
  LG_ASSIGN(auto dataset, find_row<Dataset>(tx, sql, id, sight.org, sight.sandbox));
  if (!dataset.has_value() || !sight.sees(id)) return not_found(id);
  LG_TRY(sight.check(id));
  return *std::move(dataset);
}

Result<Dataset> find_dataset_by_table(ReadTx& tx, const Sight& sight, std::string_view table_name) {
  static const std::string sql = fmt::format(
      "{} WHERE org = :org AND sandbox = :sandbox AND table_key = :table_key AND deleted = 0", select_dataset);
  LG_ASSIGN(auto dataset, find_row<Dataset>(tx, sql, sight.org, sight.sandbox, ascii::lower(table_name)));
  if (!dataset.has_value() || !sight.sees(dataset->id)) {
    return fail(codes::dataset_not_found, "There is no dataset with the table name '{}' in the sandbox", table_name);
  }
  LG_TRY(sight.check(dataset->id));
  return *std::move(dataset);
}

Result<Dataset> get_dataset(ReadTx& tx, const DatasetId& id) {
  static const std::string sql = fmt::format("{} WHERE id = :id", select_dataset);
  LG_ASSIGN(auto dataset, find_row<Dataset>(tx, sql, id));
  if (!dataset.has_value()) return fail(codes::dataset_not_found, "There is no dataset {}", id);
  return *std::move(dataset);
}

// The numbers are tried inside one statement: a sandbox may have thousands of tables of one name.
Result<std::string> free_table_name(ReadTx& tx, const Scope& scope, std::string_view wanted) {
  LG_ASSIGN(const auto number,
            find_row<int64_t>(tx,
                              "WITH RECURSIVE candidate (number, table_key) AS ("
                              " SELECT 1, :wanted_1 UNION ALL"
                              " SELECT number + 1, :wanted_2 || '_' || (number + 1) FROM candidate WHERE EXISTS ("
                              "  SELECT 1 FROM dataset WHERE org = :org AND sandbox = :sandbox"
                              "  AND table_key = candidate.table_key AND deleted = 0)"
                              ") SELECT max(number) FROM candidate",
                              ascii::lower(wanted), ascii::lower(wanted), scope.org, scope.sandbox));
  if (number.value_or(1) == 1) return std::string(wanted);
  return fmt::format("{}_{}", wanted, *number);
}

Result<Dataset> update_dataset(Tx& tx, Dataset changed, int64_t expected_version) {
  LG_ASSIGN(const Dataset stored, find_dataset(tx, Sight::whole(changed.scope), changed.id));
  if (stored.version != expected_version) {
    return fail(codes::precondition_failed, "Dataset {} has version 1.0.{}, not 1.0.{}: read it again", changed.id,
                stored.version, expected_version);
  }
  LG_TRY(change_rows(tx,
                     "UPDATE dataset SET name = :name, description = :description, schema_id = :schema_id,"
                     " schema_content_type = :content_type, schema_version = :schema_version, extra = :extra,"
                     " tags = :tags, updated = :updated, updated_user = :user, version = version + 1 WHERE id = :id",
                     changed.name, changed.description, changed.schema_id, changed.schema_content_type,
                     changed.schema_version, changed.extra_json, changed.tags, changed.updated, changed.updated_user,
                     changed.id));
  if (changed.tags != stored.tags) {
    LG_TRY(change_rows(tx, "DELETE FROM dataset_tag WHERE dataset_id = :id", changed.id));
    LG_TRY(insert_tags(tx, changed));
  }
  return find_dataset(tx, Sight::whole(changed.scope), changed.id);
}

Status delete_dataset(Tx& tx, const Sight& sight, const DatasetId& id, Millis now, std::string_view user) {
  LG_TRY(find_dataset(tx, sight, id));
  LG_ASSIGN(const int64_t deleted,
            change_rows(tx,
                        "UPDATE dataset SET deleted = 1, updated = :now, updated_user = :user, version = version + 1"
                        " WHERE id = :id AND org = :org AND sandbox = :sandbox AND deleted = 0",
                        now, user, id, sight.org, sight.sandbox));
  if (deleted == 0) return not_found(id);
  LG_TRY(change_rows(tx, "UPDATE iceberg_table SET dataset_deleted = 1 WHERE dataset_id = :id", id));
  return {};
}

Result<int64_t> count_datasets_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema) {
  LG_ASSIGN(const auto count, find_row<int64_t>(tx,
                                                "SELECT count(*) FROM dataset WHERE org = :org AND sandbox = :sandbox"
                                                " AND schema_id = :schema AND deleted = 0",
                                                scope.org, scope.sandbox, schema));
  return count.value_or(0);
}

}  // namespace lakegate::ledger
