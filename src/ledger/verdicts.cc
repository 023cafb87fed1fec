#include "ledger/verdicts.h"

#include "base/error_codes.h"
#include "ledger/file_rows.h"
#include "model/validation_report_json.h"

namespace lakegate::ledger {
namespace {

struct JudgedObject {
  int64_t number = 0;
  bool awaits_verdict = false;
  bool live = false;
  bool judged = false;
  BatchId batch_id;
};

template <class Visit>
void visit_columns(Visit& visit, JudgedObject& object) {
  visit(object.number, object.awaits_verdict, object.live, object.judged, object.batch_id);
}

struct FileAndReport {
  BatchFile file;
  std::string report;
};

template <class Visit>
void visit_columns(Visit& visit, FileAndReport& row) {
  visit_columns(visit, row.file);
  visit(row.report);
}

struct DataFileRow {
  int64_t file_number = 0;
  DataFile file;
  std::string report;
};

template <class Visit>
void visit_columns(Visit& visit, DataFileRow& row) {
  visit(row.file_number, row.file.object, row.file.batch_id, row.file.record_count, row.file.file_size_bytes,
        row.report);
}

Status insert_verdict(Tx& tx, int64_t object, const ValidationReport& report, Millis now) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO verdict (object, verdict, record_count, failed_record_count, report, at) VALUES"
                     " (:object, :verdict, :records, :failed_records, :report, :at)",
                     object, report.verdict, report.record_count, report.failed_record_count,
                     validation_report_to_json(report), now));
  if (report.verdict != Verdict::good) return {};
  LG_TRY(change_rows(tx,
                     "INSERT INTO data_file (object, sent_bytes, table_bytes, record_count, origin) VALUES"
                     " (:object, :sent, :table, :records, :origin)",
                     object, report.sent_bytes, report.table_bytes, report.record_count, report.origin));
  return {};
}

Status count_verdict(Tx& tx, const BatchId& batch, const ValidationReport& report) {
  if (report.verdict == Verdict::good) {
    LG_TRY(change_rows(tx,
                       "UPDATE batch SET good_file_count = good_file_count + 1,"
                       " good_record_count = good_record_count + :records WHERE id = :batch",
                       report.record_count, batch));
  } else {
    LG_TRY(change_rows(tx,
                       "UPDATE batch SET bad_file_count = bad_file_count + 1,"
                       " bad_record_count = bad_record_count + :records WHERE id = :batch",
                       report.record_count, batch));
  }
  return {};
}

}  // namespace

template <class Visit>
void visit_columns(Visit& visit, UnjudgedFile& row) {
  visit_columns(visit, row.file);
  visit(row.dataset_id, row.scope.org, row.scope.sandbox, row.schema_version);
}

template <class Visit>
void visit_columns(Visit& visit, Judgement& judgement) {
  visit(judgement.good, judgement.bad, judgement.waiting, judgement.record_count, judgement.failed_record_count);
}

Result<std::vector<UnjudgedFile>> unjudged_files(ReadTx& tx, int64_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {}, b.dataset_id, b.org, b.sandbox, b.schema_version FROM object o"
      " CROSS JOIN batch_file f ON f.object = o.number CROSS JOIN batch b ON b.id = f.batch_id"
      " WHERE o.awaits_verdict = 1 AND b.status IN ('loading', 'loaded', 'staging') ORDER BY o.number LIMIT :limit",
      file_columns);
  return find_rows<UnjudgedFile>(tx, sql, limit);
}

Status record_verdict(Tx& tx, const ObjectKey& object, const ValidationReport& report, Millis now) {
  LG_ASSIGN(const auto found,
            find_row<JudgedObject>(tx,
                                   "SELECT o.number, o.awaits_verdict, o.state = 'live', v.object IS NOT NULL,"
                                   " coalesce(o.batch_id, '') FROM object o"
                                   " LEFT JOIN verdict v ON v.object = o.number WHERE o.key = :key",
                                   object));
  if (!found || !found->live) {
    return fail(codes::not_found, "Object {} is not live any more: nobody asks for its verdict", object);
  }
  if (found->judged) return {};
  if (!found->awaits_verdict) {
    return fail(codes::not_found, "Object {} does not wait for a verdict", object);
  }
  LG_TRY(insert_verdict(tx, found->number, report, now));
  LG_TRY(change_rows(tx, "UPDATE object SET awaits_verdict = 0 WHERE number = :number", found->number));
  return count_verdict(tx, found->batch_id, report);
}

Result<std::optional<ValidationReport>> find_verdict(ReadTx& tx, const ObjectKey& object) {
  LG_ASSIGN(const auto text, find_row<std::string>(tx,
                                                   "SELECT v.report FROM object o JOIN verdict v ON v.object = o.number"
                                                   " WHERE o.key = :key",
                                                   object));
  if (!text) return std::optional<ValidationReport>();
  LG_ASSIGN(ValidationReport report, validation_report_from_json(*text));
  return std::optional(std::move(report));
}

Result<Judgement> judgement(ReadTx& tx, const BatchId& batch) {
  LG_ASSIGN(const auto found,
            find_row<Judgement>(tx,
                                "SELECT good_file_count, bad_file_count, last_file_number - open_file_count"
                                " - good_file_count - bad_file_count, good_record_count, bad_record_count"
                                " FROM batch WHERE id = :batch",
                                batch));
  return found.value_or(Judgement());
}

Result<std::vector<FileVerdict>> bad_files(ReadTx& tx, const BatchId& batch, int64_t after_number, int64_t limit) {
  static const std::string sql = fmt::format(
      "SELECT {}, v.report FROM batch_file f CROSS JOIN object o ON o.number = f.object"
      " CROSS JOIN verdict v ON v.object = f.object"
      " WHERE f.batch_id = :batch AND f.number > :after AND v.verdict = 'bad' ORDER BY f.number LIMIT :limit",
      file_columns);
  LG_ASSIGN(std::vector<FileAndReport> rows, find_rows<FileAndReport>(tx, sql, batch, after_number, limit));
  std::vector<FileVerdict> files;
  for (FileAndReport& row : rows) {
    LG_ASSIGN(ValidationReport report, validation_report_from_json(row.report));
    files.push_back({std::move(row.file), std::move(report)});
  }
  return files;
}

Result<std::vector<NumberedDataFile>> data_files(ReadTx& tx, const BatchId& batch, int64_t after_number,
                                                 int64_t limit) {
  LG_ASSIGN(std::vector<DataFileRow> rows,
            find_rows<DataFileRow>(tx,
                                   "SELECT f.number, o.key, f.batch_id, d.record_count, d.table_bytes, v.report"
                                   " FROM batch_file f CROSS JOIN data_file d ON d.object = f.object"
                                   " CROSS JOIN verdict v ON v.object = f.object"
                                   " CROSS JOIN object o ON o.number = f.object"
                                   " WHERE f.batch_id = :batch AND f.number > :after ORDER BY f.number LIMIT :limit",
                                   batch, after_number, limit));
  std::vector<NumberedDataFile> files;
  for (DataFileRow& row : rows) {
    LG_ASSIGN(ValidationReport report, validation_report_from_json(row.report));
    row.file.split_offsets = std::move(report.split_offsets);
    row.file.statistics = std::move(report.statistics);
    files.push_back({row.file_number, std::move(row.file)});
  }
  return files;
}

}  // namespace lakegate::ledger
