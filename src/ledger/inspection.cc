#include "ledger/inspection.h"

#include <algorithm>

#include "ledger/object_rows.h"

namespace lakegate::ledger {
namespace {

using DanglingRow = std::tuple<std::string, std::optional<int64_t>, std::string, int64_t>;

}  // namespace

template <class Visit>
void visit_columns(Visit& visit, RuleBreak& row) {
  visit(row.where, row.found);
}

template <class Visit>
void visit_columns(Visit& visit, InspectedObject& row) {
  visit(row.number, row.key, row.dataset_id, row.state, row.due, row.is_file, row.batch_id, row.path, row.complete,
        row.sent_bytes, row.sha256, row.held_end, row.report, row.table_bytes, row.record_count, row.manifest_bytes);
}

template <class Visit>
void visit_columns(Visit& visit, ObjectTotals& totals) {
  visit(totals.object_count, totals.sent_bytes);
}

template <class Visit>
void visit_columns(Visit& visit, ExpectedFile& file) {
  visit(file.object, file.batch_id, file.file_number, file.record_count, file.table_bytes, file.state, file.snapshot_id,
        file.sequence_number);
}

Result<std::vector<std::string>> find_file_damage(ReadTx& tx, int64_t limit) {
  LG_ASSIGN(std::vector<std::string> lines, find_rows<std::string>(tx, "PRAGMA integrity_check"));
  std::erase(lines, "ok");
  if (static_cast<int64_t>(lines.size()) > limit) lines.resize(static_cast<size_t>(limit));
  return lines;
}

Result<std::vector<std::string>> find_dangling_references(ReadTx& tx, int64_t limit) {
  LG_ASSIGN(const std::vector<DanglingRow> rows, find_rows<DanglingRow>(tx, "PRAGMA foreign_key_check"));
  std::vector<std::string> lines;
  for (const auto& [table, row, parent, key] : rows) {
    if (static_cast<int64_t>(lines.size()) == limit) break;
    lines.push_back(fmt::format("a row of {} ({}) refers to one of {} that is not there", table,
                                row ? fmt::format("number {}", *row) : "without number", parent));
  }
  return lines;
}

Result<std::vector<RuleBreak>> find_breaks(ReadTx& tx, const Rule& rule, int64_t limit) {
  return find_rows<RuleBreak>(tx, rule.sql, limit);
}

int64_t InspectedObject::least_bytes() const {
  if (manifest_bytes) return *manifest_bytes;
  if (table_bytes) return *table_bytes;
  if (is_file && complete) return sent_bytes;
  return held_end;
}

Result<std::vector<InspectedObject>> inspect_objects(ReadTx& tx, int64_t after_number, int64_t limit) {
  return find_rows<InspectedObject>(
      tx,
      "SELECT o.number, o.key, o.dataset_id, o.state, o.due, f.batch_id IS NOT NULL,"
      " coalesce(f.batch_id, o.batch_id, ''), coalesce(f.path, ''), coalesce(f.complete, 0), coalesce(f.sent_bytes, 0),"
      " coalesce(f.sha256, ''), coalesce((SELECT max(h.end_byte) FROM held_range h WHERE h.batch_id = f.batch_id"
      " AND h.file_number = f.number), 0), v.report, d.table_bytes, d.record_count, m.length_bytes FROM object o"
      " LEFT JOIN batch_file f ON f.object = o.number LEFT JOIN verdict v ON v.object = o.number"
      " LEFT JOIN data_file d ON d.object = o.number LEFT JOIN table_manifest m ON m.object = o.number"
      " WHERE o.number > :after ORDER BY o.number LIMIT :limit",
      after_number, limit);
}

Result<int64_t> count_batches(ReadTx& tx) {
  LG_ASSIGN(const auto count, find_row<int64_t>(tx, "SELECT count(*) FROM batch"));
  return count.value_or(0);
}

Result<ObjectTotals> count_objects(ReadTx& tx) {
  LG_ASSIGN(const auto totals,
            find_row<ObjectTotals>(tx,
                                   "SELECT (SELECT count(*) FROM object), (SELECT coalesce(sum(sent_bytes), 0)"
                                   " FROM batch_file WHERE complete = 1 AND object IS NOT NULL)"));
  return totals.value_or(ObjectTotals());
}

Result<bool> was_running(ReadTx& tx, Millis at, int64_t epoch) {
  using Run = std::tuple<int64_t, std::optional<Millis>>;
  LG_ASSIGN(const auto run, find_row<Run>(tx,
                                          "SELECT number, ended FROM epoch WHERE started <= :at AND number < :epoch"
                                          " ORDER BY number DESC LIMIT 1",
                                          at, epoch));
  if (!run) return false;
  const auto& [number, ended] = *run;
  if (ended) return at <= *ended;
  LG_ASSIGN(const auto next,
            find_row<std::optional<Millis>>(tx, "SELECT min(started) FROM epoch WHERE number > :number", number));
  LG_ASSIGN(const auto later, find_row<int64_t>(tx, "SELECT 1 FROM event WHERE at >= :at AND at < :next LIMIT 1", at,
                                                next.value_or(std::nullopt).value_or(INT64_MAX)));
  return later.has_value();
}

Result<std::vector<DatasetId>> datasets_with_tables(ReadTx& tx, const DatasetId& after, int64_t limit) {
  return find_rows<DatasetId>(tx,
                              "SELECT t.dataset_id FROM iceberg_table t JOIN dataset d ON d.id = t.dataset_id"
                              " WHERE t.dataset_id > :after AND d.deleted = 0 ORDER BY t.dataset_id LIMIT :limit",
                              after, limit);
}

Result<std::vector<ExpectedFile>> expected_files(ReadTx& tx, const DatasetId& dataset, const BatchId& after_batch,
                                                 int64_t after_number, int64_t limit) {
  return find_rows<ExpectedFile>(
      tx,
      "SELECT o.key, b.id, f.number, d.record_count, d.table_bytes, o.state, coalesce(s.snapshot_id, 0),"
      " coalesce(s.sequence_number, 0) FROM batch b CROSS JOIN batch_file f ON f.batch_id = b.id"
      " CROSS JOIN object o ON o.number = f.object CROSS JOIN data_file d ON d.object = f.object"
      " LEFT JOIN batch_snapshot s ON s.batch_id = b.id"
      " WHERE b.dataset_id = :dataset AND b.status = 'active' AND b.id >= :after_batch AND d.record_count > 0"
      " AND (b.id, f.number) > (:after_batch_too, :after_number) ORDER BY b.id, f.number LIMIT :limit",
      dataset, after_batch, after_batch, after_number, limit);
}

}  // namespace lakegate::ledger
