#include "columnar/tail_writer.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <set>
#include <string>

#include "base/result.h"
#include "base/utf8.h"
#include "columnar/chunk_rewriter.h"
#include "columnar/format_codec.h"
#include "columnar/page_index_check.h"
#include "columnar/tail_schema.h"

namespace lakegate::columnar {
namespace {

constexpr size_t created_by_bytes_max = 200;

// Readers know the bugs of old writers by this name, and the pages are still theirs.
std::string_view created_by(const FileMetaData& metadata) {
  const std::string_view theirs = metadata.created_by.value_or("");
  const bool usable = !theirs.empty() && theirs.size() <= created_by_bytes_max && is_utf8(theirs);
  return usable ? theirs : "lakegate version " LAKEGATE_VERSION;
}

std::string little_endian(int64_t value) {
  std::string bytes(sizeof(value), '\0');
  std::memcpy(bytes.data(), &value, sizeof(value));
  return bytes;
}

// By leaf. One chunk is enough: where a column begins must not depend on the row group.
std::vector<bool> find_rewrites(const Footer& footer, const std::vector<std::vector<ChunkFacts>>& facts) {
  std::vector<bool> rewrites;
  for (size_t i = 0; i < footer.schema.leaves.size(); ++i) {
    const FileNode& leaf = *footer.schema.leaves[i];
    bool must = is_milliseconds(leaf);
    for (size_t group = 0; group < facts.size() && !must; ++group) {
      const ColumnMetaData& chunk = *footer.metadata.row_groups[group].columns[i].meta_data;
      must = must_rewrite(leaf, chunk, facts[group][i].pages);
    }
    rewrites.push_back(must);
  }
  return rewrites;
}

class TailWriter {
 public:
  TailWriter(int fd, int64_t sent_bytes, Footer& footer, const std::vector<std::vector<ChunkFacts>>& facts,
             const TableSchema& table, MemoryBudget& budget, ByteSink& sink)
      : fd_(fd),
        sent_bytes_(sent_bytes),
        footer_(footer),
        facts_(facts),
        schema_(make_tail_schema(footer_.metadata, footer_.schema, table, find_rewrites(footer_, facts_))),
        budget_(budget),
        sink_(sink) {}

  Checked<Tail> write() {
    tail_.leaf_bytes.assign(schema_.leaves.size(), 0);
    FileMetaData& metadata = footer_.metadata;
    for (size_t i = 0; i < metadata.row_groups.size(); ++i) LG_TRY(row_group(metadata.row_groups[i], facts_[i]));
    const bool ascending =
        std::ranges::adjacent_find(tail_.split_offsets, std::ranges::greater_equal{}) == tail_.split_offsets.end();
    if (!ascending) tail_.split_offsets.clear();
    LG_TRY(write_footer());
    tail_.size_bytes = sink_.size_bytes();
    return std::move(tail_);
  }

 private:
  Check row_group(RowGroup& group, const std::vector<ChunkFacts>& facts) {
    RowGroup made;
    made.num_rows = group.num_rows;
    made.total_compressed_size = 0;
    made.columns.reserve(schema_.leaves.size());
    for (const TailLeaf& leaf : schema_.leaves) {
      const auto at = static_cast<size_t>(leaf.file_leaf);
      LG_TRY(chunk(group.columns[at], leaf, facts[at]));
      const ColumnMetaData& data = *group.columns[at].meta_data;
      made.total_byte_size += data.total_uncompressed_size;
      *made.total_compressed_size += data.total_compressed_size;
      tail_.leaf_bytes[at] += data.total_compressed_size;
      made.columns.push_back(std::move(group.columns[at]));
    }
    made.file_offset = chunk_range(*made.columns.front().meta_data).begin;
    tail_.split_offsets.push_back(*made.file_offset);
    group = std::move(made);
    return {};
  }

  Check chunk(ColumnChunk& chunk, const TailLeaf& leaf, const ChunkFacts& facts) {
    ColumnMetaData& data = *chunk.meta_data;
    ColumnChunk made;
    made.meta_data.emplace();
    ColumnMetaData& meta = *made.meta_data;
    meta.type = data.type;
    meta.path_in_schema = {ThriftType::list, leaf.path_bytes};
    meta.codec = data.codec;
    meta.num_values = data.num_values;
    if (leaf.rewrite) {
      LG_TRY(rewrite(data, leaf, facts, meta));
    } else {
      keep(chunk, facts, made);
    }
    chunk = std::move(made);
    return {};
  }

  void keep(const ColumnChunk& chunk, const ChunkFacts& facts, ColumnChunk& made) {
    const ColumnMetaData& data = *chunk.meta_data;
    ColumnMetaData& meta = *made.meta_data;
    const ChunkPages& pages = facts.pages;
    meta.encodings = encodings(pages.data_encodings, pages.dictionary_offset.has_value());
    meta.total_uncompressed_size = pages.uncompressed_bytes;
    meta.total_compressed_size = data.total_compressed_size;
    meta.dictionary_page_offset = pages.dictionary_offset;
    meta.data_page_offset = pages.data_pages.empty() ? data.data_page_offset : pages.data_pages.front().offset;
    keep_statistics(data, facts, meta);
    if (offset_index_holds(fd_, chunk, pages, footer_.begin)) {
      made.offset_index_offset = chunk.offset_index_offset;
      made.offset_index_length = chunk.offset_index_length;
      if (column_index_holds(fd_, chunk, pages, footer_.begin)) {
        made.column_index_offset = chunk.column_index_offset;
        made.column_index_length = chunk.column_index_length;
      }
    }
  }

