// The first rows of a table's data file, for people to look at. The server has it done in a locked-in process
// (row_source.h). What is allocated here is budgeted, and callers limit how many read at a time.
#pragma once

#include <boost/json/array.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/table_schema.h"

namespace lakegate::columnar {

struct RowQuery {
  int64_t rows_max = 100;
  int64_t bytes_max = 4 << 20;            // of the rows as JSON text, roughly
  std::vector<std::string> columns = {};  // names of root columns; empty: all. Those that the file lacks do no harm
  const TableSchema* table = nullptr;     // gives the columns of those field ids its names and order; null: the file's
};

struct RowColumn {
  int32_t field_id = 0;  // 0: the file has none
  std::string name = {};
  bool operator==(const RowColumn&) const = default;
};

struct FileRows {
  std::vector<RowColumn> columns;  // root columns in the order of the rows' members
  boost::json::array rows;         // objects: structs are objects, lists arrays, maps objects; row_value.h has the rest
  int64_t bytes = 0;               // about what they take as text
  bool is_cut = false;             // the next row would not fit into bytes_max; maybe not even the first
};

// Of the first `size_bytes` behind `fd`, whose footer stands at their end: for a data file its table_bytes, so that the
// tail's footer counts. Reads by position, one leaf column after another, and of each no more than the rows need.
//
// `corrupt`: it is no file that was judged good. `too_large`: a page takes more memory than there is. `unavailable`:
// the disk cannot be read. Throws nothing. Blocks.
Result<FileRows> read_rows(int fd, int64_t size_bytes, const RowQuery& query);

}  // namespace lakegate::columnar
