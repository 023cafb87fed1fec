#include "validation/judge_test_support.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "base/file_descriptor.h"
#include "validation/judge.h"

namespace lakegate::validation::testing {
namespace {

void number(CheckNode& node, int32_t& next) {
  node.field_id = next++;
  for (CheckNode& child : node.children) number(child, next);
}

Column column_of(const CheckNode& check) {
  Column column{.field_id = check.field_id,
                .name = check.name,
                .table_name = check.name,
                .kind = check.kind,
                .documentation = {},
                .children = {}};
  for (const CheckNode& child : check.children) column.children.push_back(column_of(child));
  return column;
}

}  // namespace

CheckNode field(std::string name, TypeKind kind, Constraints constraints) {
  return {.field_id = 0, .name = std::move(name), .kind = kind, .constraints = std::move(constraints), .children = {}};
}

CheckNode object(std::string name, std::vector<CheckNode> fields, Constraints constraints) {
  return {.field_id = 0,
          .name = std::move(name),
          .kind = TypeKind::structure,
          .constraints = std::move(constraints),
          .children = std::move(fields)};
}

CheckNode list(std::string name, CheckNode element, Constraints constraints) {
  element.name = "element";
  return {.field_id = 0,
          .name = std::move(name),
          .kind = TypeKind::list,
          .constraints = std::move(constraints),
          .children = {std::move(element)}};
}

CheckNode map(std::string name, CheckNode value, Constraints constraints) {
  value.name = "value";
  return {.field_id = 0,
          .name = std::move(name),
          .kind = TypeKind::map,
          .constraints = std::move(constraints),
          .children = {field("key", TypeKind::string, required), std::move(value)}};
}

CheckSchema schema(std::vector<CheckNode> columns) {
  CheckSchema made{std::move(columns)};
  int32_t next = 1;
  for (CheckNode& column : made.columns) number(column, next);
  return made;
}

TableSchema table_of(const CheckSchema& checks) {
  TableSchema table;
  for (const CheckNode& check : checks.columns) table.columns.push_back(column_of(check));
  return table;
}

bool StringSink::append(std::string_view bytes) {
  if (bytes.size() > bytes_max_ - bytes_.size()) return false;
  bytes_ += bytes;
  return true;
}

Judged judge_bytes(std::string_view file, const CheckSchema& checks, size_t tail_bytes_max) {
  const FileDescriptor memory(::memfd_create("judged", MFD_CLOEXEC));
  if (::write(memory.get(), file.data(), file.size()) != static_cast<ssize_t>(file.size())) std::abort();
  const TableSchema table = table_of(checks);
  StringSink tail(tail_bytes_max);
  auto judged = judge(
      {.fd = memory.get(), .sent_bytes = static_cast<int64_t>(file.size()), .checks = &checks, .table = &table}, tail);
  if (!judged) {
    fmt::print(stderr, "judging failed: {}\n", judged.error().message);
    std::abort();
  }
  Judged made{std::move(judged->report), {}};
  if (made.report.verdict == Verdict::good) made.table_file = std::string(file) + tail.bytes();
  return made;
}

std::vector<std::string> summary(const ValidationReport& report) {
  std::vector<std::string> lines;
  for (const Violation& violation : report.violations) {
    std::string rows;
    if (violation.row_count > 0) rows = fmt::format(" [{}]", fmt::join(violation.rows, ","));
    if (violation.row_count > static_cast<int64_t>(violation.rows.size()))
      rows += fmt::format(" of {}", violation.row_count);
    lines.push_back(fmt::format("{} {}{} {}", violation.code, violation.column, rows, violation.found));
  }
  return lines;
}

}  // namespace lakegate::validation::testing
