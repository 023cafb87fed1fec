#include "ledger/tables.h"

#include "base/error_codes.h"
#include "ledger/table_rows.h"

namespace lakegate::ledger {
namespace {

std::unexpected<Error> not_found(const DatasetId& id) { return fail(codes::not_found, "Dataset {} has no table", id); }

// The compare-and-swap: the table's one row.
Status move_pointer(Tx& tx, const TableState& next) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE iceberg_table SET version = :version, last_sequence_number = :last_sequence_number,"
                        " last_updated = :last_updated, last_column_id = :last_column_id,"
                        " current_schema_id = :current_schema_id, properties = :properties"
                        " WHERE dataset_id = :dataset AND version = :former_version",
                        next.version, next.last_sequence_number, next.last_updated, next.last_column_id,
                        next.current_schema_id, next.properties, next.dataset_id, next.version - 1));
  if (changed == 1) return {};
  LG_ASSIGN(const int64_t stored, table_version(tx, next.dataset_id));
  return fail(codes::conflict, "The table of dataset {} has version {} now, and the change was made from version {}",
              next.dataset_id, stored, next.version - 1);
}

}  // namespace

Status insert_table(Tx& tx, const TableState& state) {
  if (state.version != 1) return fail(codes::internal, "A new table has version {} instead of 1", state.version);
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "INSERT INTO iceberg_table (dataset_id, uuid, version, last_sequence_number, last_updated,"
                        " last_column_id, current_schema_id, properties) VALUES (:dataset, :uuid, :version,"
                        " :last_sequence_number, :last_updated, :last_column_id, :current_schema_id, :properties)"
                        " ON CONFLICT (dataset_id) DO NOTHING",
                        state.dataset_id, state.uuid, state.version, state.last_sequence_number, state.last_updated,
                        state.last_column_id, state.current_schema_id, state.properties));
  if (changed == 0) return fail(codes::conflict, "Dataset {} has a table already", state.dataset_id);
  LG_TRY(store_parts(tx, state));
  tx.on_commit({.kind = Wake::Kind::table, .dataset = state.dataset_id});
  return {};
}

Result<TableState> load_table(ReadTx& tx, const DatasetId& id) {
  LG_ASSIGN(auto table, find_row<TableState>(tx,
                                             "SELECT dataset_id, uuid, version, last_sequence_number, last_updated,"
                                             " last_column_id, current_schema_id, properties FROM iceberg_table"
                                             " WHERE dataset_id = :dataset",
                                             id));
  if (!table.has_value()) return not_found(id);
  LG_ASSIGN(table->schemas,
            find_rows<TableSchema>(
                tx, "SELECT document FROM table_schema WHERE dataset_id = :dataset ORDER BY schema_id", id));
  LG_ASSIGN(table->snapshots,
            find_rows<Snapshot>(tx,
                                "SELECT s.snapshot_id, s.parent_snapshot_id, s.sequence_number, s.at, o.key,"
                                " s.schema_id, s.summary"
                                " FROM table_snapshot s JOIN object o ON o.number = s.manifest_list"
                                " WHERE s.dataset_id = :dataset ORDER BY s.sequence_number",
                                id));
  LG_ASSIGN(table->manifests,
            find_rows<ManifestFile>(tx,
                                    "SELECT o.key, m.length_bytes, m.sequence_number, m.min_sequence_number,"
                                    " m.added_snapshot_id, m.added_files, m.existing_files, m.deleted_files,"
                                    " m.added_rows, m.existing_rows, m.deleted_rows"
                                    " FROM table_manifest m JOIN object o ON o.number = m.object"
                                    " WHERE m.dataset_id = :dataset ORDER BY m.position",
                                    id));
  return *std::move(table);
}

Result<int64_t> table_version(ReadTx& tx, const DatasetId& id) {
  LG_ASSIGN(const auto version,
            find_row<int64_t>(tx, "SELECT version FROM iceberg_table WHERE dataset_id = :dataset", id));
  if (!version.has_value()) return not_found(id);
  return *version;
}

Status store_table(Tx& tx, const TableState& next) {
  LG_TRY(move_pointer(tx, next));
  LG_TRY(store_parts(tx, next));
  tx.on_commit({.kind = Wake::Kind::table, .dataset = next.dataset_id});
  return {};
}

}  // namespace lakegate::ledger
