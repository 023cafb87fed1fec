// Puts rows together out of the entries of their leaf columns: Dremel's record assembly.
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/leaf_entries.h"

namespace lakegate::columnar {

// A column that rows show, at any depth.
struct RowNode {
  const FileNode* node = nullptr;
  std::string name = {};
  std::vector<RowNode> children = {};  // of a struct in the order to show; else as the file has them
};

class RowAssembler {
 public:
  // `entries`: by leaf of the file; those below `columns` were read. Both outlive it.
  RowAssembler(const std::vector<RowNode>& columns, std::vector<LeafEntries>& entries)
      : columns_(columns), entries_(entries), cursors_(entries.size()) {}

  // The next row; takes the values out of the entries. `counts_mismatch`: the leaves contradict each other.
  Checked<boost::json::value> next();

 private:
  struct Cursor {
    size_t entry = 0;
    size_t value = 0;
  };

  static size_t first_leaf(const RowNode& column) { return static_cast<size_t>(column.node->leaf_begin); }
  static size_t end_leaf(const RowNode& column) { return static_cast<size_t>(column.node->leaf_end); }
  bool has_entry(size_t leaf) const { return cursors_[leaf].entry < entries_[leaf].definition_levels.size(); }
  int16_t definition(size_t leaf) const { return entries_[leaf].definition_levels[cursors_[leaf].entry]; }
  // Of the entry that comes next: 0 where a row begins, and at the end.
  int16_t repetition(size_t leaf) const;

  Checked<boost::json::value> assemble(const RowNode& column);
  Checked<boost::json::value> structure(const RowNode& column);
  Checked<boost::json::value> list(const RowNode& column);
  Checked<boost::json::value> map(const RowNode& column);
  Checked<boost::json::value> primitive(const RowNode& column);
  Check skip(const RowNode& column, int16_t level);
  Checked<bool> goes_on(const RowNode& column) const;
  static std::unexpected<Violation> contradiction(const RowNode& column);

  const std::vector<RowNode>& columns_;
  std::vector<LeafEntries>& entries_;
  std::vector<Cursor> cursors_;
};

}  // namespace lakegate::columnar
