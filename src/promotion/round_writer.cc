#include "promotion/round_writer.h"

#include <algorithm>
#include <span>

#include "base/crash_point.h"
#include "base/log.h"
#include "ledger/batches.h"
#include "ledger/objects.h"
#include "ledger/replays.h"
#include "ledger/retired_objects.h"
#include "ledger/tables.h"

namespace lakegate {
namespace {

// A round retires some dozens at most, so that one of this size keeps up.
constexpr int64_t condemned_per_round_max = 1'000;

// Calls `use` with the key of each object of the plan until one fails.
template <class Use>
Status for_each_key(const RoundPlan& plan, Use use) {
  for (const PlannedObject& manifest : plan.manifests) LG_TRY(use(manifest.key));
  return use(plan.manifest_list.key);
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
    LG_TRY(ledger::transition(tx, batch, change.event, now, change.cause, change.user));
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

Status RoundWriter::write(const RoundPlan& plan, const BatchChange& change) {
  Status status = put_objects(plan);
  if (status) status = commit(plan, change);
  if (!status && status.error().kind() != ErrorKind::commit_unknown) discard(plan);
  return status;
}

Status RoundWriter::put_objects(const RoundPlan& plan) {
  LG_TRY(ledger_.write([&](Tx& tx) {
    return for_each_key(plan, [&](const ObjectKey& key) {
      return ledger::begin_object(tx, key, plan.next.dataset_id, BatchId(), epoch_);
    });
  }));
  crash_point("promotion.before_manifest");
  for (const PlannedObject& manifest : plan.manifests) {
    LG_TRY(objects_.put(manifest.key, std::as_bytes(std::span(manifest.bytes))));
  }
  crash_point("promotion.after_manifest");
  LG_TRY(objects_.put(plan.manifest_list.key, std::as_bytes(std::span(plan.manifest_list.bytes))));
  crash_point("promotion.after_list");
  return {};
}

Status RoundWriter::commit(const RoundPlan& plan, const BatchChange& change) {
  const Millis now = clock_.now_ms();
  const Millis due = now + settings_.reader_grace;
  const DatasetId& dataset = plan.next.dataset_id;
  const int64_t sequence_number = plan.next.last_sequence_number;
  crash_point("promotion.before_commit");
  LG_TRY(ledger_.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::store_table(tx, plan.next));
    LG_TRY(for_each_key(plan, [&](const ObjectKey& key) { return ledger::keep_object(tx, key); }));
    LG_TRY(move_batches(tx, plan, change, now));
    LG_TRY(move_replaced(tx, plan, now));
    for (const ObjectKey& key : plan.retired) LG_TRY(ledger::retire_object(tx, dataset, key, sequence_number));
    for (const ObjectKey& key : plan.pruned_lists) LG_TRY(ledger::condemn_object(tx, key, due));
    LG_TRY(ledger::condemn_retired(tx, dataset, plan.oldest_sequence, due, condemned_per_round_max));
    return {};
  }));
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
    return for_each_key(plan, [&](const ObjectKey& key) { return ledger::condemn_object(tx, key, 0); });
  });
  if (!condemned) log::warning("A round's objects stay until the next start: {}", condemned.error().message);
}

}  // namespace lakegate
