// Datasets, the resolved schemas that they pinned, and the field ids that they gave away.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/list_query.h"
#include "ledger/transaction.h"
#include "model/dataset.h"
#include "model/field_fact.h"
#include "model/sight.h"

namespace lakegate::ledger {

enum class DatasetField {
  id,
  name,
  description,
  schema_id,
  table_name,
  view_id,
  created,
  updated,
  created_user,
  updated_user,
  created_client,
  version,
  state,       // the same of all datasets, as the wire shows them
  name_space,  // likewise
  last_batch,
  last_batch_status,
  last_active_batch,
  last_failed_batch,
  // Members of Dataset::extra_json: booleans are "true" and "false", objects and lists their JSON text.
  enable_error_diagnostics,
  connector_id,
  connection_id,
  data_source_id,
  file_description,
  classification,
  observable_schema,
  unified_tags,
  system_labels,
  extensions,
};
using DatasetQuery = ListQuery<DatasetField>;

// `dataset_name_taken`: a living dataset of the sandbox has the table name, letter case ignored.
// `not_found`: the sandbox was deleted, or its org.
Status insert_dataset(Tx& tx, const Dataset& dataset);

// Living ones of all its sandboxes; for the org's own end, never for a client.
struct OwnedDataset {
  Scope scope;
  DatasetId id;
};
Result<std::vector<OwnedDataset>> datasets_of_org(ReadTx& tx, OrgNumber org, int64_t limit);

// Living ones alone: `dataset_not_found` for deleted ones and what the sight does not see; `right_missing_on_dataset`.
Result<Dataset> find_dataset(ReadTx& tx, const Sight& sight, const DatasetId& id);
Result<Dataset> find_dataset_by_table(ReadTx& tx, const Sight& sight, std::string_view table_name);
Result<std::vector<Dataset>> list_datasets(ReadTx& tx, const Sight& sight, const DatasetQuery& query);
// By table name, for the table catalog: those after `after`.
Result<std::vector<Dataset>> list_tables(ReadTx& tx, const Sight& sight, std::string_view after, int64_t limit);

// A living dataset and how long its batches stay, for our own work.
struct DatasetAge {
  DatasetId id;
  std::string time_to_live = {};            // extensions.adobe_lakeHouse.rowExpiration.ttlValue; empty: none of its own
  std::optional<Millis> active_since = {};  // of the batch that has been active longest
};
// By id, those after `after`.
Result<std::vector<DatasetAge>> dataset_ages(ReadTx& tx, const DatasetId& after, int64_t limit);

// For our own work, never for a client's id: deleted ones too.
Result<Dataset> get_dataset(ReadTx& tx, const DatasetId& id);

// `wanted`, or with the first free suffix _2, _3, … that no living dataset of the sandbox has, letter case ignored.
Result<std::string> free_table_name(ReadTx& tx, const Scope& scope, std::string_view wanted);

// Writes name, description, schema reference and version, extra, tags and the updated… fields of `changed`; the version
// becomes expected_version + 1. `precondition_failed`: the stored version is another.
Result<Dataset> update_dataset(Tx& tx, Dataset changed, int64_t expected_version);

// From now on nobody finds it, and its table name is free. Its batches are the caller's to move on.
Status delete_dataset(Tx& tx, const Sight& sight, const DatasetId& id, Millis now, std::string_view user);

// Living datasets of the sandbox that refer to the schema.
Result<int64_t> count_datasets_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema);

struct PinnedSchema {
  DatasetId dataset_id = {};
  int64_t schema_version = 0;          // Dataset::schema_version
  std::string resolved_json = {};      // the whole XDM tree
  std::string table_schema_json = {};  // model/table_schema_json.h
  std::string check_schema_json = {};  // model/check_schema_json.h
  std::string check_hash = {};         // of that text: workers cache by it
  Millis created = 0;
};
// Once for each version, never changed.
Status pin_schema(Tx& tx, const PinnedSchema& schema);
Result<PinnedSchema> get_pinned_schema(ReadTx& tx, const DatasetId& id, int64_t schema_version);

// Ascending field id.
Result<std::vector<FieldFact>> field_facts(ReadTx& tx, const DatasetId& id);
// Append-only. `internal`: a path or field id has another fact already.
Status add_field_facts(Tx& tx, const DatasetId& id, std::span<const FieldFact> facts);

}  // namespace lakegate::ledger
