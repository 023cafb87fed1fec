#include "columnar/file_schema.h"

#include <fmt/core.h>

#include <utility>

#include "base/result.h"

namespace lakegate::columnar {
namespace {

constexpr std::string_view list_remedy =
    "Write lists with three levels: optional group NAME (LIST) { repeated group list { optional TYPE element; } }.";
constexpr std::string_view map_remedy =
    "Write maps as: optional group NAME (MAP) { repeated group key_value { required TYPE key; optional TYPE value; } "
    "}.";

// Where a node stands: levels of its surroundings.
struct Place {
  int16_t slot_level = 0;
  int16_t repetition_level = 0;
  int depth = 1;
  std::vector<int16_t> entry_levels;  // of the lists and maps around
};

class Builder {
 public:
  explicit Builder(const std::vector<SchemaElement>& elements) : elements_(elements) {}

  Checked<FileSchema> build() {
    if (elements_.empty() || child_count(0) == 0) return refuse(violations::corrupt, "", "no columns", "a schema");
    FileSchema schema;
    next_ = 1;
    for (int32_t i = child_count(0); i > 0; --i) {
      LG_ASSIGN(FileNode column, node("", "", Place{}));
      schema.columns.push_back(std::move(column));
    }
    if (next_ != size()) return broken("elements behind the last column");
    if (leaf_ > static_cast<int32_t>(file_columns_max)) {
      return refuse(violations::over_limit, "", fmt::format("{} columns", leaf_),
                    fmt::format("at most {}", file_columns_max), "Split the columns among several datasets.");
    }
    schema.leaves.assign(static_cast<size_t>(leaf_), nullptr);
    for (const FileNode& column : schema.columns) collect(column, schema.leaves);
    return schema;
  }

 private:
  int32_t size() const { return static_cast<int32_t>(elements_.size()); }
  const SchemaElement& at(int32_t index) const { return elements_[static_cast<size_t>(index)]; }
  int32_t child_count(int32_t index) const { return at(index).num_children.value_or(0); }
  bool is_group(int32_t index) const { return at(index).num_children.has_value() && !at(index).type.has_value(); }
  bool is_repeated(int32_t index) const {
    return at(index).repetition_type == static_cast<int32_t>(Repetition::repeated);
  }

  static std::unexpected<Violation> broken(std::string what) {
    return refuse(violations::corrupt, "", std::move(what), "a well-formed schema in the footer");
  }

  // Takes the element at next_ and all below it. `name` overrules the file's below lists and maps.
  Checked<FileNode> node(const std::string& parent_path, std::string_view name, const Place& place) {
    if (next_ >= size()) return broken("fewer schema elements than announced");
    if (place.depth > schema_depth_max) {
      return refuse(violations::over_limit, parent_path,
                    fmt::format("more than {} levels of nesting", schema_depth_max),
                    fmt::format("at most {}", schema_depth_max), "Flatten the column.");
    }
    const int32_t index = next_++;
    const SchemaElement& element = at(index);
    const int32_t repetition = element.repetition_type.value_or(-1);
    if (repetition < 0 || repetition > 2) return broken(fmt::format("column {} without repetition", element.name));
    if (child_count(index) < 0 || child_count(index) > size() - next_) return broken("a wrong number of children");
    FileNode made;
    made.name = name.empty() ? std::string(element.name) : std::string(name);
    made.path = parent_path.empty() ? made.name : parent_path + "." + made.name;
    if (made.path.size() > column_path_bytes_max) {
      return refuse(violations::over_limit, made.path.substr(0, 100),
                    fmt::format("a column path of {} bytes", made.path.size()),
                    fmt::format("at most {}", column_path_bytes_max), "Shorten the names.");
    }
    made.element = index;
    made.logical = logical_type(element);
    made.slot_level = place.slot_level;
    made.definition_level = static_cast<int16_t>(place.slot_level + (repetition == 0 ? 0 : 1));
    made.repetition_level = static_cast<int16_t>(place.repetition_level + (repetition == 2 ? 1 : 0));
    made.leaf_begin = leaf_;
    LG_TRY(is_group(index) ? group(made, place) : primitive(made, element, place));
    made.leaf_end = leaf_;
    if (repetition == 2) {
      spoil(made, fmt::format("repeated {} outside of a list", made.shape == FileShape::primitive ? "column" : "group"),
            list_remedy);
    }
    return made;
  }

