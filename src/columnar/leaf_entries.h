// The entries of a leaf column's first rows, kept until the rows are put together.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <vector>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/memory_budget.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

struct LeafEntries {
  std::vector<int16_t> definition_levels;
  std::vector<int16_t> repetition_levels;  // empty where each entry is a row
  std::vector<boost::json::value> values;  // one for each entry of the maximal definition level
};

// How many of a row group's rows there is room for. Its leaves are read one after another; whatever one adds to a row
// leaves less for those behind, so the number of rows only falls.
class RowRoom {
 public:
  RowRoom(int64_t rows, int64_t bytes_max) : row_bytes_(static_cast<size_t>(rows)), bytes_max_(bytes_max) {}

  int64_t rows() const { return static_cast<int64_t>(row_bytes_.size()); }

  // Walks through the rows again, for the next leaf.
  void begin_leaf() { bytes_before_ = 0, row_ = -1; }
  // False: there is no next row.
  bool begin_row();
  // False: the row does not fit; it and all behind it are gone.
  bool add(int64_t bytes);

  // Of all rows that are left, once each leaf was read.
  int64_t bytes() const;

 private:
  std::vector<int64_t> row_bytes_;
  const int64_t bytes_max_;
  int64_t row_ = -1;
  int64_t bytes_before_ = 0;  // of the rows before row_
};

// Reads no page behind the rows that there is room for, but one where only the next page tells that a row has ended.
// `entry_bytes`: what an entry takes beside its value. Throws ReadFailure and std::bad_alloc.
Checked<LeafEntries> read_leaf(int fd, const ColumnMetaData& chunk, const FileNode& leaf, int64_t entry_bytes,
                               RowRoom& room, MemoryBudget& budget);

}  // namespace lakegate::columnar
