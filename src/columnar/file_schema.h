// FileSchema: the columns of a Parquet file as a tree, the way people think of them: a list has one element, a map a
// key and a value. The groups in between, whatever a writer calls them, show only in the levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "columnar/checked.h"
#include "columnar/logical_type.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

inline constexpr int schema_depth_max = 100;  // of the file's own nesting
inline constexpr size_t column_path_bytes_max = 4096;
inline constexpr size_t file_columns_max = 100'000;  // leaves; what judging allows is less (a setting)

enum class FileShape : uint8_t {
  primitive,
  structure,
  list,
  map,
  unreadable,  // `problem` says why
};

// Levels are Dremel's. A leaf's entry belongs to an existing slot for this node when its definition level is at least
// slot_level, and the node is not null there when it is at least definition_level.
struct FileNode {
  std::string name;  // in the file; "element", "key", "value" below lists and maps
  std::string path;  // dotted, from the root
  FileShape shape = FileShape::primitive;
  PhysicalType physical = PhysicalType::boolean;  // primitive
  LogicalType logical;
  int16_t slot_level = 0;
  int16_t definition_level = 0;
  int16_t entry_level = 0;        // list, map: definition level of an entry that holds an element
  int16_t repetition_level = 0;   // list, map: of its elements; else of the node's slots
  int32_t element = 0;            // index into FileMetaData::schema
  int32_t repeated_element = -1;  // list, map: index of the repeated group
  int32_t leaf_begin = 0;         // leaf columns below, [begin, end)
  int32_t leaf_end = 0;
  std::vector<int16_t> entry_levels;  // primitive: entry_level of each list and map around it, outermost first
  std::optional<Violation> problem;
  std::vector<FileNode> children;  // of a struct; one of a list; two of a map

  // What messages call its type.
  std::string type_text() const;
};

struct FileSchema {
  std::vector<FileNode> columns;
  std::vector<const FileNode*>
      leaves;  // by leaf index, into `columns`, for readable leaves; null below unreadable ones

  FileSchema() = default;
  FileSchema(FileSchema&&) = default;  // keeps the nodes' places
  FileSchema& operator=(FileSchema&&) = default;
  FileSchema(const FileSchema&) = delete;
};

// `corrupt`: the elements make no tree. `over_limit`: nesting, columns. Unreadable columns are part of the tree, so
// that a report can name all of them.
Checked<FileSchema> make_file_schema(const FileMetaData& metadata);

}  // namespace lakegate::columnar
