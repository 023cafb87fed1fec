#include "columnar/tail_schema.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "columnar/thrift_compact.h"

namespace lakegate::columnar {
namespace {

constexpr std::string_view logical_type_date{"\x6c\x00\x00", 3};

class Maker {
 public:
  Maker(const FileMetaData& metadata, const std::vector<bool>& rewrites, TailSchema& out)
      : metadata_(metadata), rewrites_(rewrites), out_(out) {}

  void make(const FileSchema& file, const TableSchema& table) {
    SchemaElement root;
    root.name = metadata_.schema.front().name;
    root.num_children = static_cast<int32_t>(file.columns.size());
    out_.elements.push_back(root);
    fields(file.columns, table.columns);
  }

 private:
  // Whether any leaf below keeps its bytes.
  bool keeps_some(const FileNode& node) const {
    for (auto leaf = static_cast<size_t>(node.leaf_begin); leaf < static_cast<size_t>(node.leaf_end); ++leaf)
      if (!rewrites_[leaf]) return true;
    return false;
  }

  void fields(const std::vector<FileNode>& nodes, const std::vector<Column>& columns) {
    std::vector<const FileNode*> order;
    for (const FileNode& node : nodes) order.push_back(&node);
    const auto first = std::ranges::find_if(order, [this](const FileNode* node) { return keeps_some(*node); });
    if (first != order.end()) std::rotate(order.begin(), first, first + 1);
    for (const FileNode* node : order) {
      const auto column = std::ranges::find(columns, node->name, &Column::name);
      assert(column != columns.end());
      make_node(*node, *column, column->table_name);
    }
  }

  void make_node(const FileNode& node, const Column& column, std::string_view name) {
    SchemaElement& element = add(node.element, name, column.field_id);
    path_.push_back(element.name);
    switch (node.shape) {
      case FileShape::primitive: primitive(node, column, element); break;
      case FileShape::structure:
        element.num_children = static_cast<int32_t>(node.children.size());
        fields(node.children, column.children);
        break;
      case FileShape::list:
        annotate(element, converted::list, logical_type_list);
        container(node, column, element, "list");
        break;
      case FileShape::map:
        annotate(element, converted::map, logical_type_map);
        container(node, column, element, "key_value");
        break;
      case FileShape::unreadable: assert(false); break;
    }
    path_.pop_back();
  }

  // `element` dies with the next one that is added.
  SchemaElement& add(int32_t file_element, std::string_view name, std::optional<int32_t> field_id) {
    SchemaElement element;
    element.repetition_type = metadata_.schema[static_cast<size_t>(file_element)].repetition_type;
    element.name = out_.texts.emplace_back(name);
    element.field_id = field_id;
    out_.elements.push_back(element);
    return out_.elements.back();
  }

  static void annotate(SchemaElement& element, int32_t converted_type, std::string_view logical) {
    element.converted_type = converted_type;
    element.logical_type = RawValue{ThriftType::structure, logical};
  }

  void container(const FileNode& node, const Column& column, SchemaElement& element, std::string_view repeated_name) {
    element.num_children = 1;
    SchemaElement& repeated = add(node.repeated_element, repeated_name, std::nullopt);
    repeated.num_children = static_cast<int32_t>(node.children.size());
    path_.push_back(repeated.name);
    for (size_t i = 0; i < node.children.size(); ++i)
      make_node(node.children[i], column.children[i], node.children[i].name);
    path_.pop_back();
  }

  void primitive(const FileNode& node, const Column& column, SchemaElement& element) {
    element.type = static_cast<int32_t>(node.physical);
    // Integers have no annotation: their physical type says all, and readers stumble over narrower ones.
    if (column.kind == TypeKind::string) annotate(element, converted::utf8, logical_type_string);
    if (column.kind == TypeKind::date) annotate(element, converted::date, logical_type_date);
    if (column.kind == TypeKind::timestamptz)
      annotate(element, converted::timestamp_micros, logical_type_timestamp_micros);
    std::string& path = out_.texts.emplace_back();
    ThriftWriter writer(path);
    writer.list(ThriftType::binary, path_.size());
    for (const std::string_view name : path_) writer.binary(name);
    out_.leaves.push_back({node.leaf_begin, rewrites_[static_cast<size_t>(node.leaf_begin)], path});
  }

  const FileMetaData& metadata_;
  const std::vector<bool>& rewrites_;
  TailSchema& out_;
  std::vector<std::string_view> path_;
};

}  // namespace

TailSchema make_tail_schema(const FileMetaData& metadata, const FileSchema& file, const TableSchema& table,
                            const std::vector<bool>& rewrites) {
  TailSchema schema;
  Maker(metadata, rewrites, schema).make(file, table);
  return schema;
}

}  // namespace lakegate::columnar
