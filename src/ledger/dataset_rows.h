// A dataset's row, for the operations of datasets.h.
#pragma once

#include <string_view>

#include "ledger/json_columns.h"
#include "model/dataset.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, Dataset& dataset) {
  visit(dataset.id, dataset.view_id, dataset.scope.org, dataset.scope.sandbox, dataset.name, dataset.description,
        dataset.schema_id, dataset.schema_content_type, dataset.schema_version, dataset.extra_json, dataset.tags,
        dataset.table_name, dataset.deleted, dataset.created, dataset.updated, dataset.created_user,
        dataset.updated_user, dataset.created_client, dataset.version);
}

}  // namespace lakegate

namespace lakegate::ledger {

// In the order of visit_columns.
inline constexpr std::string_view select_dataset =
    "SELECT id, view_id, org, sandbox, name, description, schema_id, schema_content_type, schema_version, extra, tags,"
    " table_name, deleted, created, updated, created_user, updated_user, created_client, version FROM dataset";

}  // namespace lakegate::ledger
