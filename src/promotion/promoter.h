// Promotion: the staged batches of one table become one Iceberg snapshot, all of them or none; and the way back.
// The only place that makes snapshots. DESIGN.md beside this file has the reasons.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "model/batch_status.h"
#include "model/ids.h"
#include "model/table_state.h"

namespace lakegate {

class Ledger;
class ObjectStore;

// One commit of a table. A round has one kind: readers that follow a table step by step skip or refuse those that are
// not appends. Numbers are stored in the ledger and never change.
enum class RoundKind { append = 1, remove = 2, overwrite = 3 };

// Iceberg's word for it, in the summary's `operation`.
std::string_view to_string(RoundKind kind);

struct Round {
  RoundKind kind = RoundKind::append;
  Snapshot snapshot = {};
  std::vector<BatchId> batches = {};  // those that changed their state with it
  bool more = false;                  // append: staged batches are left over for the next round
};

struct PromotionSettings {
  int64_t batches_per_round_max = 1'000;
  int64_t files_per_round_max = 10'000;      // a batch over it makes a round of its own
  int64_t snapshots_max = 100;               // in table metadata; older ones leave it with the round
  int64_t manifests_to_merge = 32;           // so many of one size become one
  int64_t manifest_bytes_max = 8 << 20;      // merged manifests stay below
  Millis reader_grace = 24LL * 3600 * 1000;  // between the last reference to an object and its removal
};

class Promoter {
 public:
  Promoter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random, PromotionSettings settings)
      : ledger_(ledger), objects_(objects), clock_(clock), random_(random), settings_(settings) {}

  // Takes the staged batches of the table, oldest first, into one append snapshot. Writes manifest and manifest list,
  // then moves table pointer, batch states, history and events in one ledger transaction. A crash before it leaves only
  // objects in state `writing`, which the sweeper removes at the next start. Nothing: no batch was staged.
  //
  // Blocks on disk and ledger. Thread-safe; rounds of one table wait for each other.
  // `conflict`: batches or pointer moved under three attempts; call again.
  // `commit_unknown`: the ledger fell silent; nothing is deleted, read it back later.
  Result<std::optional<Round>> promote(const DatasetId& dataset);

  // Takes an active batch's rows out of the table: active -> inactive by `event` (revert, expire). Its manifests are
  // rewritten without it; its objects are condemned when the last snapshot that shows them leaves the metadata.
  // `cause` and `user` go into the batch's history. Blocks, threads and errors as above; `batch_wrong_state` where the
  // batch is not active.
  Result<Round> revert(const Scope& scope, const BatchId& batch, BatchEvent event, const std::string& cause);

 private:
  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const PromotionSettings settings_;

  // A round holds its table's mutex from reading the pointer to moving it. Tables share a few by hash.
  std::array<std::mutex, 64> mutexes_;
};

}  // namespace lakegate
