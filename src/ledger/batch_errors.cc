#include <algorithm>

#include "ledger/batches.h"
#include "ledger/column_types.h"
#include "model/validation_report.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, BatchError& error) {
  visit(error.code, error.description, error.file, error.column, error.rows, error.record_count, error.found,
        error.expected);
}

namespace ledger {

Status add_errors(Tx& tx, const BatchId& id, std::span<const BatchError> errors) {
  LG_ASSIGN(const auto last,
            find_row<int64_t>(tx, "SELECT coalesce(max(number), 0) FROM batch_error WHERE batch_id = :batch", id));
  int64_t number = last.value_or(0);
  for (const BatchError& error : errors) {
    if (++number > errors_per_batch_max) break;
    std::vector<int64_t> rows = error.rows;
    rows.resize(std::min(rows.size(), violation_rows_max));
    LG_TRY(change_rows(tx,
                       "INSERT INTO batch_error (batch_id, number, code, description, file, column_path, row_numbers,"
                       " record_count, found, expected) VALUES (:batch, :number, :code, :description, :file, :column,"
                       " :rows, :record_count, :found, :expected)",
                       id, number, error.code, error.description, error.file, error.column, rows, error.record_count,
                       error.found, error.expected));
  }
  return {};
}

Result<std::vector<BatchError>> errors_of(ReadTx& tx, const BatchId& id, int64_t limit) {
  return find_rows<BatchError>(tx,
                               "SELECT code, description, file, column_path, row_numbers, record_count, found, expected"
                               " FROM batch_error WHERE batch_id = :batch ORDER BY number LIMIT :limit",
                               id, limit);
}

}  // namespace ledger
}  // namespace lakegate
