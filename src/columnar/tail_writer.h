// The tail: what is appended to a client's Parquet file so that it can be a data file of its table. Re-encoded chunks
// where the types demand it, then a second footer. A Parquet reader uses the last footer; offsets into the beginning
// stay valid; no byte of the beginning changes. DESIGN.md has the reasons.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "columnar/byte_sink.h"
#include "columnar/checked.h"
#include "columnar/chunk_reader.h"
#include "columnar/footer.h"
#include "columnar/memory_budget.h"
#include "model/table_schema.h"

namespace lakegate::columnar {

// What reading a chunk to its end has shown. The new footer is written from this and not from what the file claims.
struct ChunkFacts {
  ChunkPages pages;
  int64_t null_count = 0;
  std::optional<std::pair<int64_t, int64_t>> integer_bounds;  // smallest and largest, for integers and times
};

struct Tail {
  int64_t size_bytes = 0;
  bool rewrote_pages = false;          // more than a footer
  std::vector<int64_t> split_offsets;  // where row groups begin, ascending; empty where they are in no order
  std::vector<int64_t> leaf_bytes;     // by leaf of the file as sent: compressed size of the chunks that count
};

// `facts`: for each row group, for each leaf. The file must have been judged good. Uses up the row groups of `footer`.
// `over_limit` when the sink is full.
// Throws ReadFailure and std::bad_alloc.
Checked<Tail> write_tail(int fd, int64_t sent_bytes, Footer& footer, const std::vector<std::vector<ChunkFacts>>& facts,
                         const TableSchema& table, MemoryBudget& budget, ByteSink& sink);

}  // namespace lakegate::columnar
