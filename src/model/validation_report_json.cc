#include "model/validation_report_json.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/error_codes.h"
#include "model/json_members.h"
#include "model/violation_codes.h"

namespace lakegate {
namespace {

using boost::json::object;
using JsonArray = boost::json::array;

constexpr int64_t format_version = 1;
constexpr size_t report_bytes_max = 64 << 20;
constexpr size_t text_bytes_max = 64 << 10;
constexpr size_t list_size_max = 1'000'000;

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string hash_to_hex(uint64_t hash) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(hash >> shift & 0xff);
  return to_hex(bytes);
}

object to_json(const Violation& violation) {
  return {{"code", violation.code},
          {"column", violation.column},
          {"rows", JsonArray(violation.rows.begin(), violation.rows.end())},
          {"rowCount", violation.row_count},
          {"found", violation.found},
          {"expected", violation.expected},
          {"remedy", violation.remedy}};
}

object to_json(const ColumnStatistics& column) {
  object out{{"id", column.field_id},
             {"size", column.size_bytes},
             {"values", column.value_count},
             {"nulls", column.null_count},
             {"nans", column.nan_count}};
  if (column.lower_bound) out["lower"] = to_hex(*column.lower_bound);
  if (column.upper_bound) out["upper"] = to_hex(*column.upper_bound);
  return out;
}

std::unexpected<Error> broken(std::string_view what) {
  return fail(codes::corrupt, "A validation report is damaged: {}.", what);
}

// One object of the report; every number is a count, a size or an id and so not negative.
class ReportReader {
 public:
  explicit ReportReader(const object& from) : members_(from, "a validation report") {}

  Status get(std::string_view name, int64_t& target) const {
    LG_ASSIGN(target, members_.integer(name));
    return target < 0 ? broken(name) : Status{};
  }
  Status get(std::string_view name, int32_t& target) const {
    int64_t number = 0;
    LG_TRY(get(name, number));
    target = static_cast<int32_t>(number);
    return number > std::numeric_limits<int32_t>::max() ? broken(name) : Status{};
  }
  Status get(std::string_view name, std::string& target) const {
    LG_ASSIGN(target, members_.text(name));
    return target.size() > text_bytes_max ? broken(name) : Status{};
  }
  Status get(std::string_view name, std::optional<std::string>& target) const {
    if (!members_.has(name)) return {};
    std::string hex;
    LG_TRY(get(name, hex));
    target = from_hex(hex);
    return target ? Status{} : broken(name);
  }
  template <class T>
  Status get_ascending(std::string_view name, std::vector<T>& target) const {
    LG_ASSIGN(const JsonArray* list, members_.list(name));
    if (list->size() > list_size_max) return broken(name);
    for (const auto& value : *list) {
      const bool fits =
          value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= std::numeric_limits<T>::max();
      if (!fits || (!target.empty() && value.get_int64() <= target.back())) return broken(name);
      target.push_back(static_cast<T>(value.get_int64()));
    }
    return {};
  }
  template <class Each>
  Status each_object(std::string_view name, size_t size_max, Each&& each) const {
    LG_ASSIGN(const JsonArray* list, members_.list(name));
    if (list->size() > size_max) return broken(name);
    for (const auto& value : *list) {
      if (!value.is_object()) return broken(name);
      LG_TRY(each(value.get_object()));
    }
    return {};
  }

