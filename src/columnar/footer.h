// The footer of a Parquet file, checked as far as it can be without looking at pages.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

inline constexpr int64_t footer_bytes_max = 64 << 20;
inline constexpr int64_t chunks_max = 500'000;  // columns × row groups
inline constexpr int64_t rows_max = 1'000'000'000;
inline constexpr int64_t values_max = 20'000'000'000;  // of all columns, nulls included

struct Footer {
  std::unique_ptr<const std::string> bytes;  // what `metadata` views
  FileMetaData metadata;
  FileSchema schema;
  int64_t begin = 0;  // where the pages must have ended
};

// The half-open range of the file that holds a chunk's pages. Empty chunks may have none.
struct ChunkRange {
  int64_t begin = 0;
  int64_t end = 0;
};
ChunkRange chunk_range(const ColumnMetaData& chunk);

// Reads the footer of the first `size_bytes` behind `fd`. Holds afterwards: every row group has one chunk for each
// leaf, of the leaf's type and a codec that we read; chunks lie between the magics and do not overlap; row counts add
// up; nothing is encrypted or stands in another file.
// Throws ReadFailure and std::bad_alloc.
Checked<Footer> read_footer(int fd, int64_t size_bytes);

}  // namespace lakegate::columnar
