#include "columnar/page_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/result.h"
#include "columnar/decompressor.h"
#include "columnar/file_reader.h"
#include "columnar/format_codec.h"

namespace lakegate::columnar {
namespace {

constexpr size_t window_bytes = 64 << 10;        // what is read at least, so that small pages take few calls
constexpr size_t header_window_bytes = 4 << 10;  // enough for most headers

// A header views the window, which is about to move. Nothing of what it views is of use for one page.
void forget_views(PageHeader& header) {
  header.others.clear();
  if (header.data) header.data->statistics.reset(), header.data->others.clear();
  if (header.dictionary) header.dictionary->others.clear();
  if (header.data_v2) header.data_v2->statistics.reset(), header.data_v2->others.clear();
}

std::unexpected<Violation> over_budget(const std::string& path, const MemoryBudget& budget) {
  return refuse(violations::over_limit, path, "pages that take more memory to decode than a file may",
                fmt::format("at most {} bytes at a time", budget.bytes_max()), "Write smaller pages.");
}

}  // namespace

PageSource::PageSource(int fd, const ColumnMetaData& chunk, std::string path, MemoryBudget& budget)
    : fd_(fd),
      end_(chunk_range(chunk).end),
      codec_(static_cast<Codec>(chunk.codec)),
      path_(std::move(path)),
      decompressor_(std::make_unique<Decompressor>(codec_)),
      position_(chunk_range(chunk).begin),
      window_(budget),
      body_(budget),
      budget_(budget) {}

PageSource::~PageSource() = default;

// Makes `bytes` contiguous bytes of the chunk available at window_begin_.
Check PageSource::fill(size_t bytes) {
  if (window_end_ - window_begin_ >= bytes) return {};
  const size_t held = window_end_ - window_begin_;
  if (held != 0) std::memmove(window_.data(), window_.data() + window_begin_, held);
  window_begin_ = 0;
  window_end_ = held;
  const int64_t left = end_ - position_;
  // Of what follows a large page no more than its header: the rest would have to be moved when its turn comes.
  const size_t wanted = std::min(std::max(bytes + header_window_bytes, window_bytes), held + static_cast<size_t>(left));
  if (!window_.reserve(wanted, held)) return over_budget(path_, budget_);
  read_exactly(fd_, position_, {window_.data() + held, wanted - held});
  position_ += static_cast<int64_t>(wanted - held);
  window_end_ = wanted;
  return {};
}

// False at the end of the chunk.
Checked<bool> PageSource::read_header() {
  const int64_t left = end_ - position_ + static_cast<int64_t>(window_end_ - window_begin_);
  if (left == 0) return false;
  for (size_t window = header_window_bytes;; window *= 8) {
    const size_t available = std::min(window, static_cast<size_t>(left));
    LG_TRY(fill(available));
    if (auto decoded = decode_page_header({window_.data() + window_begin_, window_end_ - window_begin_})) {
      page_.offset = end_ - left;
      page_.header = std::move(decoded->header);
      forget_views(page_.header);
      page_.header_bytes = static_cast<int32_t>(decoded->size_bytes);
      return true;
    }
    if (available < window || window > page_header_bytes_max) {
      return refuse(violations::corrupt, path_, fmt::format("no page header at byte {}", end_ - left), "a page header");
    }
  }
}

Checked<const StoredPage*> PageSource::next() {
  LG_ASSIGN(const bool found, read_header());
  if (!found) return nullptr;
  const PageHeader& header = page_.header;
  for (const int32_t size : {header.compressed_page_size, header.uncompressed_page_size}) {
    if (size < 0) return refuse(violations::corrupt, path_, "a page of negative size", "sizes from 0 on");
    if (size > page_bytes_max) {
      return refuse(violations::over_limit, path_, fmt::format("a page of {} bytes", size),
                    fmt::format("at most {} bytes in a page", page_bytes_max), "Write smaller pages.");
    }
  }
  const auto header_bytes = static_cast<size_t>(page_.header_bytes);
  const auto stored_bytes = static_cast<size_t>(header.compressed_page_size);
  if (page_.offset + page_.header_bytes > end_ - header.compressed_page_size) {
    return refuse(violations::corrupt, path_,
                  fmt::format("a page at byte {} that is longer than its column chunk", page_.offset),
                  "pages within the chunk");
  }
  LG_TRY(fill(header_bytes + stored_bytes));
  page_.stored = {window_.data() + window_begin_ + header_bytes, stored_bytes};
  window_begin_ += header_bytes + stored_bytes;
  LG_TRY(verify_checksum());
  return &page_;
}

Check PageSource::verify_checksum() const {
  if (!page_.header.crc) return {};
  const auto expected = static_cast<uint32_t>(*page_.header.crc);
  const uint32_t found = page_checksum(page_.stored);
  if (found == expected) return {};
  return refuse(violations::checksum_mismatch, path_,
                fmt::format("{:08x} for the page at byte {}", found, page_.offset),
                fmt::format("{:08x}, as its header says", expected));
}

Checked<std::span<const char>> PageSource::decompress() {
  const PageHeader& header = page_.header;
  const auto size = static_cast<size_t>(header.uncompressed_page_size);
  size_t levels = 0;
  bool compressed = codec_ != Codec::none;
  if (header.data_v2) {
    const int64_t both =
        int64_t{header.data_v2->definition_levels_byte_length} + header.data_v2->repetition_levels_byte_length;
    const bool usable = header.data_v2->definition_levels_byte_length >= 0 &&
                        header.data_v2->repetition_levels_byte_length >= 0 &&
                        both <= static_cast<int64_t>(std::min(size, page_.stored.size()));
    if (!usable)
      return refuse(violations::corrupt, path_, "levels that are longer than their page", "levels within the page");
    levels = static_cast<size_t>(both);
    compressed = compressed && header.data_v2->is_compressed.value_or(true);
  }
  if (!compressed) {
    if (size == page_.stored.size()) return page_.stored;
  } else if (!body_.reserve(size)) {
    return over_budget(path_, budget_);
  } else {
    std::copy_n(page_.stored.data(), levels, body_.data());
    const std::span<const char> values = page_.stored.subspan(levels);
    // Nothing at all may stand for no values.
    const bool nothing = values.empty() && size == levels;
    if (nothing || decompressor_->decompress(values, {body_.data() + levels, size - levels}))
      return std::span<const char>(body_.data(), size);
  }
  return refuse(violations::corrupt, path_, fmt::format("a page at byte {} that does not decompress", page_.offset),
                fmt::format("{} bytes", size));
}

}  // namespace lakegate::columnar
