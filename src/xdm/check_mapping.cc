#include <algorithm>
#include <cmath>
#include <utility>

#include "model/error_codes.h"
#include "xdm/field_type.h"
#include "xdm/patterns.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

using boost::json::array;

std::optional<double> number_of(const JsonValue& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::optional<int64_t> integer_of(const JsonValue& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
      std::abs(value.get_double()) < 9e18) {
    return static_cast<int64_t>(value.get_double());
  }
  return std::nullopt;
}

// Compiles the constraints of one field; `path` is for messages.
class Compiler {
 public:
  Compiler(const JsonObject& field, const Column& column, std::string path)
      : field_(field), column_(column), path_(std::move(path)) {}

  Result<Constraints> compile();

 private:
  Result<std::optional<int64_t>> count(std::string_view keyword) const;
  Result<std::optional<double>> number(std::string_view keyword) const;
  Status text();
  Status bounds();
  Status integers();
  Status list();
  Status values();
  bool add_value(const JsonValue& value);
  void admit_nothing();

  const JsonObject& field_;
  const Column& column_;
  std::string path_;
  Constraints constraints_;
};

Result<std::optional<int64_t>> Compiler::count(std::string_view keyword) const {
  const JsonValue* value = field_.if_contains(keyword);
  if (value == nullptr) return std::nullopt;
  const auto number = integer_of(*value);
  if (number && *number >= 0) return number;
  return fail(codes::schema_invalid, "Field \"{}\": \"{}\" must be a whole number from 0.", path_, keyword);
}

Result<std::optional<double>> Compiler::number(std::string_view keyword) const {
  const JsonValue* value = field_.if_contains(keyword);
  if (value == nullptr || value->is_bool()) return std::nullopt;  // draft 4 wrote exclusive bounds as flags
  const auto number = number_of(*value);
  if (number && std::isfinite(*number)) return number;
  return fail(codes::schema_invalid, "Field \"{}\": \"{}\" must be a number.", path_, keyword);
}

Status Compiler::text() {
  LG_ASSIGN(constraints_.length_min, count("minLength"));
  LG_ASSIGN(constraints_.length_max, count("maxLength"));
  const JsonValue* pattern = field_.if_contains("pattern");
  if (pattern == nullptr) return {};
  if (!pattern->is_string()) return fail(codes::schema_invalid, "Field \"{}\": \"pattern\" must be text.", path_);
  constraints_.pattern = std::string(pattern->get_string());
  if (auto translated = translate_pattern(*constraints_.pattern); !translated) {
    return fail(codes::schema_invalid, "Field \"{}\": {}", path_, translated.error().message);
  }
  return {};
}

Status Compiler::bounds() {
  LG_ASSIGN(constraints_.minimum, number("minimum"));
  LG_ASSIGN(constraints_.maximum, number("maximum"));
  LG_ASSIGN(const std::optional<double> above, number("exclusiveMinimum"));
  LG_ASSIGN(const std::optional<double> below, number("exclusiveMaximum"));
  const auto flag = [&](std::string_view keyword) {
    const JsonValue* value = field_.if_contains(keyword);
    return value != nullptr && value->is_bool() && value->get_bool();
  };
  constraints_.exclusive_minimum = constraints_.minimum && flag("exclusiveMinimum");
  constraints_.exclusive_maximum = constraints_.maximum && flag("exclusiveMaximum");
  if (above && (!constraints_.minimum || *above >= *constraints_.minimum)) {
    constraints_.minimum = above;
    constraints_.exclusive_minimum = true;
  }
  if (below && (!constraints_.maximum || *below <= *constraints_.maximum)) {
    constraints_.maximum = below;
    constraints_.exclusive_maximum = true;
  }
  return {};
}

