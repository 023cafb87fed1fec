#include "catalog/dataset_creation.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "catalog/dataset_record.h"
#include "catalog/table_name.h"
#include "ledger/resource_references.h"
#include "ledger/resources.h"
#include "ledger/tables.h"
#include "model/check_schema_json.h"
#include "model/error_codes.h"
#include "model/table_schema_json.h"
#include "xdm/field_facts.h"
#include "xdm/table_mapping.h"

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

constexpr size_t dataset_id_digits = 24;

// classification.dataBehavior.
std::string_view behavior_of(const xdm::ResolvedSchema& schema) {
  if (schema.is_adhoc) return "adhoc";
  const json::array* extends = xdm::array_member(schema.tree, "meta:extends");
  const auto names_time = [](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == xdm::time_series_behavior;
  };
  const bool has_time = extends != nullptr && std::ranges::any_of(*extends, names_time);
  return has_time ? "time-series" : "record";
}

json::object with_classification(json::object extra, const xdm::ResolvedSchema& schema) {
  json::value& member = extra["classification"];
  if (!member.is_object()) member = json::object();
  json::object& classification = member.get_object();
  if (!classification.contains("dataBehavior")) classification["dataBehavior"] = behavior_of(schema);
  if (!classification.contains("managedBy")) classification["managedBy"] = "CUSTOMER";
  return extra;
}

Dataset new_dataset(const DatasetFields& fields, const xdm::ResolvedSchema& schema, const Author& author, Millis now,
                    Random& random) {
  Dataset dataset;
  dataset.id = DatasetId(random.hex(dataset_id_digits));
  dataset.view_id = ViewId(random.hex(dataset_id_digits));
  dataset.scope = author.scope;
  dataset.name = fields.name;
  dataset.description = fields.description;
  dataset.schema_id = schema.id.empty() ? fields.schema_id : schema.id;
  dataset.schema_content_type = fields.schema_content_type;
  dataset.schema_version = 1;
  dataset.extra_json = json::serialize(with_classification(fields.extra, schema));
  dataset.tags = fields.tags;
  dataset.table_name = fields.table_name ? *fields.table_name : table_name_of(fields.name);
  dataset.created = now;
  dataset.updated = now;
  dataset.created_user = author.user;
  dataset.updated_user = author.user;
  dataset.created_client = author.client;
  return dataset;
}

TableState new_table(const Dataset& dataset, const TableSchema& schema, int32_t last_field_id, Random& random) {
  TableState table;
  table.dataset_id = dataset.id;
  table.uuid = random.uuid();
  table.version = 1;
  table.last_updated = dataset.created;
  table.last_column_id = last_field_id;
  table.current_schema_id = schema.schema_id;
  table.schemas = {schema};
  table.properties = {{"lakegate.dataset-id", dataset.id.text()}, {"lakegate.schema-id", dataset.schema_id.text()}};
  return table;
}

ledger::PinnedSchema pin(const Dataset& dataset, const xdm::ResolvedSchema& schema, const TableSchema& table,
                         const CheckSchema& checks) {
  ledger::PinnedSchema pinned;
  pinned.dataset_id = dataset.id;
  pinned.schema_version = dataset.schema_version;
  pinned.resolved_json = xdm::to_text(schema);
  pinned.table_schema_json = table_schema_to_json(table);
  pinned.check_schema_json = check_schema_to_json(checks);
  pinned.check_hash = sha256_hex(pinned.check_schema_json);
  pinned.created = dataset.created;
  return pinned;
}

// Whoever deletes schemas counts the datasets that refer to them in the same transaction, so one of the two loses.
Status check_schema_exists(ReadTx& tx, const Dataset& dataset) {
  const auto found = ledger::find_resource(tx, dataset.scope, dataset.schema_id.text());
  if (found) return {};
  if (found.error().kind() != ErrorKind::not_found) return std::unexpected(found.error());
  return fail(codes::schema_reference_unknown, "Member schemaRef.id: the schema \"{}\" was deleted meanwhile.",
              dataset.schema_id);
}

// Whoever changes a schema takes its datasets along in the same transaction: one that came in behind would stay behind.
Status check_schema_is_fresh(ReadTx& tx, const DatasetDraft& draft) {
  LG_ASSIGN(const int64_t changes, ledger::registry_change_count(tx, draft.dataset.scope));
  if (changes == draft.registry_changes) return {};
  return fail(codes::conflict, "The schema registry was changed while the dataset was created. Send it again.");
}

}  // namespace

Result<DatasetDraft> prepare_dataset(const DatasetFields& fields, const xdm::ResolvedSchema& schema,
                                     const Author& author, Millis now, Random& random) {
  xdm::FieldFacts facts;
  LG_ASSIGN(const TableSchema columns, xdm::to_table_schema(schema, facts));
  if (columns.columns.empty()) {
    return fail(codes::schema_invalid,
                "The schema \"{}\" has no field that makes a column: no dataset can hold data of it. Add fields with a "
                "type to it first.",
                fields.schema_id);
  }
  LG_ASSIGN(const CheckSchema checks, xdm::to_check_schema(schema, columns));

  DatasetDraft draft;
  draft.dataset = new_dataset(fields, schema, author, now, random);
  draft.table_name_given = fields.table_name.has_value();
  draft.pinned = pin(draft.dataset, schema, columns, checks);
  draft.facts.assign(facts.added().begin(), facts.added().end());
  draft.table = new_table(draft.dataset, columns, facts.last_field_id(), random);
  return draft;
}

Result<Dataset> insert_dataset(Tx& tx, const DatasetDraft& draft, const Author& author) {
  Dataset dataset = draft.dataset;
  LG_TRY(check_schema_exists(tx, dataset));
  LG_TRY(check_schema_is_fresh(tx, draft));
  if (!draft.table_name_given) {
    LG_ASSIGN(dataset.table_name, ledger::free_table_name(tx, dataset.scope, dataset.table_name));
  }
  dataset.tags[std::string(table_name_tag)] = {dataset.table_name};
  LG_TRY(ledger::insert_dataset(tx, dataset));
  LG_TRY(ledger::pin_schema(tx, draft.pinned));
  LG_TRY(ledger::add_field_facts(tx, dataset.id, draft.facts));
  LG_TRY(ledger::insert_table(tx, draft.table));
  tx.on_commit({.kind = Wake::Kind::dataset, .dataset = dataset.id});
  const json::object detail{
      {"name", dataset.name}, {"table", dataset.table_name}, {"schema", dataset.schema_id.text()}};
  LG_TRY(record_dataset_act(tx, dataset, DatasetAct::create, dataset.created, author, detail));
  return dataset;
}

}  // namespace lakegate::catalog
