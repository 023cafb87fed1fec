#include "promotion/promoter.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_set>

#include "base/error_codes.h"
#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/tables.h"
#include "model/trace.h"
#include "promotion/history.h"
#include "promotion/manifest_entries.h"

namespace lakegate {
namespace {

constexpr int attempts_max = 3;

// The last part of a key or URI. Data files are named by a ULID of our own, so it tells them apart wherever the
// server's folder was when the URI was written.
std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Places of the entries whose file is one of `names`.
std::vector<size_t> find_entries(std::span<const iceberg::ManifestEntry> entries,
                                 const std::unordered_set<std::string_view>& names) {
  std::vector<size_t> found;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (names.contains(last_part(entries[i].file_path))) found.push_back(i);
  }
  return found;
}

bool may_hold(const ManifestFile& manifest, int64_t sequence_number) {
  return manifest.min_sequence_number <= sequence_number && sequence_number <= manifest.sequence_number;
}

}  // namespace

Result<std::optional<Round>> Promoter::promote(const DatasetId& dataset) {
  const std::lock_guard lock(mutex_of(dataset));
  for (int attempt = 1;; ++attempt) {
    auto round = try_promote(dataset);
    const bool moved = !round && round.error().kind() == ErrorKind::conflict;
    if (!moved || attempt == attempts_max) return round;
  }
}

Result<Round> Promoter::revert(const Sight& sight, const BatchId& id, BatchEvent event, const std::string& cause,
                               const std::string& user, const std::string& trace) {
  LG_ASSIGN(const Batch batch, ledger_.read([&](ReadTx& tx) { return ledger::find_batch(tx, sight, id); }));
  const std::lock_guard lock(mutex_of(batch.dataset_id));
  for (int attempt = 1;; ++attempt) {
    auto round = try_revert(sight, id, {.event = event, .cause = cause, .user = user, .trace = trace});
    const bool moved = !round && round.error().code == &codes::conflict;
    if (!moved || attempt == attempts_max) return round;
  }
}

Status Promoter::forget_history(const DatasetId& dataset, Millis before) {
  const std::lock_guard lock(mutex_of(dataset));
  for (int attempt = 1;; ++attempt) {
    const Status forgotten = try_forget(dataset, before);
    const bool moved = !forgotten && forgotten.error().code == &codes::conflict;
    if (!moved || attempt == attempts_max) return forgotten;
  }
}

Status Promoter::try_forget(const DatasetId& dataset, Millis before) {
  LG_ASSIGN(std::optional<TableState> table, ledger_.read([&](ReadTx& tx) -> Result<std::optional<TableState>> {
    LG_ASSIGN(const Dataset owner, ledger::get_dataset(tx, dataset));
    if (owner.deleted) return std::nullopt;
    LG_ASSIGN(TableState loaded, ledger::load_table(tx, dataset));
    return loaded;
  }));
  if (!table || table->snapshots.empty()) return {};
  const std::vector<ObjectKey> lists = prune_superseded(*table, before);
  return writer_.forget(std::move(*table), lists);
}

// Where this server's last round left it, if nobody moved it since.
Result<TableState> Promoter::load_table(ReadTx& tx, const DatasetId& dataset) {
  LG_ASSIGN(const int64_t version, ledger::table_version(tx, dataset));
  std::optional<TableState> known = known_.take(dataset, version);
  if (known) return *std::move(known);
  return ledger::load_table(tx, dataset);
}

Result<std::optional<Round>> Promoter::try_promote(const DatasetId& dataset) {
  const auto begun = std::chrono::steady_clock::now();
  const LoadTable load = [this](ReadTx& tx, const DatasetId& id) { return load_table(tx, id); };
  LG_ASSIGN(StagedWork work, ledger_.read([&](ReadTx& tx) { return read_staged_work(tx, dataset, settings_, load); }));
  if (work.batches.empty()) return std::nullopt;

  const bool replaces = !work.replaced.empty();
  RoundBuilder round = new_round(work.org, std::move(work.table), replaces ? RoundKind::overwrite : RoundKind::append);
  LG_TRY(replaces ? remove_files(round, work.replaced) : merge_manifests(round));
  round.append(work.files);
  for (const ActiveRows& rows : work.replaced) round.replace(rows.batch);
  std::vector<BatchId> ids;
  for (const Batch& batch : work.batches) ids.push_back(batch.id);
  RoundPlan plan = std::move(round).finish(std::move(ids), settings_);
  LG_TRY(writer_.write(plan, work.org, {.event = BatchEvent::promote, .cause = "promoted"}));
  Round made{.kind = plan.kind, .snapshot = plan.next.snapshots.back(), .batches = plan.batches, .more = work.more};
  known_.keep(std::move(plan.next));
  note_round(made, begun);
  note_active(made, work.batches);
  return made;
}

