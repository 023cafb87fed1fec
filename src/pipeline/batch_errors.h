// What a failed batch tells its client: one error for each way in which a file breaks its schema.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ledger/verdicts.h"
#include "model/batch.h"
#include "model/validation_report.h"

namespace lakegate::pipeline {

// The description alone tells a person everything: file, column, rows, what was found and expected, what to do.
BatchError describe(std::string_view path, const Violation& violation);

// Collects up to `errors_max` errors of bad files given in order, of which there are `file_count`. When there are more,
// the last one says how many.
class BatchErrors {
 public:
  BatchErrors(size_t errors_max, int64_t file_count) : errors_max_(errors_max), file_count_(file_count) {}

  // False: there is no room for more files.
  bool add(const ledger::FileVerdict& bad);

  std::vector<BatchError> finish() &&;

 private:
  void say_what_is_missing();

  const size_t errors_max_;
  const int64_t file_count_;
  int64_t files_seen_ = 0;
  int64_t left_out_ = 0;  // errors of the files seen
  std::vector<BatchError> errors_;
};

}  // namespace lakegate::pipeline
