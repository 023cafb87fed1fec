#include "columnar/footer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/result.h"
#include "columnar/file_reader.h"
#include "columnar/format_codec.h"

namespace lakegate::columnar {
namespace {

constexpr int64_t magic_bytes = 4;
constexpr int64_t trailer_bytes = 8;  // length of the footer, magic

std::unexpected<Violation> corrupt(std::string found, std::string expected) {
  return refuse(violations::corrupt, "", std::move(found), std::move(expected));
}

std::string shown(std::string_view magic) {
  std::string text;
  for (const char c : magic)
    text += c >= ' ' && c <= '~' ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return text;
}

// Answers the footer's length.
Checked<int64_t> check_frame(int fd, int64_t size_bytes) {
  if (size_bytes == 0) return refuse(violations::empty_file, "", "0 bytes", "a Parquet file");
  if (size_bytes < magic_bytes + trailer_bytes) {
    return refuse(violations::not_parquet, "", fmt::format("{} bytes", size_bytes),
                  "a Parquet file of 12 bytes or more");
  }
  char head[magic_bytes];
  char trailer[trailer_bytes];
  read_exactly(fd, 0, head);
  read_exactly(fd, size_bytes - trailer_bytes, trailer);
  const std::string_view first(head, magic_bytes);
  const std::string_view last(trailer + magic_bytes, magic_bytes);
  if (last == "PARE" || first == "PARE") return refuse(violations::encrypted, "", "an encrypted footer", "a plain one");
  if (first != "PAR1" || last != "PAR1") {
    const bool at_end = first == "PAR1";
    return refuse(
        violations::not_parquet, "",
        fmt::format("\"{}\" at the {} of the file", shown(at_end ? last : first), at_end ? "end" : "beginning"),
        "\"PAR1\"",
        at_end ? "The file ends early or has bytes behind its end: upload all of it, and nothing else." : "");
  }
  uint32_t length = 0;
  std::memcpy(&length, trailer, sizeof(length));
  if (length > size_bytes - magic_bytes - trailer_bytes) {
    return corrupt(fmt::format("a footer of {} bytes in a file of {}", length, size_bytes), "a footer within the file");
  }
  if (length > footer_bytes_max) {
    return refuse(violations::over_limit, "", fmt::format("a footer of {} bytes", length),
                  fmt::format("at most {}", footer_bytes_max), "Write fewer row groups or columns in one file.");
  }
  return length;
}

// Chunks may not share pages: work stays in proportion to the file's size.
Check check_overlap(std::vector<ChunkRange>& ranges) {
  std::ranges::sort(ranges, {}, &ChunkRange::begin);
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].begin < ranges[i - 1].end) {
      return corrupt(fmt::format("column chunks that overlap at byte {}", ranges[i].begin), "chunks side by side");
    }
  }
  return {};
}

Check check_chunk(const ColumnChunk& chunk, const FileNode* leaf, int64_t footer_begin) {
  const std::string path = leaf != nullptr ? leaf->path : "";
  if (chunk.crypto_metadata || !chunk.meta_data) {
    return refuse(violations::encrypted, path, "an encrypted column", "a plain one");
  }
  const ColumnMetaData& data = *chunk.meta_data;
  if (chunk.file_path && !chunk.file_path->empty()) {
    return refuse(violations::corrupt, path, "a column chunk in another file", "all chunks in this file");
  }
  if (data.num_values < 0 || data.total_compressed_size < 0 || data.total_uncompressed_size < 0) {
    return refuse(violations::corrupt, path, "a negative count or size", "counts and sizes from 0 on");
  }
  if (leaf != nullptr && data.type != static_cast<int32_t>(leaf->physical)) {
    return refuse(violations::corrupt, path, "a column chunk of another type than its column", "the same type");
  }
  constexpr Codec codecs[] = {Codec::none, Codec::snappy, Codec::gzip, Codec::brotli, Codec::zstd, Codec::lz4_raw};
  if (std::ranges::find(codecs, static_cast<Codec>(data.codec)) == std::ranges::end(codecs)) {
    const std::string name = data.codec == 3   ? "LZO"
                             : data.codec == 5 ? "LZ4 (the deprecated one)"
                                               : fmt::format("codec {}", data.codec);
    return refuse(violations::codec_unsupported, path, name, "none, snappy, gzip, zstd, lz4_raw or brotli");
  }
  const ChunkRange range = chunk_range(data);
  const bool empty = data.num_values == 0 && data.total_compressed_size == 0;
  if (!empty && (range.begin < magic_bytes || range.begin > footer_begin ||
                 data.total_compressed_size > footer_begin - range.begin)) {
    return refuse(violations::corrupt, path,
                  fmt::format("a column chunk at byte {}, {} bytes long", range.begin, data.total_compressed_size),
                  fmt::format("a place before the footer at byte {}", footer_begin));
  }
  return {};
}

