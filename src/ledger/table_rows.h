// The rows of a table's state: their columns, and how those that differ are written.
#pragma once

#include "base/result.h"
#include "ledger/json_columns.h"
#include "ledger/transaction.h"
#include "model/table_state.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, TableState& table) {
  visit(table.dataset_id, table.uuid, table.version, table.last_sequence_number, table.last_updated,
        table.last_column_id, table.current_schema_id, table.properties);
}

template <class Visit>
void visit_columns(Visit& visit, Snapshot& snapshot) {
  visit(snapshot.snapshot_id, snapshot.parent_snapshot_id, snapshot.sequence_number, snapshot.timestamp,
        snapshot.manifest_list, snapshot.schema_id, snapshot.summary);
}

template <class Visit>
void visit_columns(Visit& visit, ManifestFile& manifest) {
  ManifestEntryCounts& counts = manifest.counts;
  visit(manifest.object, manifest.length_bytes, manifest.sequence_number, manifest.min_sequence_number,
        manifest.added_snapshot_id, counts.added_files, counts.existing_files, counts.deleted_files, counts.added_rows,
        counts.existing_rows, counts.deleted_rows);
}

}  // namespace lakegate

namespace lakegate::ledger {

// Schemas, snapshots and manifests: removes the rows that the state has no more, inserts those that it has new, and
// leaves all others alone. `internal`: it refers to an object that is not there, or condemned.
Status store_parts(Tx& tx, const TableState& state);

}  // namespace lakegate::ledger
