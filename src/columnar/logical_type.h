// What a Parquet column means, out of its logical type annotation or, in older files, its converted type.
// Specification: LogicalTypes.md.
#pragma once

#include <cstdint>
#include <string>

#include "columnar/parquet_format.h"

namespace lakegate::columnar {

enum class TimeUnit : uint8_t { none, milliseconds, microseconds, nanoseconds };

struct LogicalType {
  enum class Kind : uint8_t {
    none,
    string,
    map,
    list,
    enumeration,
    decimal,
    date,
    time,
    timestamp,
    integer,
    null,  // a column without a type: all values are null
    json,
    bson,
    uuid,
    float16,
    interval,
    other,  // of a later version of the format
  };
  Kind kind = Kind::none;
  TimeUnit unit = TimeUnit::none;  // time, timestamp
  bool utc = true;                 // time, timestamp: false means local time of nowhere
  uint8_t bit_width = 0;           // integer
  bool is_signed = true;           // integer

  bool operator==(const LogicalType&) const = default;
};

LogicalType logical_type(const SchemaElement& element);

// As people know it: "INT64 TIMESTAMP(milliseconds, UTC)", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY DECIMAL".
std::string describe(PhysicalType physical, const LogicalType& logical);

// The annotations that tails write.
inline constexpr std::string_view logical_type_string{"\x1c\x00\x00", 3};
inline constexpr std::string_view logical_type_map{"\x2c\x00\x00", 3};
inline constexpr std::string_view logical_type_list{"\x3c\x00\x00", 3};
inline constexpr std::string_view logical_type_timestamp_micros{"\x8c\x11\x1c\x2c\x00\x00\x00\x00", 8};

}  // namespace lakegate::columnar
