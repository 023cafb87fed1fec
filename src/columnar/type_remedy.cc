#include "columnar/type_remedy.h"

namespace lakegate::columnar {

std::string type_remedy(const FileNode& column) {
  if (column.shape != FileShape::primitive) return "";
  if (column.physical == PhysicalType::int96) {
    return "Write timestamps as INT64 microseconds (in Spark: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS).";
  }
  switch (column.logical.kind) {
    case LogicalType::Kind::null:
      return "The column holds nothing and has no type: leave it out, or write it with the field's type.";
    case LogicalType::Kind::timestamp:
      if (column.logical.unit == TimeUnit::nanoseconds) return "Write timestamps with micro- or milliseconds.";
      if (!column.logical.utc) return "Convert the times to UTC and write the column with isAdjustedToUTC = true.";
      return "";
    case LogicalType::Kind::none:
      if (column.physical == PhysicalType::byte_array) return "If the bytes are text, annotate the column as STRING.";
      return "";
    default: return "";
  }
}

}  // namespace lakegate::columnar
