// Whether the page index and Bloom filter that a footer points to are usable. A broken one is no fault of the data,
// but stops readers: tails leave it out.
#pragma once

#include <cstdint>

#include "columnar/chunk_reader.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

// The offset index names exactly the chunk's pages, and the column index has an entry for each of them. `end`: where
// the footer begins. Throws ReadFailure.
bool offset_index_holds(int fd, const ColumnChunk& chunk, const ChunkPages& pages, int64_t end);
bool column_index_holds(int fd, const ColumnChunk& chunk, const ChunkPages& pages, int64_t end);

// A split block filter with xxHash, uncompressed, within the file: the only kind there is.
bool bloom_filter_holds(int fd, const ColumnMetaData& chunk, int64_t end);

}  // namespace lakegate::columnar