Result<Round> Promoter::try_revert(const Sight& sight, const BatchId& batch, const BatchChange& change) {
  const auto begun = std::chrono::steady_clock::now();
  LG_ASSIGN(ActiveBatch work,
            ledger_.read([&](ReadTx& tx) { return read_active_batch(tx, sight, batch, change.event); }));
  RoundBuilder round = new_round(work.org, std::move(work.table), RoundKind::remove);
  LG_TRY(remove_files(round, {&work.rows, 1}));
  const RoundPlan plan = std::move(round).finish({batch}, settings_);
  LG_TRY(writer_.write(plan, work.org, change));
  Round made{.kind = plan.kind, .snapshot = plan.next.snapshots.back(), .batches = plan.batches};
  note_round(made, begun);
  log::info("Batch inactive", {{"batch", batch},
                               {"dataset", plan.next.dataset_id},
                               {"org", org_names_.of(work.org)},
                               {"snapshot", made.snapshot.snapshot_id},
                               {"why", change.cause},
                               {"trace_id", trace_id_of(change.trace)}});
  return made;
}

void Promoter::note_round(const Round& round, std::chrono::steady_clock::time_point begun) {
  rounds_[static_cast<size_t>(round.kind)].fetch_add(1, std::memory_order_relaxed);
  round_batches_.add(std::ssize(round.batches));
  round_us_.add(std::chrono::steady_clock::now() - begun);
}

void Promoter::note_active(const Round& round, std::span<const Batch> batches) {
  const Millis now = clock_.now_ms();
  for (const Batch& batch : batches) {
    const Millis since_complete = std::max<Millis>(0, now - batch.started.value_or(now));
    complete_to_active_us_.add(std::chrono::milliseconds(since_complete));
    log::info("Batch active", {{"batch", batch.id},
                               {"dataset", batch.dataset_id},
                               {"org", org_names_.of(batch.scope.org)},
                               {"snapshot", round.snapshot.snapshot_id},
                               {"round_batches", batches.size()},
                               {"since_complete_ms", since_complete},
                               {"trace_id", trace_id_of(batch.trace)}});
  }
}

PromotionCounts Promoter::counts() const {
  PromotionCounts read{.batches = round_batches_.read(),
                       .round_us = round_us_.read(),
                       .complete_to_active_us = complete_to_active_us_.read()};
  std::ranges::copy(rounds_, read.rounds.begin());
  return read;
}

Status Promoter::merge_manifests(RoundBuilder& round) {
  const std::optional<ManifestRun> run = choose_merge(round.manifests(), settings_);
  if (!run) return {};
  LG_ASSIGN(std::vector<iceberg::ManifestEntry> entries,
            read_live_entries(objects_, std::span(round.manifests()).subspan(run->first, run->count)));
  round.rewrite(*run, std::move(entries), {});
  return {};
}

// Each manifest is rewritten once, however many of the batches it holds files of.
Status Promoter::remove_files(RoundBuilder& round, std::span<const ActiveRows> batches) {
  std::unordered_set<std::string_view> names;
  for (const ActiveRows& rows : batches) {
    for (const DataFile& file : rows.files) names.insert(last_part(file.object.text()));
  }
  const auto may_hold_some = [&](const ManifestFile& manifest) {
    return std::ranges::any_of(batches,
                               [&](const ActiveRows& rows) { return may_hold(manifest, rows.sequence_number); });
  };

  size_t removed = 0;
  for (size_t at = 0; at < round.manifests().size() && removed < names.size(); ++at) {
    const ManifestFile manifest = round.manifests()[at];
    if (!may_hold_some(manifest)) continue;
    LG_ASSIGN(std::vector<iceberg::ManifestEntry> entries, read_live_entries(objects_, {&manifest, 1}));
    const std::vector<size_t> found = find_entries(entries, names);
    if (found.empty()) continue;
    removed += found.size();
    round.rewrite({.first = at, .count = 1}, std::move(entries), found);
  }
  if (removed == names.size()) return {};
  return fail(codes::corrupt, "The table's manifests hold {} of the {} data files of batch {}{}", removed, names.size(),
              batches.front().batch, batches.size() > 1 ? " and others" : "");
}

RoundBuilder Promoter::new_round(OrgNumber org, TableState table, RoundKind kind) {
  const auto locate = [this](const ObjectKey& key) { return objects_.location(key); };
  const auto take_begun = [this, dataset = table.dataset_id] { return begun_.take(dataset); };
  return {std::move(table), {.org = org, .locate = locate, .take_begun = take_begun}, kind, clock_.now_ms(), random_};
}

std::mutex& Promoter::mutex_of(const DatasetId& dataset) {
  return mutexes_[std::hash<DatasetId>{}(dataset) % mutexes_.size()];
}

}  // namespace lakegate
