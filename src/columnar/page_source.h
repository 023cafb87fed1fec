// The pages of one column chunk, read front to back: headers decoded, checksums verified, bodies decompressed. Every
// byte of the chunk must belong to a page.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "columnar/checked.h"
#include "columnar/footer.h"
#include "columnar/memory_budget.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

inline constexpr int32_t page_bytes_max = 128 << 20;  // stored and decompressed alike
inline constexpr size_t page_header_bytes_max = 1 << 20;

// A page as it stands in the file, its statistics and unknown fields left out. `stored` is valid until the next page
// is asked for.
struct StoredPage {
  PageHeader header;
  int64_t offset = 0;  // of the header
  int32_t header_bytes = 0;
  std::span<const char> stored;  // what follows the header
  int32_t size_bytes() const { return header_bytes + static_cast<int32_t>(stored.size()); }
};

class Decompressor;

class PageSource {
 public:
  // `path` names the column in findings.
  PageSource(int fd, const ColumnMetaData& chunk, std::string path, MemoryBudget& budget);
  ~PageSource();

  // Null at the end of the chunk. The page belongs to this object. Throws ReadFailure.
  Checked<const StoredPage*> next();

  // The body of the current page as it was before compression. In version 2 data pages, the levels come first.
  Checked<std::span<const char>> decompress();

 private:
  Checked<bool> read_header();
  Check fill(size_t bytes);
  Check verify_checksum() const;

  const int fd_;
  const int64_t end_;
  const Codec codec_;
  const std::string path_;
  std::unique_ptr<Decompressor> decompressor_;

  int64_t position_;             // of the file: first byte that is not in the window
  BudgetedBuffer<char> window_;  // [window_begin_, window_end_) is what was read and not taken yet
  size_t window_begin_ = 0;
  size_t window_end_ = 0;
  BudgetedBuffer<char> body_;
  MemoryBudget& budget_;
  StoredPage page_;
};

}  // namespace lakegate::columnar