  Check primitive(FileNode& made, const SchemaElement& element, const Place& place) {
    const int32_t type = element.type.value_or(-1);
    if (type < 0 || type > static_cast<int32_t>(PhysicalType::fixed_byte_array) || child_count(made.element) != 0) {
      return broken(fmt::format("column {} of no known type", made.path));
    }
    made.physical = static_cast<PhysicalType>(type);
    made.entry_levels = place.entry_levels;
    ++leaf_;
    return {};
  }

  Check group(FileNode& made, const Place& place) {
    made.shape = FileShape::structure;
    if (child_count(made.element) == 0) return broken(fmt::format("group {} without columns", made.path));
    const Place inside{made.definition_level, made.repetition_level, place.depth + 1, place.entry_levels};
    if (made.logical.kind == LogicalType::Kind::list) return list(made, inside);
    if (made.logical.kind == LogicalType::Kind::map) return map(made, inside);
    return children(made, made.element, inside);
  }

  Check children(FileNode& made, int32_t index, const Place& inside) {
    for (int32_t i = child_count(index); i > 0; --i) {
      LG_ASSIGN(FileNode child, node(made.path, "", inside));
      made.children.push_back(std::move(child));
    }
    return {};
  }

  // Rules of LogicalTypes.md, "Lists": a repeated group of one field that is not named like an old two-level element.
  Check list(FileNode& made, const Place& inside) {
    const int32_t repeated = next_;
    const std::string_view name = repeated < size() ? at(repeated).name : "";
    const bool single = child_count(made.element) == 1 && repeated < size() && is_repeated(repeated);
    const bool three_levels = single && is_group(repeated) && child_count(repeated) == 1 && repeated + 1 < size() &&
                              !is_repeated(repeated + 1) && name != "array" && name != made.name + "_tuple";
    if (!three_levels) {
      LG_TRY(children(made, made.element, inside));
      spoil(made, single ? "list of two levels" : "malformed list", list_remedy);
      return {};
    }
    return repeated_group(made, inside, FileShape::list, {"element"});
  }

  Check map(FileNode& made, const Place& inside) {
    const int32_t repeated = next_;
    const bool entries = child_count(made.element) == 1 && repeated < size() && is_repeated(repeated) &&
                         is_group(repeated) && child_count(repeated) == 2;
    if (!entries) {
      LG_TRY(children(made, made.element, inside));
      spoil(made, "malformed map", map_remedy);
      return {};
    }
    LG_TRY(repeated_group(made, inside, FileShape::map, {"key", "value"}));
    const FileNode& key = made.children[0];
    if (key.definition_level != key.slot_level) spoil(made, "map whose key is not REQUIRED", map_remedy);
    return {};
  }

  Check repeated_group(FileNode& made, const Place& inside, FileShape shape,
                       std::initializer_list<std::string_view> names) {
    made.shape = shape;
    made.repeated_element = next_++;
    made.repetition_level = static_cast<int16_t>(inside.repetition_level + 1);
    made.entry_level = static_cast<int16_t>(inside.slot_level + 1);
    Place below{made.entry_level, made.repetition_level, inside.depth + 1, inside.entry_levels};
    below.entry_levels.push_back(made.entry_level);
    for (const std::string_view name : names) {
      LG_ASSIGN(FileNode child, node(made.path, name, below));
      made.children.push_back(std::move(child));
    }
    return {};
  }

  static void spoil(FileNode& made, std::string_view found, std::string_view remedy) {
    made.shape = FileShape::unreadable;
    made.problem = violation(violations::type_unsupported, made.path, std::string(found),
                             "a list, map, group or plain column", std::string(remedy));
  }

  static void collect(const FileNode& made, std::vector<const FileNode*>& leaves) {
    if (made.shape == FileShape::unreadable) return;
    if (made.shape == FileShape::primitive) leaves[static_cast<size_t>(made.leaf_begin)] = &made;
    for (const FileNode& child : made.children) collect(child, leaves);
  }

  const std::vector<SchemaElement>& elements_;
  int32_t next_ = 0;
  int32_t leaf_ = 0;
};

}  // namespace

std::string FileNode::type_text() const {
  switch (shape) {
    case FileShape::primitive: return describe(physical, logical);
    case FileShape::structure: return "group";
    case FileShape::list: return "LIST";
    case FileShape::map: return "MAP";
    case FileShape::unreadable: return problem->found;
  }
  return "";
}

Checked<FileSchema> make_file_schema(const FileMetaData& metadata) { return Builder(metadata.schema).build(); }

}  // namespace lakegate::columnar
