#include "pipeline/batch_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/utf8.h"
#include "model/violation_codes.h"

namespace lakegate::pipeline {
namespace {

constexpr size_t rows_named_max = 10;
constexpr size_t path_characters_max = 300;

std::string name_rows(const Violation& violation) {
  if (violation.row_count == 0) return "";
  const size_t named = std::min(violation.rows.size(), rows_named_max);
  std::string text = fmt::format(", {} row{}", violation.row_count, violation.row_count == 1 ? "" : "s");
  if (named == 0) return text;
  const std::span<const int64_t> rows = std::span(violation.rows).first(named);
  return text + fmt::format(" ({}{}, counted from 0)", fmt::join(rows, ", "),
                            violation.row_count > static_cast<int64_t>(named) ? ", …" : "");
}

}  // namespace

BatchError describe(std::string_view path, const Violation& violation) {
  const ViolationCode* const code = find_violation_code(violation.code);
  const std::string_view title = code == nullptr ? "Data breaks a rule" : code->title;
  std::string_view remedy = violation.remedy;
  if (remedy.empty() && code != nullptr) remedy = code->remedy;

  std::string text = printable(path, path_characters_max);
  if (!violation.column.empty()) text += ", column " + violation.column;
  text += name_rows(violation);
  text += fmt::format(": {}.", title);
  if (!violation.found.empty()) text += " Found " + violation.found;
  if (!violation.expected.empty())
    text += (violation.found.empty() ? " Expected " : ", expected ") + violation.expected;
  if (!violation.found.empty() || !violation.expected.empty()) text += ".";
  if (!remedy.empty()) text += fmt::format(" {}", remedy);

  return {.code = violation.code,
          .description = std::move(text),
          .file = std::string(path),
          .column = violation.column,
          .rows = violation.rows,
          .record_count = violation.row_count,
          .found = violation.found,
          .expected = violation.expected};
}

bool BatchErrors::add(const ledger::FileVerdict& bad) {
  if (errors_.size() >= errors_max_) return false;
  ++files_seen_;
  const ValidationReport& report = bad.report;
  const size_t taken = std::min(report.violations.size(), errors_max_ - errors_.size());
  for (size_t i = 0; i < taken; ++i) errors_.push_back(describe(bad.file.path, report.violations[i]));
  const int64_t kinds = std::max(report.violation_count, static_cast<int64_t>(report.violations.size()));
  const int64_t missing = kinds - static_cast<int64_t>(taken);
  if (missing > 0 && taken == report.violations.size() && taken > 0) {
    // The report's own limit.
    errors_.back().description +=
        fmt::format(" (The file has {} kinds of errors; the first {} are listed.)", kinds, taken);
  } else {
    left_out_ += missing;
  }
  return true;
}

std::vector<BatchError> BatchErrors::finish() && {
  if (left_out_ > 0 || files_seen_ < file_count_) say_what_is_missing();
  return std::move(errors_);
}

// In the place of the last one, whose code it keeps: the first of those that are not listed.
void BatchErrors::say_what_is_missing() {
  if (errors_.empty()) return;
  BatchError& last = errors_.back();
  const int64_t left_out = left_out_ + 1;
  const int64_t files = file_count_ - files_seen_;
  last.description = fmt::format("{}: {} more error{} of this file", printable(last.file, path_characters_max),
                                 left_out, left_out == 1 ? "" : "s");
  if (files > 0) last.description += fmt::format(" and all of {} further bad file{}", files, files == 1 ? "" : "s");
  last.description += " are not listed. Correct what is listed and send the files in a new batch.";
  last.column.clear();
  last.rows.clear();
  last.record_count = 0;
  last.found.clear();
  last.expected.clear();
}

}  // namespace lakegate::pipeline
