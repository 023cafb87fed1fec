// Batches as rows: the columns that make a Batch, for every file here that reads batches.
#pragma once

#include <string>
#include <string_view>

#include "ledger/column_types.h"
#include "model/batch.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, Batch& batch) {
  visit(batch.id, batch.scope.org, batch.scope.sandbox, batch.dataset_id, batch.status, batch.external_id, batch.format,
        batch.input_format_json, batch.tags_json, batch.schema_version, batch.created, batch.updated, batch.started,
        batch.completed, batch.created_user, batch.created_client, batch.updated_user, batch.version, batch.file_count,
        batch.size_bytes, batch.record_count, batch.failed_record_count, batch.snapshot_id, batch.trace);
}

namespace ledger {

// Which batches the indexes of living and of ended ones hold, in the words of migration 6, by which SQLite knows them.
inline constexpr std::string_view is_living =
    "(status = 'loading' OR status = 'loaded' OR status = 'staging' OR status = 'staged')";
inline constexpr std::string_view is_ended =
    "(status = 'active' OR status = 'failed' OR status = 'aborted' OR status = 'abandoned' OR status = 'inactive'"
    " OR status = 'deleted')";

// "SELECT" with those columns "FROM batch", then `rest`.
inline std::string select_batches(std::string_view rest) {
  return "SELECT id, org, sandbox, dataset_id, status, external_id, format, input_format, tags, schema_version,"
         " created, updated, started, completed, created_user, created_client, updated_user, version, file_count,"
         " size_bytes, record_count, failed_record_count, snapshot_id, trace FROM batch " +
         std::string(rest);
}

}  // namespace ledger
}  // namespace lakegate
