#include "model/check_schema_json.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/error_codes.h"
#include "model/json_members.h"

namespace lakegate {
namespace {

using boost::json::object;
using JsonArray = boost::json::array;

constexpr int64_t format_version = 1;
constexpr size_t node_depth_max = 100;
constexpr size_t json_depth_max = 2 * node_depth_max + 8;

constexpr std::array known_members = {
    "id",        "name",           "type",           "children",         "required",         "minimum",
    "maximum",   "minimumInteger", "maximumInteger", "exclusiveMinimum", "exclusiveMaximum", "lengthMin",
    "lengthMax", "pattern",        "enum",           "enumInteger",      "enumNumber",       "constBoolean",
    "itemsMin",  "itemsMax",       "itemsUnique"};

template <class T>
void put(object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

void put(object& out, std::string_view name, bool flag) {
  if (flag) out[name] = true;
}

template <class T>
void put(object& out, std::string_view name, const std::vector<T>& values) {
  if (!values.empty()) out[name] = JsonArray(values.begin(), values.end());
}

object to_json(const CheckNode& node) {
  object out{{"id", node.field_id}, {"name", node.name}, {"type", to_string(node.kind)}};
  const Constraints& c = node.constraints;
  put(out, "required", c.required);
  put(out, "minimum", c.minimum);
  put(out, "maximum", c.maximum);
  put(out, "minimumInteger", c.minimum_integer);
  put(out, "maximumInteger", c.maximum_integer);
  put(out, "exclusiveMinimum", c.exclusive_minimum);
  put(out, "exclusiveMaximum", c.exclusive_maximum);
  put(out, "lengthMin", c.length_min);
  put(out, "lengthMax", c.length_max);
  put(out, "pattern", c.pattern);
  put(out, "enum", c.enumeration);
  put(out, "enumInteger", c.enumeration_integer);
  put(out, "enumNumber", c.enumeration_number);
  put(out, "constBoolean", c.constant_boolean);
  put(out, "itemsMin", c.items_min);
  put(out, "itemsMax", c.items_max);
  put(out, "itemsUnique", c.items_unique);
  if (!node.children.empty()) {
    JsonArray& children = out["children"].emplace_array();
    for (const CheckNode& child : node.children) children.emplace_back(to_json(child));
  }
  return out;
}

bool convert(const boost::json::value& from, std::string& to) {
  if (!from.is_string()) return false;
  to = from.get_string();
  return true;
}

bool convert(const boost::json::value& from, int64_t& to) {
  if (!from.is_int64()) return false;
  to = from.get_int64();
  return true;
}

bool convert(const boost::json::value& from, double& to) {
  if (!from.is_double()) return false;
  to = from.get_double();
  return true;
}

// Members of a node; the absent ones leave their target alone.
class NodeReader {
 public:
  explicit NodeReader(const object& from) : members_(from, "a check") {}

  Status get(std::string_view name, bool& target) const {
    if (members_.has(name)) {
      LG_ASSIGN(target, members_.flag(name));
    }
    return {};
  }
  Status get(std::string_view name, std::optional<bool>& target) const {
    if (members_.has(name)) {
      LG_ASSIGN(target, members_.flag(name));
    }
    return {};
  }
  Status get(std::string_view name, std::optional<int64_t>& target) const {
    if (members_.has(name)) {
      LG_ASSIGN(target, members_.integer(name));
    }
    return {};
  }
  Status get(std::string_view name, std::optional<double>& target) const {
    if (members_.has(name)) {
      LG_ASSIGN(target, members_.number(name));
    }
    return {};
  }
  Status get(std::string_view name, std::optional<std::string>& target) const {
    if (members_.has(name)) {
      LG_ASSIGN(target, members_.text(name));
    }
    return {};
  }
  template <class T>
  Status get(std::string_view name, std::vector<T>& target) const {
    if (!members_.has(name)) return {};
    LG_ASSIGN(const JsonArray* values, members_.list(name));
    for (const boost::json::value& value : *values) {
      auto& added = target.emplace_back();
      if (!convert(value, added))
        return fail(codes::corrupt, "In a check, \"{}\" holds a value of another type.", name);
    }
    return {};
  }

  const JsonMembers& members() const { return members_; }

 private:
  JsonMembers members_;
};

Status read_constraints(const NodeReader& reader, Constraints& c) {
  LG_TRY(reader.get("required", c.required));
  LG_TRY(reader.get("minimum", c.minimum));
  LG_TRY(reader.get("maximum", c.maximum));
  LG_TRY(reader.get("minimumInteger", c.minimum_integer));
  LG_TRY(reader.get("maximumInteger", c.maximum_integer));
  LG_TRY(reader.get("exclusiveMinimum", c.exclusive_minimum));
  LG_TRY(reader.get("exclusiveMaximum", c.exclusive_maximum));
  LG_TRY(reader.get("lengthMin", c.length_min));
  LG_TRY(reader.get("lengthMax", c.length_max));
  LG_TRY(reader.get("pattern", c.pattern));
  LG_TRY(reader.get("enum", c.enumeration));
  LG_TRY(reader.get("enumInteger", c.enumeration_integer));
  LG_TRY(reader.get("enumNumber", c.enumeration_number));
  LG_TRY(reader.get("constBoolean", c.constant_boolean));
  LG_TRY(reader.get("itemsMin", c.items_min));
  LG_TRY(reader.get("itemsMax", c.items_max));
  return reader.get("itemsUnique", c.items_unique);
}

Result<std::vector<CheckNode>> read_nodes(const JsonArray& list, size_t depth);

Result<CheckNode> read_node(const object& from, size_t depth) {
  for (const auto& member : from) {
    if (std::ranges::find(known_members, member.key()) == known_members.end()) {
      return fail(codes::corrupt, "A check has the unknown member \"{}\".", std::string_view(member.key()));
    }
  }
  const NodeReader reader(from);
  CheckNode node;
  LG_ASSIGN(const int64_t id, reader.members().integer("id"));
  LG_ASSIGN(node.name, reader.members().text("name"));
  LG_ASSIGN(const std::string type, reader.members().text("type"));
  const auto kind = parse_type_kind(type);
  if (!kind || id < std::numeric_limits<int32_t>::min() || id > std::numeric_limits<int32_t>::max()) {
    return fail(codes::corrupt, "The check of \"{}\" has the type \"{}\" and the field id {}.", node.name, type, id);
  }
  node.kind = *kind;
  node.field_id = static_cast<int32_t>(id);
  LG_TRY(read_constraints(reader, node.constraints));
  if (reader.members().has("children")) {
    LG_ASSIGN(const JsonArray* children, reader.members().list("children"));
    LG_ASSIGN(node.children, read_nodes(*children, depth + 1));
  }
  if (!has_fitting_children(node.kind, node.children.size())) {
    return fail(codes::corrupt, "The check of \"{}\", a {}, has {} children.", node.name, type, node.children.size());
  }
  return node;
}

Result<std::vector<CheckNode>> read_nodes(const JsonArray& list, size_t depth) {
  if (depth > node_depth_max) return fail(codes::corrupt, "Checks are nested deeper than {}.", node_depth_max);
  std::vector<CheckNode> nodes;
  nodes.reserve(list.size());
  for (const boost::json::value& entry : list) {
    if (!entry.is_object()) return fail(codes::corrupt, "A check is not an object.");
    LG_ASSIGN(CheckNode node, read_node(entry.get_object(), depth));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace

std::string check_schema_to_json(const CheckSchema& schema) {
  object out{{"version", format_version}};
  JsonArray& columns = out["columns"].emplace_array();
  for (const CheckNode& column : schema.columns) columns.emplace_back(to_json(column));
  return boost::json::serialize(out);
}

Result<CheckSchema> check_schema_from_json(std::string_view text) {
  LG_ASSIGN(const object document, read_versioned_json(text, format_version, json_depth_max));
  LG_ASSIGN(const JsonArray* columns, JsonMembers(document, "a check schema").list("columns"));
  CheckSchema schema;
  LG_ASSIGN(schema.columns, read_nodes(*columns, 1));
  return schema;
}

}  // namespace lakegate
