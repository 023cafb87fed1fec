// What clients may change of a batch through the Catalog: its tags, and the dates of its data.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"

namespace lakegate::ledger {

// As sent: seconds, by the contract.
struct AvailableDates {
  std::optional<int64_t> start = {};
  std::optional<int64_t> end = {};
  bool operator==(const AvailableDates&) const = default;
};
Result<AvailableDates> available_dates(ReadTx& tx, const BatchId& id);

// Writes tags_json, dates and the updated… fields of `changed`, which still carries the version that was read; the
// version becomes the next. `precondition_failed`: the stored version is another. No state is changed, and nobody
// woken.
Result<Batch> update_batch_fields(Tx& tx, const Batch& changed, const AvailableDates& dates);
Status set_available_dates(Tx& tx, const BatchId& id, const AvailableDates& dates);

}  // namespace lakegate::ledger
