// Checked<T>: a value, or what is wrong with the file that it was to come from. Files are hostile: their faults are
// findings for a report and never an Error of ours. LG_TRY and LG_ASSIGN pass them up.
#pragma once

#include <expected>
#include <new>
#include <string>
#include <utility>

#include "model/validation_report.h"
#include "model/violation_codes.h"

namespace lakegate::columnar {

template <class T>
using Checked = std::expected<T, Violation>;

using Check = Checked<void>;

// What a read of the disk threw: neither the file's fault nor a finding. Ends the job.
struct ReadFailure {
  int error_number = 0;
  int64_t offset = 0;
};

// `remedy` empty: the code's own.
inline Violation violation(const ViolationCode& code, std::string column, std::string found, std::string expected,
                           std::string remedy = {}) {
  return Violation{.code = std::string(code.id),
                   .column = std::move(column),
                   .rows = {},
                   .row_count = 0,
                   .found = std::move(found),
                   .expected = std::move(expected),
                   .remedy = remedy.empty() ? std::string(code.remedy) : std::move(remedy)};
}

template <class... Args>
[[nodiscard]] std::unexpected<Violation> refuse(const ViolationCode& code, Args&&... args) {
  return std::unexpected(violation(code, std::forward<Args>(args)...));
}

}  // namespace lakegate::columnar
