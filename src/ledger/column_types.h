// How the values of model/ live in columns.
#pragma once

#include <boost/json/parse.hpp>
#include <fmt/ranges.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/sql.h"
#include "model/batch.h"
#include "model/batch_status.h"
#include "model/validation_report.h"

namespace lakegate::ledger {

inline std::string_view to_string(Verdict verdict) { return verdict == Verdict::good ? "good" : "bad"; }
inline std::optional<Verdict> parse_verdict(std::string_view text) {
  if (text == "good") return Verdict::good;
  if (text == "bad") return Verdict::bad;
  return std::nullopt;
}

// By its name. `parse` may be lenient with others' spellings: ours has one.
template <class Enum, std::optional<Enum> (*parse)(std::string_view)>
struct NamedColumn {
  using Stored = std::string;
  static std::string_view to_stored(Enum value) { return to_string(value); }
  static bool from_stored(const std::string& stored, Enum& value) {
    const std::optional<Enum> parsed = parse(stored);
    if (!parsed || to_string(*parsed) != stored) return false;
    value = *parsed;
    return true;
  }
};

template <>
struct ColumnType<BatchStatus> : NamedColumn<BatchStatus, parse_batch_status> {};
template <>
struct ColumnType<InputFormat> : NamedColumn<InputFormat, parse_input_format> {};
template <>
struct ColumnType<FileOrigin> : NamedColumn<FileOrigin, parse_file_origin> {};
template <>
struct ColumnType<Verdict> : NamedColumn<Verdict, parse_verdict> {};

template <>
struct ColumnType<BatchEvent> {
  using Stored = std::string;
  static std::string_view to_stored(BatchEvent event) { return to_string(event); }
};

// A JSON array.
template <>
struct ColumnType<std::vector<int64_t>> {
  using Stored = std::string;
  static std::string to_stored(const std::vector<int64_t>& numbers) {
    return fmt::format("[{}]", fmt::join(numbers, ","));
  }
  static bool from_stored(const std::string& stored, std::vector<int64_t>& numbers) {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(stored, error);
    if (error || !parsed.is_array()) return false;
    for (const boost::json::value& number : parsed.get_array()) {
      if (!number.is_int64()) return false;
      numbers.push_back(number.get_int64());
    }
    return true;
  }
};

}  // namespace lakegate::ledger
