// Relocation: Iceberg's files name objects by absolute locations. A data folder that stands at another place than
// before (moved, or restored from a backup) has its manifests and manifest lists written anew, with the present
// locations; snapshots, their ids and all numbers stay. docs/decisions/backup.md has the alternatives.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "iceberg/manifest_list.h"
#include "ledger/ledger.h"
#include "ledger/table_locations.h"
#include "model/table_state.h"
#include "objects/object_store.h"

namespace lakegate {

class Relocation {
 public:
  Relocation(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random, int64_t epoch)
      : ledger_(ledger), objects_(objects), clock_(clock), random_(random), epoch_(epoch) {}

  // At a start, before anybody reads or promotes. Does nothing where the store is at its place. Each table changes in
  // one ledger transaction, so a crash leaves whole tables to do, and `writing` objects for the sweeper. Returns how
  // many were written anew. `corrupt`: a table's files cannot be read; those before it are done.
  Result<int64_t> run();

 private:
  struct Table;

  Result<bool> relocate(const DatasetId& dataset);
  Result<std::vector<iceberg::ManifestListEntry>> read_list(const Snapshot& snapshot);
  bool is_at_its_place(const std::vector<iceberg::ManifestListEntry>& list, const ObjectKey& folder) const;
  Status plan(Table& table);
  Status write_manifest(Table& table, const iceberg::ManifestListEntry& listed);
  Status write_list(Table& table, size_t snapshot);
  Status commit(const Table& table);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const int64_t epoch_;
};

}  // namespace lakegate
