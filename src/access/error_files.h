// What is known of a failed batch's rows as the files that clients look for, contract/data-access.md "meta directory"
// and "failed directory": computed from the batch's errors when it is asked for. The rows' values are not kept apart;
// each line names the file and the row's number, by which it is found in what was sent.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/batch.h"

namespace lakegate::access {

inline constexpr size_t error_lines_max = 10'000;  // of one file; errors[] has the full counts
inline constexpr size_t sample_lines_max = 100;

struct ErrorFile {
  std::string name;
  std::string text;  // one JSON object a line
};

// parsing_errors_0.json (files that cannot be read: {"_corrupt_record", "_errors", "_filename"}),
// conversion_errors_0.json (columns of another type or name) and validation_errors_0.json (values, a line for each row,
// with "_row"); those that would be empty are not there.
std::vector<ErrorFile> row_error_files(std::span<const BatchError> errors);

// The first lines of all of these.
std::string row_error_sample(std::span<const BatchError> errors);

// Each row with a value error: {"_filename", "_row", "_validationErrors": […]}, ascending within a file. Rows are
// counted from 0; of each error the first 100 are known. Empty: no row has one.
std::string failed_rows(std::span<const BatchError> errors);

}  // namespace lakegate::access
