// Batches: the guarded state machine, its history, its errors, and the lists that clients ask for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/list_query.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "model/sight.h"

namespace lakegate::ledger {

inline constexpr int64_t errors_per_batch_max = 1000;  // kept; more are dropped, the first stay

enum class BatchField {
  id,
  external_id,
  dataset_id,
  status,
  created,
  updated,
  started,
  completed,
  record_count,
  failed_record_count,
  size,
  created_user,
  updated_user,
  created_client,
  version,
  available_start,  // of availableDates, as sent
  available_end,
  other_object,  // a related object that is no dataset: no batch has any
};
using BatchQuery = ListQuery<BatchField>;
// Ordered by `created` and nothing else, or not at all.
bool is_by_time(const BatchQuery& query);

// With the events row of its creation. `external_id_taken`: a batch of the sandbox has the external id; find it and
// answer with it.
Status insert_batch(Tx& tx, const Batch& batch);

// `batch_not_found`, also for what the sight does not see; `right_missing_on_dataset`.
Result<Batch> find_batch(ReadTx& tx, const Sight& sight, const BatchId& id);
// The same, and `batch_wrong_dataset` where the batch is not of that dataset.
Result<Batch> find_batch_of_dataset(ReadTx& tx, const Sight& sight, const BatchId& id, const DatasetId& dataset);
// Of a dataset on which the sight has its right. The name may be taken all the same: external ids are the sandbox's.
Result<std::optional<Batch>> find_batch_by_external_id(ReadTx& tx, const Sight& sight, std::string_view external_id);
// `external_id` as it is shown: a batch to which none was given is found by its own id.
Result<std::vector<Batch>> list_batches(ReadTx& tx, const Sight& sight, const BatchQuery& query);

// Which values batches have in the field, as texts, at most `limit`: ascending, numbers by size. Of fields that lists
// cannot be walked by, and in a narrow sight, those of the newest unique_rows_max batches.
inline constexpr int64_t unique_rows_max = 10'000;
Result<std::vector<std::string>> unique_values(ReadTx& tx, const Sight& sight, BatchField field, int64_t limit);

// For our own work, never for a client's id.
Result<Batch> get_batch(ReadTx& tx, const BatchId& id);

// Guarded: moves the batch where its state allows the event, with a history and an events row in the same transaction;
// sets started, completed, updated, version. `user` empty: ours. Before `fail` or `fail_by_client` at least one error
// must be there (add_errors). `trace`, where it is not empty, becomes the batch's. `batch_wrong_state` names the state
// and what it allows; nothing was changed then. The event's kind is "batch." and the new status. Files of a batch that
// failed or was given up wait for no verdict any more.
Result<Batch> transition(Tx& tx, const BatchId& id, BatchEvent event, Millis now, std::string_view cause,
                         std::string_view user = {}, std::string_view trace = {});

// Whether the event ever moved the batch, for actions that may be repeated.
Result<std::optional<BatchTransition>> find_transition(ReadTx& tx, const BatchId& id, BatchEvent event);
Result<std::vector<BatchTransition>> history(ReadTx& tx, const BatchId& id);  // oldest first

// In the order given. Keeps errors_per_batch_max.
Status add_errors(Tx& tx, const BatchId& id, std::span<const BatchError> errors);
Result<std::vector<BatchError>> errors_of(ReadTx& tx, const BatchId& id, int64_t limit = errors_per_batch_max);

struct BatchTotals {
  int64_t file_count = 0;
  int64_t size_bytes = 0;
  int64_t record_count = 0;
  int64_t failed_record_count = 0;
};
Status set_totals(Tx& tx, const BatchId& id, const BatchTotals& totals);

// The client showed a sign of life that left no other trace: puts off abandoning. Nothing to do where the batch is not
// `loading`.
Status touch_batch(Tx& tx, const BatchId& id, Millis now);

// What a dataset's wire form says about its batches; ids empty where there is none.
struct LastBatches {
  BatchId last;
  BatchStatus last_status = BatchStatus::loading;
  BatchId last_active;
  BatchId last_failed;
};
Result<LastBatches> last_batches(ReadTx& tx, const DatasetId& id);

// Work, oldest id first: those in `status` (loading, loaded, staging, staged or inactive) after `after`.
Result<std::vector<Batch>> batches_in_status(ReadTx& tx, BatchStatus status, const BatchId& after, int64_t limit);
// `loading` without a sign of life since `before`.
Result<std::vector<Batch>> idle_batches(ReadTx& tx, Millis before, int64_t limit);
// The last sign of life of the `loading` batch that has been silent longest: when the next one may be idle.
Result<std::optional<Millis>> oldest_activity(ReadTx& tx);
// `active` since before `before`, those first that have been longest.
Result<std::vector<Batch>> active_batches_since(ReadTx& tx, const DatasetId& id, Millis before, int64_t limit);
// Datasets with at least one staged batch.
Result<std::vector<DatasetId>> datasets_with_staged_batches(ReadTx& tx);
Result<std::vector<Batch>> staged_batches(ReadTx& tx, const DatasetId& id, int64_t limit);
// Batches of a dataset that are not final yet or active, in no order: what its deletion must move on. It asks again
// until there are none.
Result<std::vector<Batch>> living_batches(ReadTx& tx, const DatasetId& id, int64_t limit);
// `inactive`, and no object row of theirs is left: they can become `deleted`.
Result<std::vector<BatchId>> swept_batches(ReadTx& tx, int64_t limit);

}  // namespace lakegate::ledger
