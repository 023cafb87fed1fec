#include "cli/batch_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "cli/json_reading.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 9> final_states = {"active",    "success",  "failed",  "failure", "aborted",
                                                          "abandoned", "inactive", "deleted", "archived"};
constexpr size_t rows_shown_max = 5;

std::string state_of(const json::value& batch) { return text_member(batch, "status"); }

std::string rows_text(const json::value& error) {
  std::vector<std::string> shown;
  const json::array& rows = items(member(error, "rows"));
  for (size_t i = 0; i < std::min(rows.size(), rows_shown_max); ++i) {
    shown.push_back(rows[i].is_string() ? text(rows[i]) : json::serialize(rows[i]));
  }
  std::string joined = fmt::format("{}", fmt::join(shown, ","));
  const int64_t count = number_member(error, "recordCount");
  if (rows.size() > rows_shown_max) joined += ",…";
  if (count > static_cast<int64_t>(shown.size())) joined += fmt::format(" ({} rows)", count);
  return joined;
}

std::string any_text(const json::value& value) {
  return value.is_null() ? std::string() : value.is_string() ? text(value) : json::serialize(value);
}

}  // namespace

bool is_final(const json::value& batch) {
  return std::ranges::find(final_states, state_of(batch)) != final_states.end();
}

ExitStatus status_of_final(const json::value& batch) {
  const std::string state = state_of(batch);
  return state == "active" || state == "success" ? done : batch_failed;
}

std::string errors_text(const json::value& batch) {
  const json::array& errors = items(member(batch, "errors"));
  if (errors.empty()) return {};
  TextTable table({"CODE", "FILE", "COLUMN", "ROWS", "FOUND", "EXPECTED"});
  std::string meanings;
  for (const json::value& error : errors) {
    table.add({text_member(error, "code"), text_member(error, "file"), text_member(error, "column"), rows_text(error),
               any_text(member(error, "found")), any_text(member(error, "expected"))});
    meanings += one_line(fmt::format("{}: {}", text_member(error, "code"), text_member(error, "description"))) + "\n";
  }
  return table.text(40) + "\n" + meanings;
}

std::string summary_text(const std::string& id, const json::value& batch) {
  const int64_t files = number_member(member(batch, "metrics"), "inputFileCount");
  std::string text = fmt::format("batch {}: {}", id, state_of(batch));
  const int64_t rows = number_member(batch, "recordCount");
  const int64_t bytes = number_member(batch, "size");
  if (rows > 0) text += fmt::format(", {} {}", rows, rows == 1 ? "row" : "rows");
  if (bytes > 0) text += fmt::format(", {}", bytes_text(bytes));
  if (files > 0) text += fmt::format(" in {} {}", files, files == 1 ? "file" : "files");
  return text;
}

}  // namespace lakegate::cli
