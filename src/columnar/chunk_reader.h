// The entries of one leaf column in one row group: levels and values, in batches, page by page. Memory does not grow
// with the row group. Values that are kept as a dictionary stay one: batches hold indices then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "columnar/checked.h"
#include "columnar/file_schema.h"
#include "columnar/level_reader.h"
#include "columnar/memory_budget.h"
#include "columnar/page_source.h"
#include "columnar/value_decoder.h"

namespace lakegate::columnar {

inline constexpr size_t chunk_pages_max = 1'000'000;

// Valid until the next batch is asked for.
struct Batch {
  int32_t entries = 0;                         // values and nulls of every level
  std::span<const int16_t> definition_levels;  // empty: every entry is a value
  std::span<const int16_t> repetition_levels;  // empty where the maximum is 0: every entry is a row
  int16_t least_definition_level = 0;
  int32_t rows = 0;    // entries that begin a row
  int32_t values = 0;  // entries of the maximal definition level
  bool is_indices = false;
  std::span<const int32_t> indices;  // `values` of them, each below the dictionary's size
  Values plain;                      // `values` of them
};

// Where a data page stands and what it holds, to compare with the offset index.
struct PagePlace {
  int64_t offset = 0;
  int32_t size_bytes = 0;  // with the header
  int64_t first_row = 0;   // of the row group
  bool begins_row = true;
};

// All pages of a chunk, as they really stand in the file.
struct ChunkPages {
  std::vector<PagePlace> data_pages;
  std::optional<int64_t> dictionary_offset;
  std::set<Encoding> data_encodings;
  int64_t uncompressed_bytes = 0;  // headers included
};

class ChunkReader {
 public:
  // `leaf` must be of a type that ValueDecoder reads. Both it and `chunk` outlive the reader.
  ChunkReader(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget);

  // False at the end. By then every page was decompressed and decoded to its last value, every level and index was in
  // range, and the counts agreed with those of the pages and the chunk. Throws ReadFailure and std::bad_alloc.
  Checked<bool> next(Batch& batch);

  // Of the whole chunk; complete once a batch holds indices.
  Values dictionary() const { return values_->dictionary(); }

  int64_t row_count() const { return row_count_; }  // so far

  // What the pages were like; complete at the end.
  const ChunkPages& pages() const { return seen_; }

 private:
  Checked<bool> next_data_page();
  Check begin_dictionary(const StoredPage& page);
  Check begin_data_page(const StoredPage& page);
  Check end_data_page();
  std::unexpected<Violation> miscounted(std::string found, std::string expected) const;

  const ColumnMetaData& chunk_;
  const FileNode& leaf_;
  PageSource pages_;
  LevelReader levels_;
  std::unique_ptr<ValueDecoder> values_;
  ChunkPages seen_;

  int64_t entry_count_ = 0;
  int64_t row_count_ = 0;

  // The page that is being read
  int32_t page_entries_left_ = 0;
  int64_t page_rows_ = 0;
  int64_t page_nulls_ = 0;
  bool page_is_fresh_ = false;
  const DataPageHeaderV2* page_v2_ = nullptr;  // null: version 1
};

}  // namespace lakegate::columnar
