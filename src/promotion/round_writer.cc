#include "promotion/round_writer.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/crash_point.h"
#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/objects.h"
#include "ledger/replays.h"
#include "ledger/retired_objects.h"
#include "ledger/tables.h"
#include "objects/file_io.h"
#include "objects/object_keys.h"

namespace lakegate {
namespace {

// A round retires some dozens at most, so that one of this size keeps up.
constexpr int64_t condemned_per_round_max = 1'000;

// Calls `use` with each object of the plan until one fails; the manifest list last.
template <class Use>
Status for_each_object(const RoundPlan& plan, Use use) {
  for (const PlannedObject& manifest : plan.manifests) LG_TRY(use(manifest));
  return use(plan.manifest_list);
}

Status move_batches(Tx& tx, const RoundPlan& plan, const BatchChange& change, Millis now) {
  const Snapshot& snapshot = plan.next.snapshots.back();
  const DatasetId& dataset = plan.next.dataset_id;
  for (const BatchId& batch : plan.batches) {
    // The snapshot first: an active batch always has one.
    if (change.event == BatchEvent::promote) {
      LG_TRY(ledger::record_promoted(
          tx, dataset,
          {.batch_id = batch, .snapshot_id = snapshot.snapshot_id, .sequence_number = snapshot.sequence_number}));
    } else {
      LG_TRY(ledger::retire_batch(tx, dataset, batch, snapshot.sequence_number));
    }
    LG_TRY(ledger::transition(tx, batch, change.event, now, change.cause, change.user, change.trace));
  }
  return {};
}

// A round that replaces brings one batch.
Status move_replaced(Tx& tx, const RoundPlan& plan, Millis now) {
  for (const BatchId& batch : plan.replaced) {
    const BatchId& successor = plan.batches.front();
    LG_TRY(ledger::retire_batch(tx, plan.next.dataset_id, batch, plan.next.last_sequence_number));
    LG_TRY(ledger::tag_successor(tx, batch, successor));
    LG_TRY(ledger::transition(tx, batch, BatchEvent::replace, now, fmt::format("replaced by batch {}", successor)));
  }
  return {};
}

}  // namespace

Status RoundWriter::write(const RoundPlan& plan, OrgNumber org, const BatchChange& change) {
  Status status = begin_objects(plan);
  if (status) status = put_objects(plan);
  if (status) status = commit(plan, org, change);
  if (!status && status.error().kind() != ErrorKind::commit_unknown) discard(plan);
  return status;
}

Status RoundWriter::begin_objects(const RoundPlan& plan) {
  std::vector<ObjectKey> unknown;
  LG_TRY(for_each_object(plan, [&](const PlannedObject& object) -> Status {
    if (!object.begun) unknown.push_back(object.key);
    return {};
  }));
  if (unknown.empty()) return {};
  return ledger_.write([&](Tx& tx) -> Status {
    for (const ObjectKey& key : unknown) {
      LG_TRY(ledger::begin_object(tx, key, plan.next.dataset_id, BatchId(), epoch_));
    }
    return {};
  });
}

// The disk gets all of them before the first sync waits, which then makes most of the others durable too.
Status RoundWriter::put_objects(const RoundPlan& plan) {
  crash_point("promotion.before_manifest");
  std::vector<std::unique_ptr<ObjectWriter>> writers;
  LG_TRY(for_each_object(plan, [&](const PlannedObject& object) -> Status {
    LG_ASSIGN(std::unique_ptr<ObjectWriter> writer, objects_.begin(object.key));
    LG_TRY(objects::write_all(writer->fd(), 0, std::as_bytes(std::span(object.bytes)), object.key.text()));
    objects::start_write_back(writer->fd());
    writers.push_back(std::move(writer));
    return {};
  }));
  for (size_t i = 0; i < writers.size(); ++i) {
    LG_TRY(writers[i]->sync());
    if (i + 2 == writers.size()) crash_point("promotion.after_manifest");
  }
  crash_point("promotion.after_list");
  return {};
}

Status RoundWriter::commit(const RoundPlan& plan, OrgNumber org, const BatchChange& change) {
  const Millis now = clock_.now_ms();
  const Millis due = now + settings_.reader_grace;
  const DatasetId& dataset = plan.next.dataset_id;
  const int64_t sequence_number = plan.next.last_sequence_number;
  std::vector<ObjectKey> ahead;
  for (size_t i = 0; i <= plan.manifests.size(); ++i) ahead.push_back(new_avro_key(org, dataset, random_, now));
  const std::optional<ObjectKey> oldest = begun_.make_room();
  crash_point("promotion.before_commit");
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::store_table(tx, plan.next));
    LG_TRY(for_each_object(plan, [&](const PlannedObject& object) { return ledger::keep_object(tx, object.key); }));
    LG_TRY(move_batches(tx, plan, change, now));
    LG_TRY(move_replaced(tx, plan, now));
    for (const ObjectKey& key : plan.retired) LG_TRY(ledger::retire_object(tx, dataset, key, sequence_number));
    for (const ObjectKey& key : plan.pruned_lists) LG_TRY(ledger::condemn_object(tx, key, due));
    LG_TRY(ledger::condemn_retired(tx, dataset, plan.oldest_sequence, due, condemned_per_round_max));
    for (const ObjectKey& key : ahead) LG_TRY(ledger::begin_object(tx, key, dataset, BatchId(), epoch_));
    if (oldest) LG_TRY(ledger::condemn_object(tx, *oldest, 0));
    return {};
  }));
  for (ObjectKey& key : ahead) begun_.add(dataset, std::move(key));
  crash_point("promotion.after_commit");
  return {};
}

Status RoundWriter::forget(TableState table, std::span<const ObjectKey> lists) {
  const Millis now = clock_.now_ms();
  const Millis due = now + settings_.reader_grace;
  const int64_t oldest_sequence = table.snapshots.front().sequence_number;
  ++table.version;
  table.last_updated = std::max(now, table.last_updated);
  crash_point("promotion.before_forgetting");
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    if (!lists.empty()) LG_TRY(ledger::store_table(tx, table));
    for (const ObjectKey& key : lists) LG_TRY(ledger::condemn_object(tx, key, due));
    LG_TRY(ledger::condemn_retired(tx, table.dataset_id, oldest_sequence, due, condemned_per_round_max));
    return {};
  }));
  crash_point("promotion.after_forgetting");
  return {};
}

// What cannot be condemned now stays `writing`, and goes when this epoch is over.
void RoundWriter::discard(const RoundPlan& plan) {
  const Status condemned = ledger_.write([&](Tx& tx) {
    return for_each_object(plan,
                           [&](const PlannedObject& object) { return ledger::condemn_object(tx, object.key, 0); });
  });
  if (!condemned)
    log::warning("A round's objects stay until the next start",
                 {{"dataset", plan.next.dataset_id}, {"cause", condemned.error()}});
}

}  // namespace lakegate
