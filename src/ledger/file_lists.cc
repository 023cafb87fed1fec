// Questions about files that change nothing.
#include "ledger/file_rows.h"
#include "ledger/files.h"
#include "ledger/refusals.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, FileTotals& totals) {
  visit(totals.file_count, totals.open_count, totals.sent_bytes);
}

Result<BatchFile> find_file(ReadTx& tx, const BatchId& batch, std::string_view path) {
  static const std::string sql = select_files("WHERE f.batch_id = :batch AND f.path = :path");
  LG_ASSIGN(auto file, find_row<BatchFile>(tx, sql, batch, path));
  if (!file) return no_file(batch, path);
  return *std::move(file);
}

Result<std::vector<BatchFile>> list_files(ReadTx& tx, const BatchId& batch, int64_t after_number, int64_t limit) {
  static const std::string sql =
      select_files("WHERE f.batch_id = :batch AND f.number > :after ORDER BY f.number LIMIT :limit");
  return find_rows<BatchFile>(tx, sql, batch, after_number, limit);
}

Result<std::vector<BatchFile>> open_files(ReadTx& tx, const BatchId& batch, int64_t limit) {
  // Left to itself, SQLite walks all files of the batch.
  static const std::string sql = fmt::format(
      "SELECT {} FROM batch_file f INDEXED BY batch_file_open LEFT JOIN object o ON o.number = f.object"
      " WHERE f.batch_id = :batch AND f.complete = 0 ORDER BY f.number LIMIT :limit",
      file_columns);
  return find_rows<BatchFile>(tx, sql, batch, limit);
}

Result<std::vector<BatchFile>> list_dataset_files(ReadTx& tx, const DatasetId& dataset, int64_t start, int64_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {} FROM dataset d CROSS JOIN batch b CROSS JOIN batch_file f LEFT JOIN object o ON o.number = f.object"
      " WHERE d.id = :dataset AND b.org = d.org AND b.sandbox = d.sandbox AND b.dataset_id = d.id"
      " AND b.started IS NOT NULL AND f.batch_id = b.id AND f.complete = 1"
      " ORDER BY b.created DESC, b.id DESC, f.number LIMIT :limit OFFSET :start",
      file_columns);
  return find_rows<BatchFile>(tx, sql, dataset, limit, start);
}

Result<FileTotals> count_files(ReadTx& tx, const BatchId& batch) {
  LG_ASSIGN(const auto totals,
            find_row<FileTotals>(
                tx, "SELECT last_file_number, open_file_count, size_bytes FROM batch WHERE id = :batch", batch));
  if (!totals) return no_batch(batch);
  return *totals;
}

}  // namespace lakegate::ledger
