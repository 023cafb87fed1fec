// Writes a column chunk of milliseconds again as microseconds: the same pages, levels, encodings of dictionaries and
// codec, only the values times 1000. Pages of dictionary indices are copied as they are.
#pragma once

#include <cstdint>
#include <set>

#include "columnar/byte_sink.h"
#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/memory_budget.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

// Offsets count from the beginning of the sink.
struct RewrittenChunk {
  int64_t dictionary_offset = -1;  // -1: none
  int64_t data_offset = -1;
  int64_t compressed_bytes = 0;  // headers included
  int64_t uncompressed_bytes = 0;
  std::set<Encoding> data_encodings;
};

// The chunk must have been read without a finding. `over_limit` when the sink is full. Values beyond the microseconds'
// range (only unused dictionary entries, once judged) wrap.
Checked<RewrittenChunk> rewrite_as_microseconds(int fd, const ColumnMetaData& chunk, const FileNode& leaf,
                                                MemoryBudget& budget, ByteSink& sink);

}  // namespace lakegate::columnar