Check check_row_groups(const Footer& footer) {
  const FileMetaData& metadata = footer.metadata;
  const size_t leaves = footer.schema.leaves.size();
  if (static_cast<int64_t>(metadata.row_groups.size() * leaves) > chunks_max) {
    return refuse(
        violations::over_limit, "", fmt::format("{} row groups of {} columns", metadata.row_groups.size(), leaves),
        fmt::format("at most {} column chunks", chunks_max), "Write larger row groups, or fewer in one file.");
  }
  std::vector<ChunkRange> ranges;
  ranges.reserve(metadata.row_groups.size() * leaves);
  int64_t rows = 0;
  int64_t values = 0;
  for (const RowGroup& group : metadata.row_groups) {
    if (group.columns.size() != leaves) {
      return refuse(violations::counts_mismatch, "", fmt::format("a row group of {} columns", group.columns.size()),
                    fmt::format("{}, as the schema has", leaves));
    }
    if (group.num_rows < 0 || group.num_rows > rows_max)
      return corrupt(fmt::format("a row group of {} rows", group.num_rows), fmt::format("0 to {} rows", rows_max));
    rows += group.num_rows;
    for (size_t i = 0; i < leaves; ++i) {
      LG_TRY(check_chunk(group.columns[i], footer.schema.leaves[i], footer.begin));
      const ColumnMetaData& data = *group.columns[i].meta_data;
      values = std::min(values + std::min(data.num_values, values_max), values_max + 1);
      if (const ChunkRange range = chunk_range(data); range.end > range.begin) ranges.push_back(range);
    }
    if (rows > rows_max || values > values_max) {
      return refuse(violations::over_limit, "", fmt::format("{} rows or more", rows),
                    fmt::format("at most {} rows and {} values in a file", rows_max, values_max), "Split the file.");
    }
  }
  if (rows != metadata.num_rows) {
    return refuse(violations::counts_mismatch, "", fmt::format("row groups of {} rows together", rows),
                  fmt::format("{} rows, as the footer says", metadata.num_rows));
  }
  return check_overlap(ranges);
}

}  // namespace

ChunkRange chunk_range(const ColumnMetaData& chunk) {
  // Writers put 0 where they have no such page.
  int64_t begin = chunk.data_page_offset;
  if (const int64_t dictionary = chunk.dictionary_page_offset.value_or(0); dictionary > 0) {
    begin = begin > 0 ? std::min(begin, dictionary) : dictionary;
  }
  int64_t end = begin;
  if (__builtin_add_overflow(begin, chunk.total_compressed_size, &end)) end = INT64_MAX;
  return {begin, end};
}

Checked<Footer> read_footer(int fd, int64_t size_bytes) {
  LG_ASSIGN(const int64_t length, check_frame(fd, size_bytes));
  auto bytes = std::make_unique<std::string>(static_cast<size_t>(length), '\0');
  Footer footer;
  footer.begin = size_bytes - trailer_bytes - length;
  read_exactly(fd, footer.begin, *bytes);
  std::optional<FileMetaData> metadata = decode_file_metadata(*bytes);
  if (!metadata) return corrupt("a footer that cannot be decoded", "Parquet file metadata");
  footer.bytes = std::move(bytes);
  footer.metadata = *std::move(metadata);
  if (footer.metadata.encryption_algorithm) return refuse(violations::encrypted, "", "encrypted columns", "plain ones");
  LG_ASSIGN(footer.schema, make_file_schema(footer.metadata));
  LG_TRY(check_row_groups(footer));
  return footer;
}

}  // namespace lakegate::columnar
