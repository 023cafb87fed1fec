// Verdicts: what judging an object's bytes found, and the data file that it became.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch_file.h"
#include "model/table_state.h"
#include "model/validation_report.h"

namespace lakegate::ledger {

// A complete file whose object has no verdict, of a batch that still may become active.
struct UnjudgedFile {
  BatchFile file;
  DatasetId dataset_id;
  Scope scope;
  int64_t schema_version = 0;  // the batch's
};
// Work, in the order in which the files came.
Result<std::vector<UnjudgedFile>> unjudged_files(ReadTx& tx, int64_t limit);

// Once for each object: a second verdict of the same object changes nothing. A good one makes its data file
// (table_bytes must be durable before). `not_found`: the object is not live any more, or waits for no verdict; drop the
// report.
Status record_verdict(Tx& tx, const ObjectKey& object, const ValidationReport& report, Millis now);
Result<std::optional<ValidationReport>> find_verdict(ReadTx& tx, const ObjectKey& object);

// Complete files of a batch by verdict, and the rows of the judged. Costs the same however many there are.
struct Judgement {
  int64_t good = 0;
  int64_t bad = 0;
  int64_t waiting = 0;
  int64_t record_count = 0;         // rows of good files
  int64_t failed_record_count = 0;  // all rows of bad ones: those that break a rule take the others with them
};
Result<Judgement> judgement(ReadTx& tx, const BatchId& batch);

struct FileVerdict {
  BatchFile file;
  ValidationReport report;
};
// Bad files, ascending number.
Result<std::vector<FileVerdict>> bad_files(ReadTx& tx, const BatchId& batch, int64_t after_number, int64_t limit);

// The batch's data files, ascending file number; `after_number` 0 for the first page.
struct NumberedDataFile {
  int64_t file_number = 0;
  DataFile file;
};
Result<std::vector<NumberedDataFile>> data_files(ReadTx& tx, const BatchId& batch, int64_t after_number, int64_t limit);

}  // namespace lakegate::ledger