  // What is said of values that stay as they are, wherever their pages stand.
  void keep_statistics(const ColumnMetaData& data, const ChunkFacts& facts, ColumnMetaData& meta) const {
    if (data.statistics) meta.statistics = statistics(*data.statistics, data, facts);
    if (!bloom_filter_holds(fd_, data, footer_.begin)) return;
    meta.bloom_filter_offset = data.bloom_filter_offset;
    meta.bloom_filter_length = data.bloom_filter_length;
  }

  // Judging has compared the bounds with the data.
  static Statistics statistics(const Statistics& claimed, const ColumnMetaData& data, const ChunkFacts& facts) {
    Statistics made = claimed;
    made.others.clear();
    made.distinct_count.reset();
    made.null_count = facts.null_count;
    if (data.type == static_cast<int32_t>(PhysicalType::byte_array)) {
      made.min.reset();
      made.max.reset();
    }
    return made;
  }

  Check rewrite(const ColumnMetaData& data, const TailLeaf& leaf, const ChunkFacts& facts, ColumnMetaData& meta) {
    tail_.rewrote_pages = true;
    const int64_t begin = sink_.size_bytes();
    const FileNode& node = *footer_.schema.leaves[static_cast<size_t>(leaf.file_leaf)];
    LG_ASSIGN(const RewrittenChunk chunk, rewrite_chunk(fd_, data, node, budget_, sink_));
    meta.codec = static_cast<int32_t>(chunk.codec);
    meta.encodings = encodings(chunk.data_encodings, chunk.dictionary_offset >= 0);
    meta.total_uncompressed_size = chunk.uncompressed_bytes;
    meta.total_compressed_size = chunk.compressed_bytes;
    meta.data_page_offset = sent_bytes_ + (chunk.data_offset >= 0 ? chunk.data_offset : begin);
    if (chunk.dictionary_offset >= 0) meta.dictionary_page_offset = sent_bytes_ + chunk.dictionary_offset;
    if (!is_milliseconds(node)) {
      keep_statistics(data, facts, meta);
      return {};
    }
    Statistics& made = meta.statistics.emplace();
    made.null_count = facts.null_count;
    if (facts.integer_bounds) {
      made.min_value = texts_.emplace_back(little_endian(facts.integer_bounds->first * 1000));
      made.max_value = texts_.emplace_back(little_endian(facts.integer_bounds->second * 1000));
    }
    return {};
  }

  RawValue encodings(std::set<Encoding> data_encodings, bool has_dictionary) {
    if (has_dictionary) data_encodings.insert(Encoding::plain);
    data_encodings.insert(Encoding::rle);  // of levels
    std::string bytes;
    ThriftWriter out(bytes);
    out.list(ThriftType::i32, data_encodings.size());
    for (const Encoding encoding : data_encodings) out.integer(static_cast<int64_t>(encoding));
    return {ThriftType::list, *interned_.insert(std::move(bytes)).first};
  }

  Check write_footer() {
    FileMetaData metadata;
    metadata.version = footer_.metadata.version == 1 ? 1 : 2;
    metadata.schema = schema_.elements;
    metadata.num_rows = footer_.metadata.num_rows;
    metadata.row_groups = std::move(footer_.metadata.row_groups);
    metadata.created_by = created_by(footer_.metadata);
    metadata.column_orders = RawValue{ThriftType::list, texts_.emplace_back(type_orders())};
    const std::string bytes = encode(metadata);
    const auto length = static_cast<uint32_t>(bytes.size());
    char trailer[8];
    std::memcpy(trailer, &length, sizeof(length));
    std::memcpy(trailer + 4, "PAR1", 4);
    if (sink_.append(bytes) && sink_.append({trailer, sizeof(trailer)})) return {};
    return refuse(violations::over_limit, "", "a footer that is too long to be written again",
                  "fewer row groups or columns", "Write fewer row groups or columns in one file.");
  }

  // Every column: the order that its type defines.
  std::string type_orders() const {
    std::string bytes;
    ThriftWriter out(bytes);
    out.list(ThriftType::structure, schema_.leaves.size());
    for (size_t i = 0; i < schema_.leaves.size(); ++i) out.raw({"\x1c\x00\x00", 3});
    return bytes;
  }

  const int fd_;
  const int64_t sent_bytes_;
  Footer& footer_;
  const std::vector<std::vector<ChunkFacts>>& facts_;
  TailSchema schema_;
  MemoryBudget& budget_;
  ByteSink& sink_;
  Tail tail_;
  std::deque<std::string> texts_;   // what the new footer views
  std::set<std::string> interned_;  // the same
};

}  // namespace

Checked<Tail> write_tail(int fd, int64_t sent_bytes, Footer& footer, const std::vector<std::vector<ChunkFacts>>& facts,
                         const TableSchema& table, MemoryBudget& budget, ByteSink& sink) {
  return TailWriter(fd, sent_bytes, footer, facts, table, budget, sink).write();
}

}  // namespace lakegate::columnar