 private:
  JsonMembers members_;
};

Result<Violation> read_violation(const object& from) {
  const ReportReader in(from);
  Violation violation;
  LG_TRY(in.get("code", violation.code));
  LG_TRY(in.get("column", violation.column));
  LG_TRY(in.get_ascending("rows", violation.rows));
  LG_TRY(in.get("rowCount", violation.row_count));
  LG_TRY(in.get("found", violation.found));
  LG_TRY(in.get("expected", violation.expected));
  LG_TRY(in.get("remedy", violation.remedy));
  if (find_violation_code(violation.code) == nullptr) return broken("a code that is not documented");
  const size_t shown = violation.rows.size();
  if (shown > violation_rows_max || static_cast<int64_t>(shown) > violation.row_count) return broken("rows");
  return violation;
}

Result<ColumnStatistics> read_statistics(const object& from) {
  const ReportReader in(from);
  ColumnStatistics column;
  LG_TRY(in.get("id", column.field_id));
  LG_TRY(in.get("size", column.size_bytes));
  LG_TRY(in.get("values", column.value_count));
  LG_TRY(in.get("nulls", column.null_count));
  LG_TRY(in.get("nans", column.nan_count));
  LG_TRY(in.get("lower", column.lower_bound));
  LG_TRY(in.get("upper", column.upper_bound));
  if (column.null_count > column.value_count) return broken("more nulls than values");
  return column;
}

Status read_verdict(const ReportReader& in, ValidationReport& report) {
  std::string verdict;
  std::string origin;
  LG_TRY(in.get("verdict", verdict));
  LG_TRY(in.get("origin", origin));
  const std::optional<FileOrigin> parsed = parse_file_origin(origin);
  if (!parsed || (verdict != "good" && verdict != "bad")) return broken("verdict or origin");
  report.origin = *parsed;
  report.verdict = verdict == "good" ? Verdict::good : Verdict::bad;
  const bool good = report.verdict == Verdict::good;
  const bool consistent = good == report.violations.empty() &&
                          report.violation_count >= static_cast<int64_t>(report.violations.size()) &&
                          (good ? report.table_bytes >= report.sent_bytes : report.table_bytes == 0);
  return consistent ? Status{} : broken("a verdict that its violations or sizes contradict");
}

}  // namespace

std::string validation_report_to_json(const ValidationReport& report) {
  JsonArray violations;
  for (const Violation& violation : report.violations) violations.emplace_back(to_json(violation));
  JsonArray statistics;
  for (const ColumnStatistics& column : report.statistics) statistics.emplace_back(to_json(column));
  return boost::json::serialize(object{
      {"version", format_version},
      {"verdict", report.verdict == Verdict::good ? "good" : "bad"},
      {"recordCount", report.record_count},
      {"violationCount", report.violation_count},
      {"failedRecordCount", report.failed_record_count},
      {"violations", std::move(violations)},
      {"statistics", std::move(statistics)},
      {"splitOffsets", JsonArray(report.split_offsets.begin(), report.split_offsets.end())},
      {"columnsPresent", JsonArray(report.columns_present.begin(), report.columns_present.end())},
      {"contentXxh3", hash_to_hex(report.content_xxh3)},
      {"sentBytes", report.sent_bytes},
      {"tableBytes", report.table_bytes},
      {"origin", to_string(report.origin)},
  });
}

Result<ValidationReport> validation_report_from_json(std::string_view text) {
  if (text.size() > report_bytes_max) return broken("longer than a report can be");
  LG_ASSIGN(const object root, read_versioned_json(text, format_version, 8));
  const ReportReader in(root);
  ValidationReport report;
  LG_TRY(in.get("recordCount", report.record_count));
  LG_TRY(in.get("violationCount", report.violation_count));
  LG_TRY(in.get("failedRecordCount", report.failed_record_count));
  LG_TRY(in.each_object("violations", violations_per_file_max, [&](const object& from) -> Status {
    LG_ASSIGN(report.violations.emplace_back(), read_violation(from));
    return {};
  }));
  LG_TRY(in.each_object("statistics", list_size_max, [&](const object& from) -> Status {
    LG_ASSIGN(report.statistics.emplace_back(), read_statistics(from));
    return {};
  }));
  const bool ordered =
      std::ranges::is_sorted(report.statistics, {}, &ColumnStatistics::field_id) &&
      std::ranges::adjacent_find(report.statistics, {}, &ColumnStatistics::field_id) == report.statistics.end();
  if (!ordered) return broken("statistics out of order");
  LG_TRY(in.get_ascending("splitOffsets", report.split_offsets));
  LG_TRY(in.get_ascending("columnsPresent", report.columns_present));
  std::string hash;
  LG_TRY(in.get("contentXxh3", hash));
  const std::optional<std::string> hash_bytes = from_hex(hash);
  if (!hash_bytes || hash_bytes->size() != sizeof(report.content_xxh3)) return broken("contentXxh3");
  for (const char c : *hash_bytes) report.content_xxh3 = report.content_xxh3 << 8 | static_cast<unsigned char>(c);
  LG_TRY(in.get("sentBytes", report.sent_bytes));
  LG_TRY(in.get("tableBytes", report.table_bytes));
  LG_TRY(read_verdict(in, report));
  return report;
}

}  // namespace lakegate