Status Compiler::integers() {
  for (const std::string_view keyword : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
    LG_TRY(number(keyword));
  const IntegerBounds bounds = integer_bounds(field_, field_type(field_));
  constraints_.minimum_integer = bounds.minimum;
  constraints_.maximum_integer = bounds.maximum;
  return {};
}

Status Compiler::list() {
  const bool is_map = column_.kind == TypeKind::map;
  LG_ASSIGN(constraints_.items_min, count(is_map ? "minProperties" : "minItems"));
  LG_ASSIGN(constraints_.items_max, count(is_map ? "maxProperties" : "maxItems"));
  const JsonValue* unique = field_.if_contains("uniqueItems");
  const bool comparable = !is_map && is_primitive(column_.children.front().kind);
  constraints_.items_unique = comparable && unique != nullptr && unique->is_bool() && unique->get_bool();
  const JsonValue* constant = field_.if_contains("const");
  if (constant != nullptr && constant->is_array() && constant->get_array().empty()) constraints_.items_max = 0;
  return {};
}

// False: no value of the column's type can equal it.
bool Compiler::add_value(const JsonValue& value) {
  switch (column_.kind) {
    case TypeKind::string:
      if (value.is_string()) constraints_.enumeration.emplace_back(value.get_string());
      return value.is_string();
    case TypeKind::int32:
    case TypeKind::int64:
      if (const auto number = integer_of(value)) return constraints_.enumeration_integer.push_back(*number), true;
      return false;
    case TypeKind::float64:
      if (const auto number = number_of(value)) return constraints_.enumeration_number.push_back(*number), true;
      return false;
    case TypeKind::boolean:
      if (value.is_bool()) constraints_.constant_boolean = value.get_bool();
      return value.is_bool();
    default: return false;
  }
}

// `"const": null`: a column of which every value is a violation, so that only null is left.
void Compiler::admit_nothing() {
  if (column_.kind == TypeKind::string) {
    constraints_.length_min = 1;
    constraints_.length_max = 0;
  } else if (column_.kind == TypeKind::float64) {
    constraints_.minimum = 1;
    constraints_.maximum = 0;
  } else {
    constraints_.minimum_integer = 1;
    constraints_.maximum_integer = 0;
  }
}

Status Compiler::values() {
  const JsonValue* constant = field_.if_contains("const");
  const JsonValue* enumeration = field_.if_contains("enum");
  if (constant == nullptr && enumeration == nullptr) return {};
  if (enumeration != nullptr && !enumeration->is_array()) {
    return fail(codes::schema_invalid, "Field \"{}\": \"enum\" must be a list of values.", path_);
  }
  if (column_.kind == TypeKind::date || column_.kind == TypeKind::timestamptz) {
    return fail(codes::schema_invalid,
                "Field \"{}\": \"enum\" and \"const\" cannot be checked on a {}. Leave them out.", path_,
                to_string(field_type(field_)));
  }
  if (!is_primitive(column_.kind)) return {};
  const array allowed = constant != nullptr ? array{*constant} : enumeration->get_array();
  bool any = false;
  bool both[2] = {false, false};
  for (const JsonValue& value : allowed) {
    any |= add_value(value);
    if (value.is_bool()) both[value.get_bool() ? 1 : 0] = true;
  }
  if (both[0] && both[1]) constraints_.constant_boolean.reset();
  if (any) return {};
  if (allowed.size() == 1 && allowed.front().is_null() && column_.kind != TypeKind::boolean)
    return admit_nothing(), Status();
  return fail(codes::schema_invalid, "Field \"{}\" is a {}, but no value of \"{}\" is one.", path_,
              to_string(field_type(field_)), constant != nullptr ? "const" : "enum");
}

Result<Constraints> Compiler::compile() {
  switch (column_.kind) {
    case TypeKind::string: LG_TRY(text()); break;
    case TypeKind::float64: LG_TRY(bounds()); break;
    case TypeKind::int32:
    case TypeKind::int64: LG_TRY(integers()); break;
    case TypeKind::list:
    case TypeKind::map: LG_TRY(list()); break;
    default: break;
  }
  LG_TRY(values());
  return std::move(constraints_);
}

bool is_required(const JsonObject& object, std::string_view name) {
  const array* names = array_member(object, "required");
  return names != nullptr && std::ranges::any_of(*names, [&](const JsonValue& value) {
           return value.is_string() && value.get_string() == name;
         });
}

// What the keys of a map must fulfil: `propertyNames`, or the patterns when nothing but them is allowed.
JsonObject key_schema(const JsonObject& map) {
  if (const JsonObject* names = object_member(map, "propertyNames")) return *names;
  const JsonObject* patterns = object_member(map, "patternProperties");
  const JsonValue* others = map.if_contains("additionalProperties");
  if (patterns == nullptr || others == nullptr || !others->is_bool() || others->get_bool()) return {};
  std::string any;
  for (const auto& member : *patterns) any += (any.empty() ? "(?:" : "|(?:") + std::string(member.key()) + ")";
  return JsonObject{{"pattern", any}};
}

Result<std::vector<CheckNode>> nodes(const JsonObject& object, const std::vector<Column>& columns,
                                     const std::string& path);

Result<CheckNode> node(const JsonObject& field, const Column& column, const std::string& path) {
  static const JsonObject text{{"type", "string"}};
  CheckNode made{column.field_id, column.name, column.kind, {}, {}};
  LG_ASSIGN(made.constraints, Compiler(field, column, path).compile());
  if (column.kind == TypeKind::structure) {
    LG_ASSIGN(made.children, nodes(field, column.children, path));
  } else if (column.kind == TypeKind::list) {
    const JsonObject* items = object_member(field, "items");
    LG_ASSIGN(CheckNode element, node(items != nullptr ? *items : text, column.children[0], path + "[]"));
    made.children.push_back(std::move(element));
  } else if (column.kind == TypeKind::map) {
    LG_ASSIGN(CheckNode key, node(key_schema(field), column.children[0], path + " (key)"));
    const JsonObject* value = map_value(field);
    LG_ASSIGN(CheckNode value_node, node(value != nullptr ? *value : text, column.children[1], path + "{}"));
    made.children.push_back(std::move(key));
    made.children.push_back(std::move(value_node));
  }
  return made;
}

Result<std::vector<CheckNode>> nodes(const JsonObject& object, const std::vector<Column>& columns,
                                     const std::string& path) {
  std::vector<CheckNode> made;
  const JsonObject* properties = object_member(object, "properties");
  for (const Column& column : columns) {
    const JsonObject* field = properties != nullptr ? object_member(*properties, column.name) : nullptr;
    if (field == nullptr) {
      return fail(codes::schema_invalid, "The table has a column \"{}\" below \"{}\" which the schema has not.",
                  column.name, path);
    }
    LG_ASSIGN(CheckNode child, node(*field, column, path.empty() ? column.name : path + "." + column.name));
    child.constraints.required = is_required(object, column.name);
    made.push_back(std::move(child));
  }
  return made;
}

}  // namespace

Result<CheckSchema> to_check_schema(const ResolvedSchema& schema, const TableSchema& table) {
  LG_ASSIGN(std::vector<CheckNode> columns, nodes(schema.record(), table.columns, ""));
  return CheckSchema{std::move(columns)};
}

}  // namespace lakegate::xdm
