#include "promotion/round_builder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "iceberg/manifest_list.h"
#include "iceberg/measured_columns.h"
#include "objects/object_keys.h"
#include "promotion/history.h"

namespace lakegate {
namespace {

using iceberg::EntryStatus;
using iceberg::ManifestEntry;

constexpr size_t batch_ids_in_summary_max = 20;

bool has_live_files(const ManifestFile& manifest) {
  return manifest.counts.added_files > 0 || manifest.counts.existing_files > 0;
}

// Positive, and none of the table's.
int64_t new_snapshot_id(const TableState& table, Random& random) {
  while (true) {
    const auto id = static_cast<int64_t>(random.next_u64() >> 1);
    const auto twin = std::ranges::find(table.snapshots, id, &Snapshot::snapshot_id);
    if (id != 0 && twin == table.snapshots.end()) return id;
  }
}

std::string first_ids(std::span<const BatchId> batches) {
  std::vector<std::string_view> ids;
  for (const BatchId& id : batches.first(std::min(batches.size(), batch_ids_in_summary_max))) ids.push_back(id.text());
  return fmt::format("{}", fmt::join(ids, ","));
}

// A count of the last snapshot's summary; 0 where there is none.
int64_t former_total(const TableState& table, const std::string& name) {
  if (table.snapshots.empty()) return 0;
  const auto& summary = table.snapshots.back().summary;
  const auto found = summary.find(name);
  return found == summary.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

ManifestEntry added_entry(const DataFile& file, int64_t snapshot_id, const iceberg::Locate& locate,
                          const std::unordered_set<int32_t>& measured) {
  ManifestEntry entry{.status = EntryStatus::added,
                      .snapshot_id = snapshot_id,
                      .file_path = locate(file.object),
                      .record_count = file.record_count,
                      .file_size_bytes = file.file_size_bytes,
                      .split_offsets = file.split_offsets};
  std::ranges::copy_if(file.statistics, std::back_inserter(entry.statistics),
                       [&](const ColumnStatistics& column) { return measured.contains(column.field_id); });
  return entry;
}

}  // namespace

std::string_view to_string(RoundKind kind) {
  switch (kind) {
    case RoundKind::append: return "append";
    case RoundKind::remove: return "delete";
    case RoundKind::overwrite: return "overwrite";
  }
  return "";
}

RoundBuilder::RoundBuilder(TableState current, TablePlace place, RoundKind kind, Millis now, Random& random)
    : place_(std::move(place)), random_(random), state_(std::move(current)), round_id_(random.uuid()) {
  plan_.kind = kind;
  snapshot_.snapshot_id = new_snapshot_id(state_, random_);
  if (!state_.snapshots.empty()) snapshot_.parent_snapshot_id = state_.snapshots.back().snapshot_id;
  snapshot_.sequence_number = state_.last_sequence_number + 1;
  snapshot_.timestamp = std::max(now, state_.last_updated + 1);
  snapshot_.schema_id = state_.current_schema_id;

  std::erase_if(state_.manifests, [&](const ManifestFile& manifest) {
    if (has_live_files(manifest)) return false;
    plan_.retired.push_back(manifest.object);
    return true;
  });
}

void RoundBuilder::append(std::span<const DataFile> files) {
  const std::unordered_set<int32_t> measured = iceberg::measured_columns(current_schema());
  std::vector<ManifestEntry> entries;
  for (const DataFile& file : files) {
    if (file.record_count == 0) continue;
    entries.push_back(added_entry(file, snapshot_.snapshot_id, place_.locate, measured));
    ++added_.files;
    added_.rows += file.record_count;
    added_.bytes += file.file_size_bytes;
  }
  if (!entries.empty()) state_.manifests.push_back(write_manifest(entries, snapshot_.sequence_number));
}

void RoundBuilder::rewrite(ManifestRun run, std::vector<ManifestEntry> entries, std::span<const size_t> removed) {
  for (ManifestEntry& entry : entries) {
    assert(entry.is_live() && entry.snapshot_id && entry.sequence_number && entry.file_sequence_number);
    entry.status = EntryStatus::existing;
  }
  for (const size_t index : removed) {
    ManifestEntry& entry = entries[index];
    entry.status = EntryStatus::deleted;
    entry.snapshot_id = snapshot_.snapshot_id;
    ++removed_.files;
    removed_.rows += entry.record_count;
    removed_.bytes += entry.file_size_bytes;
  }
  int64_t min_sequence_number = snapshot_.sequence_number;
  for (const ManifestEntry& entry : entries) {
    if (entry.is_live()) min_sequence_number = std::min(min_sequence_number, *entry.sequence_number);
  }

  const auto first = state_.manifests.begin() + static_cast<ptrdiff_t>(run.first);
  const auto last = first + static_cast<ptrdiff_t>(run.count);
  for (auto manifest = first; manifest != last; ++manifest) plan_.retired.push_back(manifest->object);
  *first = write_manifest(entries, min_sequence_number);
  state_.manifests.erase(first + 1, last);
}

RoundPlan RoundBuilder::finish(std::vector<BatchId> batches, const PromotionSettings& settings) && {
  plan_.manifest_list = new_object();
  snapshot_.manifest_list = plan_.manifest_list.key;
  summarise(batches);
  plan_.manifest_list.bytes =
      iceberg::write_manifest_list(snapshot_, state_.manifests, place_.locate, iceberg::random_sync_marker(random_));

  ++state_.version;
  state_.last_sequence_number = snapshot_.sequence_number;
  state_.last_updated = snapshot_.timestamp;
  state_.snapshots.push_back(std::move(snapshot_));
  plan_.pruned_lists = prune_history(state_, settings.snapshots_max);
  plan_.oldest_sequence = state_.snapshots.front().sequence_number;
  plan_.batches = std::move(batches);
  plan_.next = std::move(state_);
  return std::move(plan_);
}

ManifestFile RoundBuilder::write_manifest(std::span<const ManifestEntry> entries, int64_t min_sequence_number) {
  PlannedObject planned = new_object();
  planned.bytes = iceberg::write_manifest(current_schema(), entries, iceberg::random_sync_marker(random_));
  const ManifestFile manifest{.object = planned.key,
                              .length_bytes = static_cast<int64_t>(planned.bytes.size()),
                              .sequence_number = snapshot_.sequence_number,
                              .min_sequence_number = min_sequence_number,
                              .added_snapshot_id = snapshot_.snapshot_id,
                              .counts = iceberg::count_entries(entries)};
  plan_.manifests.push_back(std::move(planned));
  return manifest;
}

const TableSchema& RoundBuilder::current_schema() const {
  const auto found = std::ranges::find(state_.schemas, state_.current_schema_id, &TableSchema::schema_id);
  assert(found != state_.schemas.end());
  return *found;
}

// Table specification, "Snapshots" and appendix F "Snapshot summary".
void RoundBuilder::summarise(std::span<const BatchId> batches) {
  auto& summary = snapshot_.summary;
  summary["operation"] = to_string(plan_.kind);
  summary["lakegate.round-id"] = round_id_;
  summary["lakegate.batch-count"] = std::to_string(batches.size());
  summary["lakegate.batch-ids"] = first_ids(batches);
  if (!plan_.replaced.empty()) summary["lakegate.replaced-batch-ids"] = first_ids(plan_.replaced);

  const auto put_changed = [&](const std::string& name, int64_t value) {
    if (value != 0) summary[name] = std::to_string(value);
  };
  put_changed("added-data-files", added_.files);
  put_changed("added-records", added_.rows);
  put_changed("added-files-size", added_.bytes);
  put_changed("deleted-data-files", removed_.files);
  put_changed("deleted-records", removed_.rows);
  put_changed("removed-files-size", removed_.bytes);

  const auto put_total = [&](const std::string& name, int64_t change) {
    summary[name] = std::to_string(former_total(state_, name) + change);
  };
  put_total("total-data-files", added_.files - removed_.files);
  put_total("total-records", added_.rows - removed_.rows);
  put_total("total-files-size", added_.bytes - removed_.bytes);
  for (const char* name : {"total-delete-files", "total-position-deletes", "total-equality-deletes"}) {
    summary[name] = "0";
  }
}

PlannedObject RoundBuilder::new_object() const {
  std::optional<ObjectKey> begun = place_.take_begun ? place_.take_begun() : std::nullopt;
  if (begun) return {.key = *std::move(begun), .begun = true};
  return {.key = new_avro_key(place_.org, state_.dataset_id, random_, snapshot_.timestamp)};
}

}  // namespace lakegate
