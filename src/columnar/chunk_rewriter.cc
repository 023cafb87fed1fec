#include "columnar/chunk_rewriter.h"

#include <algorithm>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columnar/decompressor.h"
#include "columnar/format_codec.h"
#include "columnar/level_reader.h"
#include "columnar/page_source.h"
#include "columnar/plain_writer.h"
#include "columnar/value_decoder.h"

namespace lakegate::columnar {
namespace {

std::string_view view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

Codec codec_of(const ColumnMetaData& chunk) { return static_cast<Codec>(chunk.codec); }

Codec codec_for_all(Codec sent) { return sent == Codec::brotli ? Codec::zstd : sent; }

bool is_dictionary(Encoding encoding) {
  return encoding == Encoding::plain_dictionary || encoding == Encoding::rle_dictionary;
}

bool is_read_by_all(Encoding encoding) {
  return encoding == Encoding::plain || is_dictionary(encoding) || encoding == Encoding::delta_binary_packed;
}

class Rewriter {
 public:
  Rewriter(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget, ByteSink& sink)
      : leaf_(leaf),
        budget_(budget),
        sink_(sink),
        pages_(fd, chunk, leaf.path, budget),
        millis_(is_milliseconds(leaf)),
        codec_(codec_for_all(codec_of(chunk))),
        codec_stays_(codec_ == codec_of(chunk)),
        compressor_(codec_),
        levels_(leaf),
        values_(ValueDecoder::make(leaf.physical, leaf.path, budget)) {
    chunk_.codec = codec_;
  }

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
    chunk_.dictionary_offset = sink_.size_bytes();
    if (!millis_) return copy(page);
    LG_ASSIGN(const std::span<const char> body, pages_.decompress());
    LG_TRY(values_->set_dictionary(body, page.header.dictionary->num_values));
    plain_.begin("");
    LG_TRY(append_plain(values_->dictionary()));
    PageHeader header = page.header;
    return store(header, plain_.page(), 0);
  }

  Check data(const StoredPage& page) {
    if (chunk_.data_offset < 0) chunk_.data_offset = sink_.size_bytes();
    PageHeader header = page.header;
    int32_t& encoding = header.data ? header.data->encoding : header.data_v2->encoding;
    const auto before = static_cast<Encoding>(encoding);
    if (is_dictionary(before) || (!millis_ && is_read_by_all(before))) {
      chunk_.data_encodings.insert(before);
      return copy(page);
    }
    LG_TRY(make_plain(page, before));
    encoding = static_cast<int32_t>(Encoding::plain);
    chunk_.data_encodings.insert(Encoding::plain);
    return store(header, plain_.page(), level_bytes(header));
  }

  // The same page, though it may be compressed anew.
  Check copy(const StoredPage& page) {
    if (codec_stays_) return append(page.header, view(page.stored));
    LG_ASSIGN(const std::span<const char> body, pages_.decompress());
    PageHeader header = page.header;
    return store(header, view(body), level_bytes(header));
  }

  // The page's levels as they are and its values plain, in plain_.
  Check make_plain(const StoredPage& page, Encoding encoding) {
    LG_ASSIGN(const std::span<const char> body, pages_.decompress());
    LG_ASSIGN(const std::span<const char> rest, levels_.begin(page.header, body));
    if (!budget_.take(page_bytes_max)) throw std::bad_alloc();
    plain_.begin(view(body.first(body.size() - rest.size())));
    const Check converted = convert(page, encoding, rest);
    budget_.give_back(page_bytes_max);
    return converted;
  }

  Check convert(const StoredPage& page, Encoding encoding, std::span<const char> rest) {
    int32_t left = page.header.data ? page.header.data->num_values : page.header.data_v2->num_values;
    LG_TRY(values_->begin(encoding, rest, left));
    while (left > 0) {
      const int32_t entries = std::min(left, batch_entries_max);
      LG_TRY(levels_.read(entries));
      LG_ASSIGN(const Values values, values_->values(levels_.value_count()));
      LG_TRY(append_plain(values));
      left -= entries;
    }
    return {};
  }

