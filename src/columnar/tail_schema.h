// The schema that a tail writes: the file's own tree with the table's names and field ids and the annotations that all
// readers agree on (Iceberg table specification, appendix A "Parquet").
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "columnar/file_schema.h"
#include "columnar/parquet_format.h"
#include "model/table_schema.h"

namespace lakegate::columnar {

struct TailLeaf {
  int32_t file_leaf = 0;        // index of the leaf in the file as sent
  bool rewrite = false;         // chunk_rewriter.h
  std::string_view path_bytes;  // path_in_schema, encoded
};

struct TailSchema {
  std::vector<SchemaElement> elements;
  std::vector<TailLeaf> leaves;   // in the order of `elements`
  std::deque<std::string> texts;  // what the others view
};

// Every column of `file` must have its column in `table`, of a type that it fits. `rewrites`: by leaf of the file. A
// leaf that stays where it is comes first wherever one exists: parquet-mr gives a row group to the split that holds its
// middle, counted from the place of its first chunk, and a middle behind the end of the file would lose the group.
TailSchema make_tail_schema(const FileMetaData& metadata, const FileSchema& file, const TableSchema& table,
                            const std::vector<bool>& rewrites);

}  // namespace lakegate::columnar
