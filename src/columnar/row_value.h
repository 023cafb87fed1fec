// A value of a leaf column as JSON shows it to people.
//
//   boolean            true, false        date             "2024-02-29"
//   integers           the number         timestamp        "2024-02-29T12:00:00.5Z", fraction digits as needed
//   float, double      the number; "NaN", "Infinity" and "-Infinity" as texts, since JSON has no numbers for them and
//                      null would say that there is no value
//   text               the text
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/value_decoder.h"

namespace lakegate::columnar {

// Days since 1970-01-01, microseconds since its midnight, UTC; nothing outside of the years 1 to 9999, which RFC 3339
// cannot write and judging refuses.
std::optional<std::string> date_text(int64_t days);
std::optional<std::string> timestamp_text(int64_t micros);

// Whether a primitive leaf is of a type that a table's file can have: no decimals, times of day, fixed lengths, INT96.
bool is_readable(const FileNode& leaf);

// values[index]. `leaf` is readable; `corrupt`: text that is not UTF-8, a time out of range.
Checked<boost::json::value> value_to_json(const FileNode& leaf, const Values& values, size_t index);

}  // namespace lakegate::columnar
