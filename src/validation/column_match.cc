#include "validation/column_match.h"

#include "columnar/checked.h"

namespace lakegate::validation {
namespace {

using columnar::FileNode;
using columnar::FileShape;
using columnar::LogicalType;
using columnar::PhysicalType;
using columnar::TimeUnit;

bool is_integer(const FileNode& column, int bits) {
  const bool plain = column.logical.kind == LogicalType::Kind::none;
  const bool annotated =
      column.logical.kind == LogicalType::Kind::integer && column.logical.is_signed && column.logical.bit_width <= bits;
  return plain || annotated;
}

bool fits(const FileNode& column, TypeKind kind) {
  const bool plain = column.logical.kind == LogicalType::Kind::none;
  const PhysicalType physical = column.physical;
  switch (kind) {
    case TypeKind::boolean: return physical == PhysicalType::boolean && plain;
    case TypeKind::int32: return physical == PhysicalType::int32 && is_integer(column, 32);
    case TypeKind::int64:
      return (physical == PhysicalType::int32 && is_integer(column, 32)) ||
             (physical == PhysicalType::int64 && is_integer(column, 64));
    case TypeKind::float64: return (physical == PhysicalType::float32 || physical == PhysicalType::float64) && plain;
    case TypeKind::date: return physical == PhysicalType::int32 && column.logical.kind == LogicalType::Kind::date;
    case TypeKind::timestamptz:
      return physical == PhysicalType::int64 && column.logical.kind == LogicalType::Kind::timestamp &&
             column.logical.utc &&
             (column.logical.unit == TimeUnit::milliseconds || column.logical.unit == TimeUnit::microseconds);
    case TypeKind::string:
      return physical == PhysicalType::byte_array && (column.logical.kind == LogicalType::Kind::string ||
                                                      column.logical.kind == LogicalType::Kind::enumeration);
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: return false;
  }
  return false;
}

FileShape shape_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::structure: return FileShape::structure;
    case TypeKind::list: return FileShape::list;
    case TypeKind::map: return FileShape::map;
    default: return FileShape::primitive;
  }
}

std::string expected_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return "boolean: BOOLEAN";
    case TypeKind::int32: return "int: INT32";
    case TypeKind::int64: return "long: INT64 or INT32";
    case TypeKind::float64: return "number: DOUBLE or FLOAT";
    case TypeKind::date: return "date: INT32 DATE";
    case TypeKind::timestamptz: return "date-time: INT64 TIMESTAMP(milliseconds or microseconds, UTC)";
    case TypeKind::string: return "string: BYTE_ARRAY STRING";
    case TypeKind::structure: return "object: a group";
    case TypeKind::list: return "array: a LIST of three levels";
    case TypeKind::map: return "map: a MAP";
  }
  return "";
}

// What to do about types that files have for no good reason of their own.
std::string remedy_for(const FileNode& column) {
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

}  // namespace

std::optional<Violation> type_violation(const FileNode& column, const CheckNode& check) {
  if (column.shape == FileShape::unreadable) {
    Violation problem = *column.problem;
    problem.expected = expected_type(check.kind);
    return problem;
  }
  const FileShape wanted = shape_of(check.kind);
  if (column.shape == wanted && (wanted != FileShape::primitive || fits(column, check.kind))) return std::nullopt;
  const std::string remedy = remedy_for(column);
  const bool unsupported = !remedy.empty() && column.physical != PhysicalType::byte_array;
  return columnar::violation(unsupported ? violations::type_unsupported : violations::type_mismatch, column.path,
                             column.type_text(), expected_type(check.kind), remedy);
}

}  // namespace lakegate::validation
