#include "columnar/timestamp_rewriter.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/result.h"
#include "columnar/decompressor.h"
#include "columnar/format_codec.h"
#include "columnar/level_reader.h"
#include "columnar/page_source.h"
#include "columnar/value_decoder.h"

namespace lakegate::columnar {
namespace {

void append_micros(std::span<const int64_t> millis, std::string& out) {
  const size_t before = out.size();
  out.resize(before + millis.size_bytes());
  char* into = out.data() + before;
  for (const int64_t value : millis) {
    const uint64_t micros = static_cast<uint64_t>(value) * 1000;
    std::memcpy(into, &micros, sizeof(micros));
    into += sizeof(micros);
  }
}

class Rewriter {
 public:
  Rewriter(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget, ByteSink& sink)
      : leaf_(leaf),
        budget_(budget),
        sink_(sink),
        pages_(fd, chunk, leaf.path, budget),
        compressor_(static_cast<Codec>(chunk.codec)),
        is_compressed_(static_cast<Codec>(chunk.codec) != Codec::none),
        levels_(leaf),
        values_(ValueDecoder::make(PhysicalType::int64, leaf.path, budget)) {}

  Checked<RewrittenChunk> run() {
    while (true) {
      LG_ASSIGN(const StoredPage* page, pages_.next());
      if (page == nullptr) return std::move(chunk_);
      LG_TRY(rewrite(*page));
    }
  }

 private:
  Check rewrite(const StoredPage& page) {
    switch (static_cast<PageType>(page.header.type)) {
      case PageType::dictionary: return dictionary(page);
      case PageType::data:
      case PageType::data_v2: return data(page);
      case PageType::index: return {};
    }
    return {};
  }

  Check dictionary(const StoredPage& page) {
    LG_ASSIGN(const std::span<const char> body, pages_.decompress());
    LG_TRY(values_->set_dictionary(body, page.header.dictionary->num_values));
    values_bytes_.clear();
    append_micros(std::get<std::span<const int64_t>>(values_->dictionary()), values_bytes_);
    PageHeader header = page.header;
    chunk_.dictionary_offset = sink_.size_bytes();
    return store(header, values_bytes_, 0);
  }

  Check data(const StoredPage& page) {
    PageHeader header = page.header;
    if (chunk_.data_offset < 0) chunk_.data_offset = sink_.size_bytes();
    int32_t& encoding = header.data ? header.data->encoding : header.data_v2->encoding;
    const auto before = static_cast<Encoding>(encoding);
    if (before == Encoding::plain_dictionary || before == Encoding::rle_dictionary) {
      chunk_.data_encodings.insert(before);
      return append(header, {page.stored.data(), page.stored.size()});
    }
    LG_ASSIGN(const std::span<const char> body, pages_.decompress());
    LG_ASSIGN(const std::span<const char> rest, levels_.begin(page.header, body));
    const size_t level_bytes = body.size() - rest.size();
    if (!budget_.take(page_bytes_max)) throw std::bad_alloc();
    values_bytes_.assign(body.data(), level_bytes);
    const Check converted = convert(page, before, rest);
    budget_.give_back(page_bytes_max);
    LG_TRY(Check(converted));
    encoding = static_cast<int32_t>(Encoding::plain);
    chunk_.data_encodings.insert(Encoding::plain);
    return store(header, values_bytes_, header.data_v2 ? level_bytes : 0);
  }

  // Appends the page's values, in microseconds, to values_bytes_.
  Check convert(const StoredPage& page, Encoding encoding, std::span<const char> rest) {
    int32_t left = page.header.data ? page.header.data->num_values : page.header.data_v2->num_values;
    LG_TRY(values_->begin(encoding, rest, left));
    while (left > 0) {
      const int32_t entries = std::min(left, batch_entries_max);
      LG_TRY(levels_.read(entries));
      LG_ASSIGN(const Values values, values_->values(levels_.value_count()));
      append_micros(std::get<std::span<const int64_t>>(values), values_bytes_);
      left -= entries;
      if (values_bytes_.size() > static_cast<size_t>(page_bytes_max)) {
        return refuse(violations::over_limit, leaf_.path, "a page whose times take too many bytes as microseconds",
                      "smaller pages", "Write smaller pages, or microseconds.");
      }
    }
    return {};
  }

  // Compresses a new body, all but its first `plain_bytes` (the levels of a version 2 page).
  Check store(PageHeader& header, std::string_view body, size_t plain_bytes) {
    stored_.assign(body.substr(0, plain_bytes));
    const bool compress = is_compressed_ && (!header.data_v2 || header.data_v2->is_compressed.value_or(true));
    if (compress)
      compressor_.compress(body.substr(plain_bytes), stored_);
    else
      stored_.append(body.substr(plain_bytes));
    header.uncompressed_page_size = static_cast<int32_t>(body.size());
    header.compressed_page_size = static_cast<int32_t>(stored_.size());
    if (header.crc) header.crc = static_cast<int32_t>(page_checksum(stored_));
    return append(header, stored_);
  }

  Check append(const PageHeader& header, std::string_view stored) {
    const std::string header_bytes = encode(header);
    if (!sink_.append(header_bytes) || !sink_.append(stored)) {
      return refuse(violations::over_limit, leaf_.path,
                    "too many times in milliseconds, which have to be written again", "a smaller file, or microseconds",
                    "Write timestamps with microseconds, or split the file.");
    }
    chunk_.compressed_bytes += static_cast<int64_t>(header_bytes.size() + stored.size());
    chunk_.uncompressed_bytes += static_cast<int64_t>(header_bytes.size()) + header.uncompressed_page_size;
    return {};
  }

  const FileNode& leaf_;
  MemoryBudget& budget_;
  ByteSink& sink_;
  PageSource pages_;
  Decompressor compressor_;
  const bool is_compressed_;
  LevelReader levels_;
  std::unique_ptr<ValueDecoder> values_;
  RewrittenChunk chunk_;
  std::string values_bytes_;
  std::string stored_;
};

}  // namespace

Checked<RewrittenChunk> rewrite_as_microseconds(int fd, const ColumnMetaData& chunk, const FileNode& leaf,
                                                MemoryBudget& budget, ByteSink& sink) {
  return Rewriter(fd, chunk, leaf, budget, sink).run();
}

}  // namespace lakegate::columnar
