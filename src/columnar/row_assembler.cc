#include "columnar/row_assembler.h"

#include <boost/json.hpp>

#include <utility>

#include "base/result.h"

namespace lakegate::columnar {

namespace json = boost::json;

std::unexpected<Violation> RowAssembler::contradiction(const RowNode& column) {
  return refuse(violations::counts_mismatch, column.node->path, "entries that contradict those of other columns",
                "the same rows in all columns");
}

int16_t RowAssembler::repetition(size_t leaf) const {
  const std::vector<int16_t>& levels = entries_[leaf].repetition_levels;
  return cursors_[leaf].entry < levels.size() ? levels[cursors_[leaf].entry] : int16_t{0};
}

Checked<json::value> RowAssembler::next() {
  json::object row;
  for (const RowNode& column : columns_) {
    LG_ASSIGN(json::value value, assemble(column));
    row.emplace(column.name, std::move(value));
    for (auto leaf = first_leaf(column); leaf < end_leaf(column); ++leaf) {
      if (repetition(leaf) != 0) return contradiction(column);
    }
  }
  return json::value(std::move(row));
}

// Every leaf below stands at the entry with which this slot of the column begins.
Checked<json::value> RowAssembler::assemble(const RowNode& column) {
  const FileNode& node = *column.node;
  for (auto leaf = first_leaf(column); leaf < end_leaf(column); ++leaf) {
    if (!has_entry(leaf)) return contradiction(column);
  }
  if (definition(first_leaf(column)) < node.definition_level) {
    LG_TRY(skip(column, node.definition_level));
    return json::value(nullptr);
  }
  switch (node.shape) {
    case FileShape::structure: return structure(column);
    case FileShape::list: return list(column);
    case FileShape::map: return map(column);
    case FileShape::primitive:
    case FileShape::unreadable: break;
  }
  return primitive(column);
}

// One entry of each leaf says that there is nothing here: all of them of a level below `level`.
Check RowAssembler::skip(const RowNode& column, int16_t level) {
  for (auto leaf = first_leaf(column); leaf < end_leaf(column); ++leaf) {
    if (definition(leaf) >= level) return contradiction(column);
    ++cursors_[leaf].entry;
  }
  return {};
}

// Whether the next entry is one more of this list or map.
Checked<bool> RowAssembler::goes_on(const RowNode& column) const {
  const bool more = repetition(first_leaf(column)) == column.node->repetition_level;
  for (auto leaf = first_leaf(column) + 1; leaf < end_leaf(column); ++leaf) {
    if ((repetition(leaf) == column.node->repetition_level) != more) return contradiction(column);
  }
  return more;
}

Checked<json::value> RowAssembler::primitive(const RowNode& column) {
  const size_t leaf = first_leaf(column);
  Cursor& cursor = cursors_[leaf];
  if (cursor.value >= entries_[leaf].values.size()) return contradiction(column);
  ++cursor.entry;
  return std::move(entries_[leaf].values[cursor.value++]);
}

Checked<json::value> RowAssembler::structure(const RowNode& column) {
  json::object made;
  for (const RowNode& child : column.children) {
    LG_ASSIGN(json::value value, assemble(child));
    made.emplace(child.name, std::move(value));
  }
  return json::value(std::move(made));
}

Checked<json::value> RowAssembler::list(const RowNode& column) {
  json::array made;
  if (definition(first_leaf(column)) < column.node->entry_level) {
    LG_TRY(skip(column, column.node->entry_level));
    return json::value(std::move(made));
  }
  for (bool more = true; more;) {
    LG_ASSIGN(json::value element, assemble(column.children[0]));
    made.push_back(std::move(element));
    LG_ASSIGN(more, goes_on(column));
  }
  return json::value(std::move(made));
}

// Keys are texts in a table; others are shown as JSON writes them.
Checked<json::value> RowAssembler::map(const RowNode& column) {
  json::object made;
  if (definition(first_leaf(column)) < column.node->entry_level) {
    LG_TRY(skip(column, column.node->entry_level));
    return json::value(std::move(made));
  }
  for (bool more = true; more;) {
    LG_ASSIGN(const json::value key, assemble(column.children[0]));
    LG_ASSIGN(json::value value, assemble(column.children[1]));
    made.emplace(key.is_string() ? std::string(key.get_string()) : json::serialize(key), std::move(value));
    LG_ASSIGN(more, goes_on(column));
  }
  return json::value(std::move(made));
}

}  // namespace lakegate::columnar
