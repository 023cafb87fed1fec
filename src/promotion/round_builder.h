// RoundBuilder: works out one round without I/O: the bytes to put, the table's next state, what is referenced no more.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "iceberg/locate.h"
#include "iceberg/manifest.h"
#include "model/ids.h"
#include "model/table_state.h"
#include "promotion/manifest_merge.h"
#include "promotion/promotion_settings.h"
#include "promotion/round.h"

namespace lakegate {

struct TablePlace {
  OrgNumber org;
  iceberg::Locate locate;
  std::function<std::optional<ObjectKey>()> take_begun = {};  // an object of the table that the ledger knows already
};

struct PlannedObject {
  ObjectKey key;
  std::string bytes = {};
  bool begun = false;  // the ledger knows it
};

struct RoundPlan {
  RoundKind kind = RoundKind::append;
  TableState next = {};                       // its last snapshot is the round's
  std::vector<PlannedObject> manifests = {};  // new ones
  PlannedObject manifest_list = {};
  std::vector<ObjectKey> retired = {};       // manifests that only earlier snapshots have
  std::vector<ObjectKey> pruned_lists = {};  // manifest lists of snapshots that left the metadata
  int64_t oldest_sequence = 0;               // of the snapshots that stay: what was retired up to it has no reader
  std::vector<BatchId> batches = {};
  std::vector<BatchId> replaced = {};  // overwrite: those whose rows go
};

// One use: constructor, any of the middle calls, finish.
class RoundBuilder {
 public:
  // Takes `current` over. The round's numbers: sequence + 1, a time after the last one, ids by chance. Manifests
  // without live files are left out from now on.
  RoundBuilder(TableState current, TablePlace place, RoundKind kind, Millis now, Random& random);

  int64_t sequence_number() const { return snapshot_.sequence_number; }
  int64_t snapshot_id() const { return snapshot_.snapshot_id; }

  // As the new snapshot has them so far; indexes for rewrite().
  const std::vector<ManifestFile>& manifests() const { return state_.manifests; }

  // One manifest with these files, sequence numbers left to be inherited. Files without rows are left out: the table
  // holds nothing of them. No file: no manifest.
  void append(std::span<const DataFile> files);

  // Puts one manifest in the place of a run. `entries`: all live ones of the run, their inherited numbers filled in.
  // Those in `removed` (by place in `entries`, may be empty) become DELETED by this snapshot, the others EXISTING.
  void rewrite(ManifestRun run, std::vector<iceberg::ManifestEntry> entries, std::span<const size_t> removed);

  // Notes that the round takes the batch's rows out for those that it brings.
  void replace(const BatchId& batch) { plan_.replaced.push_back(batch); }

  // Adds the snapshot, lets old ones and their schemas go.
  RoundPlan finish(std::vector<BatchId> batches, const PromotionSettings& settings) &&;

 private:
  struct Totals {
    int64_t files = 0;
    int64_t rows = 0;
    int64_t bytes = 0;
  };

  ManifestFile write_manifest(std::span<const iceberg::ManifestEntry> entries, int64_t min_sequence_number);
  const TableSchema& current_schema() const;
  void summarise(std::span<const BatchId> batches);
  PlannedObject new_object() const;

  TablePlace place_;
  Random& random_;
  TableState state_;
  Snapshot snapshot_;
  std::string round_id_;
  RoundPlan plan_;
  Totals added_;
  Totals removed_;
};

}  // namespace lakegate
