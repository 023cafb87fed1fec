#include "ledger/batch_fields.h"

#include "ledger/batch_tags.h"
#include "ledger/batches.h"
#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, AvailableDates& dates) {
  visit(dates.start, dates.end);
}

Result<AvailableDates> available_dates(ReadTx& tx, const BatchId& id) {
  LG_ASSIGN(const auto dates,
            find_row<AvailableDates>(tx, "SELECT start_at, end_at FROM available_dates WHERE batch_id = :batch", id));
  return dates.value_or(AvailableDates());
}

Status set_available_dates(Tx& tx, const BatchId& id, const AvailableDates& dates) {
  LG_TRY(change_rows(tx, "DELETE FROM available_dates WHERE batch_id = :batch", id));
  if (dates == AvailableDates()) return {};
  LG_TRY(change_rows(tx, "INSERT INTO available_dates (batch_id, start_at, end_at) VALUES (:batch, :start, :end)", id,
                     dates.start, dates.end));
  return {};
}

Result<Batch> update_batch_fields(Tx& tx, const Batch& changed, const AvailableDates& dates) {
  LG_ASSIGN(const int64_t written,
            change_rows(tx,
                        "UPDATE batch SET tags = :tags, updated = max(updated, :updated), updated_user = :user,"
                        " version = version + 1 WHERE id = :id AND version = :version",
                        changed.tags_json, changed.updated, changed.updated_user, changed.id, changed.version));
  if (written == 0) {
    LG_ASSIGN(const Batch stored, get_batch(tx, changed.id));
    return fail(codes::precondition_failed, "Batch {} has version 1.0.{}, not 1.0.{}: read it again", changed.id,
                stored.version, changed.version);
  }
  LG_TRY(replace_tags(tx, changed));
  LG_TRY(set_available_dates(tx, changed.id, dates));
  return get_batch(tx, changed.id);
}

}  // namespace lakegate::ledger
