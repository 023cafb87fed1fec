#include "validation/violation_log.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace lakegate::validation {
namespace {

constexpr size_t name_code_points_max = 1000;
constexpr size_t text_code_points_max = 300;

Violation shown(Violation violation) {
  violation.column = printable(violation.column, name_code_points_max);
  violation.found = printable(violation.found, text_code_points_max);
  violation.expected = printable(violation.expected, text_code_points_max);
  violation.remedy = printable(violation.remedy, name_code_points_max);
  return violation;
}

}  // namespace

void RowSet::insert(int64_t row) {
  auto found = blocks_.find(row / block_rows);
  if (found == blocks_.end()) {
    if (blocks_.size() == blocks_max) return;
    found = blocks_.emplace(row / block_rows, std::make_unique<std::bitset<block_rows>>()).first;
  }
  auto bit = (*found->second)[static_cast<size_t>(row % block_rows)];
  size_ += bit ? 0 : 1;
  bit = true;
}

void ViolationLog::Finding::add_row(int64_t row) {
  if (row == last_row_) return;
  last_row_ = row;
  ++violation_.row_count;
  if (violation_.rows.size() < violation_rows_max) violation_.rows.push_back(row);
  log_.rows_.insert(row);
}

ViolationLog::Finding& ViolationLog::finding(const ViolationCode& code, std::string column, std::string expected,
                                             std::string remedy) {
  if (remedy.empty()) remedy = code.remedy;
  Violation violation{.code = std::string(code.id),
                      .column = std::move(column),
                      .rows = {},
                      .found = {},
                      .expected = std::move(expected),
                      .remedy = std::move(remedy)};
  findings_.push_back(Finding(*this, std::move(violation)));
  return findings_.back();
}

void ViolationLog::add(Violation violation) {
  count_kind();
  if (whole_.size() < violations_per_file_max) whole_.push_back(std::move(violation));
}

void ViolationLog::add_to_every_row(Violation violation, int64_t row_count) {
  violation.row_count = row_count;
  every_row_ = row_count;
  for (int64_t row = 0; row < std::min<int64_t>(row_count, violation_rows_max); ++row) violation.rows.push_back(row);
  add(std::move(violation));
}

void ViolationLog::write(ValidationReport& report) && {
  report.verdict = empty() ? Verdict::good : Verdict::bad;
  report.violation_count = kinds_;
  report.failed_record_count = std::max(rows_.size(), every_row_);
  for (Violation& violation : whole_) report.violations.push_back(shown(std::move(violation)));
  for (Finding& finding : findings_) {
    if (report.violations.size() == violations_per_file_max) return;
    if (finding.violation_.row_count > 0) report.violations.push_back(shown(std::move(finding.violation_)));
  }
}

}  // namespace lakegate::validation
