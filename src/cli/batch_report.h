// A batch as people read it: its end in one line, its errors as a table.
#pragma once

#include <boost/json.hpp>

#include <string>

#include "cli/exit_status.h"

namespace lakegate::cli {

// `batch`: the Catalog's document of one batch.
bool is_final(const boost::json::value& batch);
// `done` where it is active (or `success`), `batch_failed` else.
ExitStatus status_of_final(const boost::json::value& batch);

// One row for each of errors[]: code, file, column, rows, found, expected, so far as the server says; then what each
// means. Empty where there are none.
std::string errors_text(const boost::json::value& batch);

// "batch 01J…: active, 1200 rows, 12.3 MB in 2 files"
std::string summary_text(const std::string& id, const boost::json::value& batch);

}  // namespace lakegate::cli
