#include "columnar/adhoc_schema.h"

#include <boost/json/value.hpp>

#include <cerrno>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/result.h"
#include "base/utf8.h"
#include "columnar/file_schema.h"
#include "columnar/footer.h"
#include "columnar/type_remedy.h"

namespace lakegate::columnar {
namespace {

using boost::json::object;
using Kind = LogicalType::Kind;

object typed(std::string_view type, std::string_view xdm_type) { return {{"type", type}, {"meta:xdmType", xdm_type}}; }

// Nothing: no XDM type holds such values.
std::optional<object> integer_field(const FileNode& column) {
  const bool annotated = column.logical.kind == Kind::integer;
  const int storage_bits = column.physical == PhysicalType::int64 ? 64 : 32;
  const int bits = annotated ? column.logical.bit_width : storage_bits;
  if (annotated && (!column.logical.is_signed || bits > storage_bits)) return std::nullopt;
  switch (bits) {
    case 8: return typed("integer", "byte");
    case 16: return typed("integer", "short");
    case 32: return typed("integer", "int");
    case 64: return typed("integer", "long");
    default: return std::nullopt;
  }
}

std::optional<object> primitive_field(const FileNode& column) {
  const Kind kind = column.logical.kind;
  const bool plain = kind == Kind::none;
  const bool known_unit =
      column.logical.unit == TimeUnit::milliseconds || column.logical.unit == TimeUnit::microseconds;
  switch (column.physical) {
    case PhysicalType::boolean: return plain ? std::optional(typed("boolean", "boolean")) : std::nullopt;
    case PhysicalType::int32:
      if (kind == Kind::date) return object{{"type", "string"}, {"format", "date"}, {"meta:xdmType", "date"}};
      return plain || kind == Kind::integer ? integer_field(column) : std::nullopt;
    case PhysicalType::int64:
      if (kind == Kind::timestamp && column.logical.utc && known_unit) {
        return object{{"type", "string"}, {"format", "date-time"}, {"meta:xdmType", "date-time"}};
      }
      return plain || kind == Kind::integer ? integer_field(column) : std::nullopt;
    case PhysicalType::float32:
    case PhysicalType::float64: return plain ? std::optional(typed("number", "number")) : std::nullopt;
    case PhysicalType::byte_array:
      return kind == Kind::string || kind == Kind::enumeration ? std::optional(typed("string", "string"))
                                                               : std::nullopt;
    case PhysicalType::int96:
    case PhysicalType::fixed_byte_array: return std::nullopt;
  }
  return std::nullopt;
}

std::unexpected<Violation> no_xdm_type(const FileNode& column) {
  return refuse(violations::type_unsupported, column.path, column.type_text(),
                "a boolean, signed integer, number, text, date, UTC timestamp, list, map with text keys or group",
                type_remedy(column));
}

Checked<object> field_of(const FileNode& column);

Checked<object> properties_of(const std::vector<FileNode>& columns) {
  object properties;
  for (const FileNode& column : columns) {
    if (!is_utf8(column.name) || column.name.empty()) {
      return refuse(violations::text_invalid, printable(column.path, 200), "a column name that is empty or not UTF-8",
                    "a name");
    }
    if (properties.contains(column.name)) {
      return refuse(violations::duplicate_column, column.path, "a second column of this name", "one");
    }
    LG_ASSIGN(properties[column.name], field_of(column));
  }
  return properties;
}

Checked<object> field_of(const FileNode& column) {
  switch (column.shape) {
    case FileShape::primitive: {
      std::optional<object> field = primitive_field(column);
      if (!field) return no_xdm_type(column);
      return *std::move(field);
    }
    case FileShape::structure: {
      LG_ASSIGN(object properties, properties_of(column.children));
      return object{{"type", "object"}, {"meta:xdmType", "object"}, {"properties", std::move(properties)}};
    }
    case FileShape::list: {
      LG_ASSIGN(object items, field_of(column.children[0]));
      return object{{"type", "array"}, {"meta:xdmType", "array"}, {"items", std::move(items)}};
    }
    case FileShape::map: {
      const FileNode& key = column.children[0];
      const bool text = key.shape == FileShape::primitive && key.physical == PhysicalType::byte_array &&
                        key.logical.kind == Kind::string;
      if (!text) return no_xdm_type(key);
      LG_ASSIGN(object values, field_of(column.children[1]));
      return object{{"type", "object"}, {"meta:xdmType", "map"}, {"additionalProperties", std::move(values)}};
    }
    case FileShape::unreadable: return std::unexpected(*column.problem);
  }
  return no_xdm_type(column);
}

}  // namespace

Checked<object> adhoc_properties(int fd, int64_t size_bytes) {
  try {
    LG_ASSIGN(const Footer footer, read_footer(fd, size_bytes));
    return properties_of(footer.schema.columns);
  } catch (const ReadFailure& failure) {
    return refuse(violations::corrupt, "", "a file that cannot be read", "a readable file",
                  failure.error_number == EISDIR ? "Name a file, not a folder." : "");
  }
}

}  // namespace lakegate::columnar
