// Writes a column chunk again where readers disagree about it as it was sent. Three reasons, all found with readers:
// milliseconds become microseconds (Spark takes the one for the other), Brotli becomes Zstandard (Spark comes without
// Brotli), and what is neither plain, nor a dictionary, nor DELTA_BINARY_PACKED becomes plain (Iceberg's vectorised
// reader in Spark knows no other encoding, DuckDB no BYTE_STREAM_SPLIT of integers). Pages stay the same pages, with
// the same levels and dictionaries; a page without a reason is copied.
#pragma once

#include <cstdint>
#include <set>

#include "columnar/byte_sink.h"
#include "columnar/checked.h"
#include "columnar/chunk_reader.h"
#include "columnar/file_schema.h"
#include "columnar/memory_budget.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

// Whether the values of `node`, a leaf, change.
bool is_milliseconds(const FileNode& node);

// Whether a chunk of `leaf` has a reason to be written again.
bool must_rewrite(const FileNode& leaf, const ColumnMetaData& chunk, const ChunkPages& pages);

// Offsets count from the beginning of the sink.
struct RewrittenChunk {
  Codec codec = Codec::none;
  int64_t dictionary_offset = -1;  // -1: none
  int64_t data_offset = -1;
  int64_t compressed_bytes = 0;  // headers included
  int64_t uncompressed_bytes = 0;
  std::set<Encoding> data_encodings;
};

// The chunk must have been read without a finding; it may have no reason. `over_limit` when the sink is full.
// Milliseconds beyond the microseconds' range (only unused dictionary entries, once judged) wrap.
Checked<RewrittenChunk> rewrite_chunk(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget,
                                      ByteSink& sink);

}  // namespace lakegate::columnar
