#include "columnar/page_index_check.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "columnar/file_reader.h"
#include "columnar/format_codec.h"
#include "columnar/thrift_compact.h"

namespace lakegate::columnar {
namespace {

constexpr int64_t index_bytes_max = 16 << 20;
constexpr size_t bloom_header_bytes_max = 64;
constexpr int64_t bloom_bytes_max = 128 << 20;

std::optional<std::string> read_part(int fd, std::optional<int64_t> offset, std::optional<int32_t> length,
                                     int64_t end) {
  const bool inside =
      offset && length && *offset >= 4 && *length > 0 && *length <= index_bytes_max && *offset <= end - *length;
  if (!inside) return std::nullopt;
  std::string bytes(static_cast<size_t>(*length), '\0');
  read_exactly(fd, *offset, bytes);
  return bytes;
}

// A list of that type and size that ends with its bytes.
bool is_list(const RawValue& value, std::initializer_list<ThriftType> types, size_t size) {
  ThriftReader in(value.bytes);
  const ThriftReader::List list = in.list();
  return !in.failed() && static_cast<size_t>(list.size) == size && std::ranges::find(types, list.type) != types.end();
}

size_t value_size(int32_t physical) {
  switch (static_cast<PhysicalType>(physical)) {
    case PhysicalType::boolean: return 1;
    case PhysicalType::int32:
    case PhysicalType::float32: return 4;
    case PhysicalType::int64:
    case PhysicalType::float64: return 8;
    default: return 0;  // any
  }
}

}  // namespace

bool offset_index_holds(int fd, const ColumnChunk& chunk, const ChunkPages& pages, int64_t end) {
  const auto bytes = read_part(fd, chunk.offset_index_offset, chunk.offset_index_length, end);
  if (!bytes) return false;
  const auto index = decode_offset_index(*bytes);
  return index &&
         std::ranges::equal(index->page_locations, pages.data_pages, [](const PageLocation& said, const PagePlace& is) {
           return is.begins_row && said.offset == is.offset && said.compressed_page_size == is.size_bytes &&
                  said.first_row_index == is.first_row;
         });
}

bool column_index_holds(int fd, const ColumnChunk& chunk, const ChunkPages& pages, int64_t end) {
  const auto bytes = read_part(fd, chunk.column_index_offset, chunk.column_index_length, end);
  if (!bytes) return false;
  const auto index = decode_column_index(*bytes);
  const size_t count = pages.data_pages.size();
  if (!index || index->min_values.size() != count || index->max_values.size() != count || index->boundary_order < 0 ||
      index->boundary_order > 2 || !index->others.empty()) {
    return false;
  }
  if (!is_list(index->null_pages, {ThriftType::boolean_true, ThriftType::boolean_false}, count)) return false;
  if (index->null_counts && !is_list(*index->null_counts, {ThriftType::i64}, count)) return false;
  const size_t size = value_size(chunk.meta_data->type);
  const auto fits = [&](std::string_view value) { return size == 0 || value.empty() || value.size() == size; };
  return std::ranges::all_of(index->min_values, fits) && std::ranges::all_of(index->max_values, fits);
}

bool bloom_filter_holds(int fd, const ColumnMetaData& chunk, int64_t end) {
  if (!chunk.bloom_filter_offset || *chunk.bloom_filter_offset < 4 || *chunk.bloom_filter_offset >= end) return false;
  const int64_t offset = *chunk.bloom_filter_offset;
  std::string head(std::min(bloom_header_bytes_max, static_cast<size_t>(end - offset)), '\0');
  read_exactly(fd, offset, head);
  ThriftReader in(head);
  int16_t last_id = 0;
  ThriftReader::Field field;
  if (!in.next_field(last_id, field) || field.id != 1 || field.type != ThriftType::i32) return false;
  const int64_t size = in.integer(32);
  if (size < 32 || size > bloom_bytes_max || !std::has_single_bit(static_cast<uint64_t>(size))) return false;
  // Three unions, each with its first member, an empty struct; the end.
  constexpr std::string_view rest("\x1c\x1c\x00\x00\x1c\x1c\x00\x00\x1c\x1c\x00\x00\x00", 13);
  if (in.failed() || !std::string_view(in.position(), in.bytes_left()).starts_with(rest)) return false;
  const auto header = static_cast<int64_t>(head.size() - in.bytes_left() + rest.size());
  const bool length_agrees = !chunk.bloom_filter_length || *chunk.bloom_filter_length == header + size;
  return length_agrees && header + size <= end - offset;
}

}  // namespace lakegate::columnar