  Check append_plain(const Values& values) {
    if (plain_.append(millis_ ? as_micros(values) : values, page_bytes_max)) return {};
    return refuse(violations::over_limit, leaf_.path, "a page that takes too many bytes when it is written plainly",
                  "smaller pages", "Write smaller pages.");
  }

  Values as_micros(const Values& values) {
    micros_.clear();
    for (const int64_t value : std::get<std::span<const int64_t>>(values))
      micros_.push_back(static_cast<int64_t>(static_cast<uint64_t>(value) * 1000));
    return std::span<const int64_t>(micros_);
  }

  // What stands uncompressed before the values of a version 2 page.
  static size_t level_bytes(const PageHeader& header) {
    if (!header.data_v2) return 0;
    return static_cast<size_t>(header.data_v2->repetition_levels_byte_length) +
           static_cast<size_t>(header.data_v2->definition_levels_byte_length);
  }

  // Compresses a new body, all but its first `plain_bytes`.
  Check store(PageHeader& header, std::string_view body, size_t plain_bytes) {
    stored_.assign(body.substr(0, plain_bytes));
    const bool compress = codec_ != Codec::none && (!header.data_v2 || header.data_v2->is_compressed.value_or(true));
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
    if (!sink_.append(header_bytes) || !sink_.append(stored)) return sink_full();
    chunk_.compressed_bytes += static_cast<int64_t>(header_bytes.size() + stored.size());
    chunk_.uncompressed_bytes += static_cast<int64_t>(header_bytes.size()) + header.uncompressed_page_size;
    return {};
  }

  std::unexpected<Violation> sink_full() const {
    if (!codec_stays_) {
      return refuse(violations::over_limit, leaf_.path,
                    "too much in Brotli, which has to be written again for readers without it",
                    "a smaller file, or another codec", "Compress with zstd, snappy or gzip, or split the file.");
    }
    if (millis_) {
      return refuse(violations::over_limit, leaf_.path,
                    "too many times in milliseconds, which have to be written again", "a smaller file, or microseconds",
                    "Write timestamps with microseconds, or split the file.");
    }
    return refuse(violations::over_limit, leaf_.path,
                  "too much in encodings that not all readers know, which has to be written again",
                  "a smaller file, or plain and dictionary encoding",
                  "Write plain or dictionary pages (Parquet's version 1), or split the file.");
  }

  const FileNode& leaf_;
  MemoryBudget& budget_;
  ByteSink& sink_;
  PageSource pages_;
  const bool millis_;
  const Codec codec_;  // of what is written
  const bool codec_stays_;
  Decompressor compressor_;
  LevelReader levels_;
  std::unique_ptr<ValueDecoder> values_;
  RewrittenChunk chunk_;
  PlainWriter plain_;
  std::vector<int64_t> micros_;
  std::string stored_;
};

}  // namespace

bool is_milliseconds(const FileNode& node) {
  return node.shape == FileShape::primitive && node.logical.kind == LogicalType::Kind::timestamp &&
         node.logical.unit == TimeUnit::milliseconds;
}

bool must_rewrite(const FileNode& leaf, const ColumnMetaData& chunk, const ChunkPages& pages) {
  if (is_milliseconds(leaf) || codec_for_all(codec_of(chunk)) != codec_of(chunk)) return true;
  return !std::ranges::all_of(pages.data_encodings, is_read_by_all);
}

Checked<RewrittenChunk> rewrite_chunk(int fd, const ColumnMetaData& chunk, const FileNode& leaf, MemoryBudget& budget,
                                      ByteSink& sink) {
  return Rewriter(fd, chunk, leaf, budget, sink).run();
}

}  // namespace lakegate::columnar
