#include "columnar/row_value.h"

#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/result.h"
#include "base/utf8.h"

namespace lakegate::columnar {
namespace {

namespace json = boost::json;
using Kind = LogicalType::Kind;

constexpr int64_t days_min = -719'162;   // 0001-01-01
constexpr int64_t days_max = 2'932'896;  // 9999-12-31
constexpr int64_t second_micros = 1'000'000;
constexpr int64_t day_micros = 86'400 * second_micros;

// Rounds down, as times before 1970 need it.
std::pair<int64_t, int64_t> divide(int64_t number, int64_t by) {
  const int64_t rest = number % by;
  return rest < 0 ? std::pair(number / by - 1, rest + by) : std::pair(number / by, rest);
}

std::string fraction_text(int64_t micros) {
  if (micros == 0) return "";
  std::string digits = fmt::format(".{:06}", micros);
  digits.resize(digits.find_last_not_of('0') + 1);
  return digits;
}

std::optional<int64_t> to_micros(int64_t value, TimeUnit unit) {
  int64_t micros = value;
  if (unit == TimeUnit::milliseconds && __builtin_mul_overflow(value, int64_t{1000}, &micros)) return std::nullopt;
  return micros;
}

Checked<json::value> or_out_of_range(const FileNode& leaf, const std::optional<std::string>& text, int64_t value) {
  if (text) return json::value(*text);
  return refuse(violations::time_out_of_range, leaf.path, fmt::format("{}", value), "the years 1 to 9999");
}

Checked<json::value> integer_to_json(const FileNode& leaf, int64_t value) {
  if (leaf.logical.kind == Kind::date) return or_out_of_range(leaf, date_text(value), value);
  if (leaf.logical.kind == Kind::timestamp) {
    const std::optional<int64_t> micros = to_micros(value, leaf.logical.unit);
    return or_out_of_range(leaf, micros ? timestamp_text(*micros) : std::nullopt, value);
  }
  return json::value(value);
}

json::value number_to_json(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

Checked<json::value> text_to_json(const FileNode& leaf, std::string_view text) {
  if (is_utf8(text)) return json::value(json::string(text));
  return refuse(violations::text_invalid, leaf.path, printable(text, 50), "UTF-8");
}

}  // namespace

std::optional<std::string> date_text(int64_t days) {
  if (days < days_min || days > days_max) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<std::string> timestamp_text(int64_t micros) {
  const auto [days, in_day] = divide(micros, day_micros);
  const std::optional<std::string> date = date_text(days);
  if (!date) return std::nullopt;
  const int64_t seconds = in_day / second_micros;
  return fmt::format("{}T{:02}:{:02}:{:02}{}Z", *date, seconds / 3600, seconds / 60 % 60, seconds % 60,
                     fraction_text(in_day % second_micros));
}

bool is_readable(const FileNode& leaf) {
  if (leaf.shape != FileShape::primitive) return false;
  if (leaf.physical == PhysicalType::int96 || leaf.physical == PhysicalType::fixed_byte_array) return false;
  switch (leaf.logical.kind) {
    case Kind::none:
    case Kind::string:
    case Kind::enumeration:
    case Kind::json: return true;
    case Kind::integer: return leaf.logical.is_signed;
    case Kind::date: return leaf.physical == PhysicalType::int32;
    case Kind::timestamp:
      return leaf.physical == PhysicalType::int64 && leaf.logical.utc &&
             (leaf.logical.unit == TimeUnit::milliseconds || leaf.logical.unit == TimeUnit::microseconds);
    default: return false;
  }
}

Checked<json::value> value_to_json(const FileNode& leaf, const Values& values, size_t index) {
  return std::visit(
      [&](const auto& span) -> Checked<json::value> {
        const auto value = span[index];
        using Value = std::remove_const_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, uint8_t>) {
          return json::value(value != 0);
        } else if constexpr (std::is_integral_v<Value>) {
          return integer_to_json(leaf, value);
        } else if constexpr (std::is_floating_point_v<Value>) {
          return number_to_json(value);
        } else {
          return text_to_json(leaf, value);
        }
      },
      values);
}

}  // namespace lakegate::columnar
