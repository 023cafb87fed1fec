// Bounds: the smallest and largest value of a column as manifests keep them. Iceberg table specification, appendix D
// "Binary single-value serialization", and the notes on `lower_bounds` and `upper_bounds` of struct data_file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakegate {

inline constexpr size_t bound_code_points_max = 16;

// Serialised value of the table's type. boolean: one byte; int, date: int32_t; long, timestamptz (microseconds):
// int64_t; double: never NaN. All little-endian.
std::string encode_bound(bool value);
std::string encode_bound(int32_t value);
std::string encode_bound(int64_t value);
std::string encode_bound(double value);
template <class T>
std::string encode_bound(T value) = delete;  // no silent conversion to another width

// Doubles as bounds: -0.0 comes before +0.0, so a zero widens to the outer one whatever the scan has met first.
std::string encode_lower(double smallest);
std::string encode_upper(double largest);

// Strings as bounds, cut to `bound_code_points_max`. Strings order by their UTF-8 bytes, which is code point order.
// The lower one is a prefix. The upper one is a prefix whose last possible code point is incremented, so that it is
// greater than every string it stands for; nothing where no such string exists (U+10FFFF throughout).
// Input that is not UTF-8: the valid beginning below, nothing above.
std::string truncate_lower(std::string_view smallest, size_t code_points = bound_code_points_max);
std::optional<std::string> truncate_upper(std::string_view largest, size_t code_points = bound_code_points_max);

}  // namespace lakegate
