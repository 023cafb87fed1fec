// A Parquet file's columns as the properties of an XDM ad-hoc class, for people who have data and no schema
// (`lakegate dataset create --from FILE.parquet`).
#pragma once

#include <boost/json/object.hpp>

#include "columnar/checked.h"

namespace lakegate::columnar {

// Reads the footer of the Parquet file behind `fd` (`size_bytes` long) and answers with what goes under `_adhoc` /
// `properties`: one XDM field for each column, names verbatim. Nested columns become objects, arrays and maps.
//
// BOOLEAN boolean · INT32 and narrower integers with their bounds · INT64 long · FLOAT, DOUBLE number · STRING string ·
// DATE date · TIMESTAMP (UTC, milli- or microseconds) date-time · LIST array · MAP with text keys map · group object
//
// Refused as a Violation that names column, type found and remedy: everything else (decimals, unsigned integers, INT96,
// nanoseconds, local timestamps, untyped binary, two-level lists, duplicate names …), damaged and encrypted files.
Checked<boost::json::object> adhoc_properties(int fd, int64_t size_bytes);

}  // namespace lakegate::columnar
