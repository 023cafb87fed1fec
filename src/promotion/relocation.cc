#include "promotion/relocation.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/crash_point.h"
#include "base/error_codes.h"
#include "base/log.h"
#include "iceberg/manifest.h"
#include "ledger/datasets.h"
#include "ledger/inspection.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "objects/object_keys.h"
#include "objects/read_object.h"

namespace lakegate {
namespace {

using iceberg::ManifestListEntry;

constexpr int64_t page_tables = 1'000;

const TableSchema& current_schema(const TableState& table) {
  return *std::ranges::find(table.schemas, table.current_schema_id, &TableSchema::schema_id);
}

Result<ObjectKey> key_in(std::string_view location, const ObjectKey& folder) {
  const auto key = key_of_location(location, folder);
  if (key) return *key;
  return fail(codes::corrupt, "{} is no location of the table {}", location, folder);
}

}  // namespace

struct Relocation::Table {
  TableState state = {};
  OrgNumber org = {};
  ObjectKey folder = {};
  std::vector<std::vector<ManifestListEntry>> lists = {};     // one for each snapshot
  std::map<ObjectKey, ledger::ReplacedObject> replaced = {};  // by the former key

  ObjectKey new_key(std::string_view name) const { return metadata_key(org, state.dataset_id, name); }
};

Result<int64_t> Relocation::run() {
  const std::string here = objects_.location(ObjectKey());
  LG_ASSIGN(const auto noted, ledger_.read([](ReadTx& tx) { return ledger::find_store_location(tx); }));
  if (noted == here) return 0;
  if (noted) log::info("The objects were moved: tables' files are written anew", {{"from", *noted}, {"to", here}});

  int64_t relocated = 0;
  DatasetId last;
  while (true) {
    LG_ASSIGN(const auto page,
              ledger_.read([&](ReadTx& tx) { return ledger::datasets_with_tables(tx, last, page_tables); }));
    for (const DatasetId& dataset : page) {
      LG_ASSIGN(const bool written, relocate(dataset));
      relocated += written ? 1 : 0;
    }
    if (static_cast<int64_t>(page.size()) < page_tables) break;
    last = page.back();
  }
  LG_TRY(ledger_.write([&](Tx& tx) { return ledger::set_store_location(tx, here); }));
  return relocated;
}

Result<bool> Relocation::relocate(const DatasetId& dataset) {
  Table table;
  LG_TRY(ledger_.read([&](ReadTx& tx) -> Status {
    LG_ASSIGN(table.state, ledger::load_table(tx, dataset));
    LG_ASSIGN(const Dataset owner, ledger::get_dataset(tx, dataset));
    table.org = owner.scope.org;
    return {};
  }));
  if (table.state.snapshots.empty()) return false;
  table.folder = table_folder_key(table.org, dataset);
  bool at_its_place = true;
  for (const Snapshot& snapshot : table.state.snapshots) {
    LG_ASSIGN(table.lists.emplace_back(), read_list(snapshot));
    at_its_place = at_its_place && is_at_its_place(table.lists.back(), table.folder);
  }
  if (at_its_place) return false;

  LG_TRY(plan(table));
  for (const std::vector<ManifestListEntry>& list : table.lists) {
    for (const ManifestListEntry& listed : list) LG_TRY(write_manifest(table, listed));
  }
  for (size_t i = 0; i < table.lists.size(); ++i) LG_TRY(write_list(table, i));
  LG_TRY(commit(table));
  return true;
}

Result<std::vector<ManifestListEntry>> Relocation::read_list(const Snapshot& snapshot) {
  LG_ASSIGN(const OpenObject opened, objects_.open(snapshot.manifest_list));
  LG_ASSIGN(const std::string bytes, read_object(objects_, snapshot.manifest_list, opened.size_bytes));
  auto list = iceberg::read_manifest_list(bytes);
  if (list) return list;
  return fail(codes::corrupt, "Manifest list {}: {}", snapshot.manifest_list, list.error().message);
}

bool Relocation::is_at_its_place(const std::vector<ManifestListEntry>& list, const ObjectKey& folder) const {
  return std::ranges::all_of(list, [&](const ManifestListEntry& listed) {
    const auto key = key_of_location(listed.manifest_path, folder);
    return key && objects_.location(*key) == listed.manifest_path;
  });
}

// Names all new objects, and lets the ledger know of them before the first is written.
Status Relocation::plan(Table& table) {
  const std::string id = random_.uuid();
  for (size_t i = 0; i < table.lists.size(); ++i) {
    const Snapshot& snapshot = table.state.snapshots[i];
    const std::string name = fmt::format("snap-{}-{}.avro", snapshot.snapshot_id, id);
    table.replaced[snapshot.manifest_list] = {.former = snapshot.manifest_list, .object = table.new_key(name)};
    for (const ManifestListEntry& listed : table.lists[i]) {
      LG_ASSIGN(const ObjectKey former, key_in(listed.manifest_path, table.folder));
      const std::string manifest_name = fmt::format("{}-m{}.avro", id, table.replaced.size());
      table.replaced.try_emplace(former, ledger::ReplacedObject{former, table.new_key(manifest_name)});
    }
  }
  return ledger_.write([&](Tx& tx) -> Status {
    for (const auto& [former, replaced] : table.replaced) {
      LG_TRY(ledger::begin_object(tx, replaced.object, table.state.dataset_id, BatchId(), epoch_));
    }
    return {};
  });
}

// Once, however many lists have it.
Status Relocation::write_manifest(Table& table, const ManifestListEntry& listed) {
  LG_ASSIGN(const ObjectKey former, key_in(listed.manifest_path, table.folder));
  ledger::ReplacedObject& replaced = table.replaced[former];
  if (replaced.length_bytes > 0) return {};
  LG_ASSIGN(const std::string bytes, read_object(objects_, former, listed.length_bytes));
  auto entries = iceberg::read_manifest(bytes);
  if (!entries) return fail(codes::corrupt, "Manifest {}: {}", former, entries.error().message);
  for (iceberg::ManifestEntry& entry : *entries) {
    LG_ASSIGN(const ObjectKey file, key_in(entry.file_path, table.folder));
    entry.file_path = objects_.location(file);
  }
  const std::string written =
      iceberg::write_manifest(current_schema(table.state), *entries, iceberg::random_sync_marker(random_));
  replaced.length_bytes = static_cast<int64_t>(written.size());
  return objects_.put(replaced.object, std::as_bytes(std::span(written)));
}

Status Relocation::write_list(Table& table, size_t snapshot) {
  std::vector<ManifestFile> manifests;
  for (const ManifestListEntry& listed : table.lists[snapshot]) {
    LG_ASSIGN(const ObjectKey former, key_in(listed.manifest_path, table.folder));
    const ledger::ReplacedObject& replaced = table.replaced[former];
    manifests.push_back({.object = replaced.object,
                         .length_bytes = replaced.length_bytes,
                         .sequence_number = listed.sequence_number,
                         .min_sequence_number = listed.min_sequence_number,
                         .added_snapshot_id = listed.added_snapshot_id,
                         .counts = listed.counts});
  }
  const auto locate = [this](const ObjectKey& key) { return objects_.location(key); };
  const std::string written = iceberg::write_manifest_list(table.state.snapshots[snapshot], manifests, locate,
                                                           iceberg::random_sync_marker(random_));
  ledger::ReplacedObject& replaced = table.replaced[table.state.snapshots[snapshot].manifest_list];
  replaced.length_bytes = static_cast<int64_t>(written.size());
  return objects_.put(replaced.object, std::as_bytes(std::span(written)));
}

// No reader holds the former files: at this place they name nothing.
Status Relocation::commit(const Table& table) {
  std::vector<ledger::ReplacedObject> objects;
  for (const auto& [former, replaced] : table.replaced) objects.push_back(replaced);
  crash_point("relocation.written");
  LG_TRY(ledger_.write([&](Tx& tx) {
    return ledger::replace_table_objects(tx, table.state.dataset_id, table.state.version, objects, clock_.now_ms());
  }));
  crash_point("relocation.committed");
  return {};
}

}  // namespace lakegate
