#include "validation/column_match.h"

#include "columnar/checked.h"
#include "columnar/type_remedy.h"

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

}  // namespace

std::optional<Violation> type_violation(const FileNode& column, const CheckNode& check) {
  if (column.shape == FileShape::unreadable) {
    Violation problem = *column.problem;
    problem.expected = expected_type(check.kind);
    return problem;
  }
  const FileShape wanted = shape_of(check.kind);
  if (column.shape == wanted && (wanted != FileShape::primitive || fits(column, check.kind))) return std::nullopt;
  const std::string remedy = columnar::type_remedy(column);
  const bool unsupported = !remedy.empty() && column.physical != PhysicalType::byte_array;
  return columnar::violation(unsupported ? violations::type_unsupported : violations::type_mismatch, column.path,
                             column.type_text(), expected_type(check.kind), remedy);
}

}  // namespace lakegate::validation
