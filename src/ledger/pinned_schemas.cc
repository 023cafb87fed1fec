#include "base/error_codes.h"
#include "ledger/datasets.h"
#include "ledger/sql.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, FieldFact& fact) {
  visit(fact.field_id, fact.path, fact.table_name);
}

}  // namespace lakegate

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, PinnedSchema& schema) {
  visit(schema.dataset_id, schema.schema_version, schema.resolved_json, schema.table_schema_json,
        schema.check_schema_json, schema.check_hash, schema.created);
}

Status pin_schema(Tx& tx, const PinnedSchema& schema) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "INSERT INTO pinned_schema (dataset_id, schema_version, resolved, table_schema, check_schema,"
                        " check_hash, created) VALUES (:dataset, :version, :resolved, :table_schema, :check_schema,"
                        " :check_hash, :created) ON CONFLICT DO NOTHING",
                        schema.dataset_id, schema.schema_version, schema.resolved_json, schema.table_schema_json,
                        schema.check_schema_json, schema.check_hash, schema.created));
  if (changed == 1) return {};
  return fail(codes::conflict, "Dataset {} has pinned a schema as version {} already", schema.dataset_id,
              schema.schema_version);
}

Result<PinnedSchema> get_pinned_schema(ReadTx& tx, const DatasetId& id, int64_t schema_version) {
  LG_ASSIGN(auto schema, find_row<PinnedSchema>(tx,
                                                "SELECT dataset_id, schema_version, resolved, table_schema,"
                                                " check_schema, check_hash, created FROM pinned_schema"
                                                " WHERE dataset_id = :dataset AND schema_version = :version",
                                                id, schema_version));
  if (!schema.has_value()) {
    return fail(codes::not_found, "Dataset {} has no pinned schema of version {}", id, schema_version);
  }
  return *std::move(schema);
}

Result<std::vector<FieldFact>> field_facts(ReadTx& tx, const DatasetId& id) {
  return find_rows<FieldFact>(
      tx, "SELECT field_id, path, table_name FROM field_fact WHERE dataset_id = :dataset ORDER BY field_id", id);
}

Status add_field_facts(Tx& tx, const DatasetId& id, std::span<const FieldFact> facts) {
  for (const FieldFact& fact : facts) {
    LG_ASSIGN(const int64_t changed,
              change_rows(tx,
                          "INSERT INTO field_fact (dataset_id, field_id, path, table_name) VALUES"
                          " (:dataset, :field_id, :path, :table_name) ON CONFLICT DO NOTHING",
                          id, fact.field_id, fact.path, fact.table_name));
    if (changed == 1) continue;
    LG_ASSIGN(const auto stored, find_row<FieldFact>(tx,
                                                     "SELECT field_id, path, table_name FROM field_fact"
                                                     " WHERE dataset_id = :dataset AND path = :path",
                                                     id, fact.path));
    if (stored == fact) continue;
    return fail(codes::internal,
                "Dataset {}: path '{}' with field id {} and name '{}' contradicts what was given away before", id,
                fact.path, fact.field_id, fact.table_name);
  }
  return {};
}

}  // namespace lakegate::ledger
