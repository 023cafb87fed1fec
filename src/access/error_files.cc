#include "access/error_files.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "model/violation_codes.h"

namespace lakegate::access {
namespace {

namespace json = boost::json;

enum class Kind { parsing, conversion, validation };

Kind kind_of(const BatchError& error) {
  using namespace violations;
  for (const ViolationCode& code : {unknown_column, type_mismatch, type_unsupported}) {
    if (error.code == code.id) return Kind::conversion;
  }
  return error.rows.empty() ? Kind::parsing : Kind::validation;
}

// "INGEST-1401-400" on the batch is "1401" here.
std::string_view bare(std::string_view code) {
  constexpr std::string_view family = "INGEST-";
  if (!code.starts_with(family)) return code;
  code.remove_prefix(family.size());
  return code.substr(0, code.find('-'));
}

json::object brief(const BatchError& error) { return {{"code", bare(error.code)}, {"message", error.description}}; }

// Rows of all files, each with its errors, in the order of the files' first errors.
using Rows = std::vector<std::pair<std::string_view, std::map<int64_t, std::vector<const BatchError*>>>>;

Rows rows_of(std::span<const BatchError> errors) {
  Rows files;
  for (const BatchError& error : errors) {
    if (kind_of(error) != Kind::validation) continue;
    auto file = std::ranges::find(files, error.file, &Rows::value_type::first);
    if (file == files.end()) file = files.insert(files.end(), {error.file, {}});
    for (const int64_t row : error.rows) file->second[row].push_back(&error);
  }
  return files;
}

// At most so many lines.
class Lines {
 public:
  explicit Lines(size_t lines_max) : lines_max_(lines_max) {}

  bool is_full() const { return count_ == lines_max_; }
  void add(const json::object& line) {
    if (is_full()) return;
    text_ += json::serialize(line) + "\n";
    ++count_;
  }
  std::string take() { return std::move(text_); }

 private:
  const size_t lines_max_;
  size_t count_ = 0;
  std::string text_;
};

// "#/address/City".
std::string pointer_to(std::string_view column) {
  std::string pointer = "#";
  if (!column.empty()) pointer += '/';
  for (const char c : column) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c == '.' ? '/' : c;
    }
  }
  return pointer;
}

json::object detailed(const BatchError& error) {
  return {{"code", error.code},   {"message", error.description}, {"pointerToViolation", pointer_to(error.column)},
          {"found", error.found}, {"expected", error.expected},   {"causingExceptions", json::array()}};
}

void add_files(Lines& lines, std::span<const BatchError> errors, Kind kind) {
  for (const BatchError& error : errors) {
    if (kind_of(error) != kind) continue;
    lines.add({{"_corrupt_record", error.found}, {"_errors", json::array{brief(error)}}, {"_filename", error.file}});
  }
}

template <class Render>
void add_rows(Lines& lines, const Rows& files, std::string_view member, const Render& render) {
  for (const auto& [file, rows] : files) {
    for (const auto& [row, errors] : rows) {
      if (lines.is_full()) return;
      json::array list;
      for (const BatchError* error : errors) list.push_back(render(*error));
      lines.add({{"_filename", file}, {"_row", row}, {member, std::move(list)}});
    }
  }
}

}  // namespace

std::vector<ErrorFile> row_error_files(std::span<const BatchError> errors) {
  std::vector<ErrorFile> files;
  const auto keep = [&](std::string_view name, Lines lines) {
    std::string text = lines.take();
    if (!text.empty()) files.push_back({std::string(name), std::move(text)});
  };
  Lines parsing(error_lines_max);
  add_files(parsing, errors, Kind::parsing);
  keep("parsing_errors_0.json", std::move(parsing));
  Lines conversion(error_lines_max);
  add_files(conversion, errors, Kind::conversion);
  keep("conversion_errors_0.json", std::move(conversion));
  Lines validation(error_lines_max);
  add_rows(validation, rows_of(errors), "_errors", brief);
  keep("validation_errors_0.json", std::move(validation));
  return files;
}

std::string row_error_sample(std::span<const BatchError> errors) {
  Lines lines(sample_lines_max);
  add_files(lines, errors, Kind::parsing);
  add_files(lines, errors, Kind::conversion);
  add_rows(lines, rows_of(errors), "_errors", brief);
  return lines.take();
}

std::string failed_rows(std::span<const BatchError> errors) {
  Lines lines(error_lines_max);
  add_rows(lines, rows_of(errors), "_validationErrors", detailed);
  return lines.take();
}

}  // namespace lakegate::access
