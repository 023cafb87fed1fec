// ValidationReport as JSON text: what a worker process answers with and what the ledger keeps. Lossless; bounds, which
// are bytes, as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/validation_report.h"

namespace lakegate {

std::string validation_report_to_json(const ValidationReport& report);

// Safe on hostile text (a worker may have been taken over by the file that it judged): depth, sizes and counts are
// limited, codes must be documented ones, numbers not negative, lists ascending where the report promises so, a good
// verdict has no violation and a bad one at least one. `corrupt` otherwise.
Result<ValidationReport> validation_report_from_json(std::string_view text);

}  // namespace lakegate
