// Promotion: the staged batches of one table become one Iceberg snapshot, all of them or none; and the way back.
// The only place that makes snapshots, and lets old ones go. DESIGN.md beside this file has the reasons.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/histogram.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/object_reserve.h"
#include "ledger/org_names.h"
#include "model/batch.h"
#include "model/batch_status.h"
#include "model/ids.h"
#include "model/sight.h"
#include "objects/object_store.h"
#include "promotion/known_tables.h"
#include "promotion/promotion_counts.h"
#include "promotion/promotion_settings.h"
#include "promotion/round.h"
#include "promotion/round_builder.h"
#include "promotion/round_input.h"
#include "promotion/round_writer.h"

namespace lakegate {

class Promoter {
 public:
  // `epoch`: of this start of the server; objects that a crash leaves behind are told by it.
  Promoter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random, int64_t epoch,
           PromotionSettings settings = {})
      : ledger_(ledger),
        objects_(objects),
        clock_(clock),
        random_(random),
        settings_(settings),
        writer_(ledger, objects, clock, random, epoch, settings_, begun_) {}

  // Takes the staged batches of the table, oldest first, into one append snapshot; or the oldest alone into one
  // overwrite snapshot, if it replaces others: its rows come and theirs go at once, active -> inactive by `replace`.
  // Writes manifests and manifest list, then moves table pointer, batch states, history and events in one ledger
  // transaction. A crash before it leaves only objects in state `writing`, which the sweeper removes at the next start.
  // Nothing: no batch was staged.
  //
  // Blocks on disk and ledger. Thread-safe; rounds of one table wait for each other.
  // `conflict`: batches or pointer moved during three attempts; call again.
  // `commit_unknown`: the ledger fell silent; nothing is deleted, read it back later.
  Result<std::optional<Round>> promote(const DatasetId& dataset);

  // Takes an active batch's rows out of the table: active -> inactive by `event` (revert, expire). Its manifests are
  // rewritten without it; its objects are condemned when the last snapshot that shows them leaves the metadata.
  // `cause` and `user` (empty: ours) go into the batch's history, `trace` to the batch. Blocking, threads and errors as
  // above; `batch_not_found`; `batch_wrong_state` where the batch is not active.
  Result<Round> revert(const Sight& sight, const BatchId& batch, BatchEvent event, const std::string& cause,
                       const std::string& user = {}, const std::string& trace = {});

  // Lets snapshots that others came after at `before` or earlier leave the table's metadata, and condemns what only
  // they showed: how the bytes of a reverted batch go although nobody writes to its table any more. Makes no snapshot;
  // the current one always stays. Nothing to do for a deleted dataset. Threads and errors as above.
  Status forget_history(const DatasetId& dataset, Millis before);

  // Thread-safe.
  PromotionCounts counts() const;

 private:
  Status try_forget(const DatasetId& dataset, Millis before);
  Result<std::optional<Round>> try_promote(const DatasetId& dataset);
  void note_round(const Round& round, std::chrono::steady_clock::time_point begun);
  void note_active(const Round& round, std::span<const Batch> batches);
  Result<Round> try_revert(const Sight& sight, const BatchId& batch, const BatchChange& change);
  Status merge_manifests(RoundBuilder& round);
  Status remove_files(RoundBuilder& round, std::span<const ActiveRows> batches);

  static constexpr size_t objects_begun_max = 4'096;
  static constexpr size_t tables_known_max = 16;  // one of ten thousand columns has some megabytes

  Result<TableState> load_table(ReadTx& tx, const DatasetId& dataset);
  RoundBuilder new_round(OrgNumber org, TableState table, RoundKind kind);
  std::mutex& mutex_of(const DatasetId& dataset);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const PromotionSettings settings_;
  ledger::ObjectReserve begun_{objects_begun_max};
  RoundWriter writer_;
  KnownTables known_{tables_known_max};
  ledger::OrgNames org_names_{ledger_};

  // What counts() gives.
  std::array<std::atomic<int64_t>, all_round_kinds.size()> rounds_{};
  SizeHistogram round_batches_;
  DurationHistogram round_us_;
  DurationHistogram complete_to_active_us_;

  // A round holds its table's mutex from reading the pointer to moving it. Tables share a few by hash.
  std::array<std::mutex, 64> mutexes_;
};

}  // namespace lakegate
