// A round adds one snapshot and a manifest or two to a table that may have a hundred of each. The keys that are stored
// are read, which is cheap; what is written goes to the log and to disk, and is the difference alone.
#include "ledger/table_rows.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/error_codes.h"
#include "ledger/manifest_positions.h"

namespace lakegate::ledger {
namespace {

struct StoredManifest {
  ObjectKey key;
  int64_t object = 0;
  int64_t position = 0;
};

template <class Visit>
void visit_columns(Visit& visit, StoredManifest& manifest) {
  visit(manifest.key, manifest.object, manifest.position);
}

// `key` names a member of Item. Removals come first: they free what is unique.
template <class Key, class Item, class Remove, class Insert>
Status write_difference(const std::vector<Key>& stored, const std::vector<Item>& wanted, Key Item::* key, Remove remove,
                        Insert insert) {
  const std::unordered_set<Key> stored_keys(stored.begin(), stored.end());
  std::unordered_set<Key> wanted_keys;
  for (const Item& item : wanted) wanted_keys.insert(item.*key);
  for (const Key& found : stored) {
    if (!wanted_keys.contains(found)) LG_TRY(remove(found));
  }
  for (const Item& item : wanted) {
    if (!stored_keys.contains(item.*key)) LG_TRY(insert(item));
  }
  return {};
}

// A row that takes its object's number from the object with the key: none, when that is not to be referred to.
Status one_object(const Result<int64_t>& inserted, const DatasetId& dataset, const ObjectKey& key) {
  if (!inserted.has_value()) return std::unexpected(inserted.error());
  if (*inserted == 1) return {};
  return fail(codes::internal, "The table of dataset {} cannot refer to {}: the object is not there, or condemned",
              dataset, key);
}

Status store_schemas(Tx& tx, const TableState& state) {
  const DatasetId& dataset = state.dataset_id;
  LG_ASSIGN(const auto stored,
            find_rows<int32_t>(tx, "SELECT schema_id FROM table_schema WHERE dataset_id = :dataset", dataset));
  const auto remove = [&](int32_t id) {
    return change_rows(tx, "DELETE FROM table_schema WHERE dataset_id = :dataset AND schema_id = :id", dataset, id);
  };
  const auto insert = [&](const TableSchema& schema) {
    return change_rows(tx,
                       "INSERT INTO table_schema (dataset_id, schema_id, document) VALUES (:dataset, :id, :document)",
                       dataset, schema.schema_id, schema);
  };
  return write_difference(stored, state.schemas, &TableSchema::schema_id, remove, insert);
}

Status store_snapshots(Tx& tx, const TableState& state) {
  const DatasetId& dataset = state.dataset_id;
  LG_ASSIGN(const auto stored,
            find_rows<int64_t>(tx, "SELECT snapshot_id FROM table_snapshot WHERE dataset_id = :dataset", dataset));
  const auto remove = [&](int64_t id) {
    return change_rows(tx, "DELETE FROM table_snapshot WHERE dataset_id = :dataset AND snapshot_id = :id", dataset, id);
  };
  const auto insert = [&](const Snapshot& snapshot) {
    const auto inserted = change_rows(
        tx,
        "INSERT INTO table_snapshot (dataset_id, snapshot_id, parent_snapshot_id, sequence_number, at, manifest_list,"
        " schema_id, summary) SELECT :dataset, :id, :parent, :sequence, :at, number, :schema_id, :summary"
        " FROM object WHERE key = :key AND state <> 'condemned'",
        dataset, snapshot.snapshot_id, snapshot.parent_snapshot_id, snapshot.sequence_number, snapshot.timestamp,
        snapshot.schema_id, snapshot.summary, snapshot.manifest_list);
    return one_object(inserted, dataset, snapshot.manifest_list);
  };
  return write_difference(stored, state.snapshots, &Snapshot::snapshot_id, remove, insert);
}

Status insert_manifest(Tx& tx, const DatasetId& dataset, const ManifestFile& manifest, int64_t position) {
  const ManifestEntryCounts& counts = manifest.counts;
  const auto inserted = change_rows(
      tx,
      "INSERT INTO table_manifest (dataset_id, object, position, length_bytes, sequence_number, min_sequence_number,"
      " added_snapshot_id, added_files, existing_files, deleted_files, added_rows, existing_rows, deleted_rows)"
      " SELECT :dataset, number, :position, :length, :sequence, :min_sequence, :added_snapshot, :added_files,"
      " :existing_files, :deleted_files, :added_rows, :existing_rows, :deleted_rows"
      " FROM object WHERE key = :key AND state <> 'condemned'",
      dataset, position, manifest.length_bytes, manifest.sequence_number, manifest.min_sequence_number,
      manifest.added_snapshot_id, counts.added_files, counts.existing_files, counts.deleted_files, counts.added_rows,
      counts.existing_rows, counts.deleted_rows, manifest.object);
  return one_object(inserted, dataset, manifest.object);
}

Status remove_manifests(Tx& tx, const DatasetId& dataset, const std::unordered_map<ObjectKey, StoredManifest>& rows) {
  for (const auto& [key, row] : rows) {
    LG_TRY(change_rows(tx, "DELETE FROM table_manifest WHERE dataset_id = :dataset AND object = :object", dataset,
                       row.object));
  }
  return {};
}

Status store_manifests(Tx& tx, const TableState& state) {
  const DatasetId& dataset = state.dataset_id;
  LG_ASSIGN(std::vector<StoredManifest> rows,
            find_rows<StoredManifest>(tx,
                                      "SELECT o.key, m.object, m.position FROM table_manifest m"
                                      " JOIN object o ON o.number = m.object WHERE m.dataset_id = :dataset",
                                      dataset));
  std::unordered_map<ObjectKey, StoredManifest> stored;
  for (StoredManifest& row : rows) stored.emplace(row.key, std::move(row));

  std::vector<std::optional<int64_t>> former;
  for (const ManifestFile& manifest : state.manifests) {
    const auto found = stored.find(manifest.object);
    former.push_back(found == stored.end() ? std::nullopt : std::optional(found->second.position));
  }
  const std::vector<int64_t> positions = place_manifests(former);
  for (size_t i = 0; i < positions.size(); ++i) {
    const ManifestFile& manifest = state.manifests[i];
    if (!former[i].has_value()) {
      LG_TRY(insert_manifest(tx, dataset, manifest, positions[i]));
    } else if (*former[i] != positions[i]) {
      LG_TRY(change_rows(
          tx, "UPDATE table_manifest SET position = :position WHERE dataset_id = :dataset AND object = :object",
          positions[i], dataset, stored.at(manifest.object).object));
    }
  }
  for (const ManifestFile& manifest : state.manifests) stored.erase(manifest.object);
  return remove_manifests(tx, dataset, stored);
}

}  // namespace

Status store_parts(Tx& tx, const TableState& state) {
  LG_TRY(store_schemas(tx, state));
  LG_TRY(store_snapshots(tx, state));
  return store_manifests(tx, state);
}

}  // namespace lakegate::ledger
