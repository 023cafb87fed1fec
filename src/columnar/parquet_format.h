// Parquet's metadata structures as parquet.thrift has them, the fields that we use typed, all others kept as they
// came. Text and bytes are views: whoever decodes keeps the bytes, whoever changes a name keeps the new one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "columnar/thrift_compact.h"

namespace lakegate::columnar {

enum class PhysicalType : int32_t { boolean, int32, int64, int96, float32, float64, byte_array, fixed_byte_array };
enum class Repetition : int32_t { required, optional, repeated };
enum class Codec : int32_t { none, snappy, gzip, lzo, brotli, lz4, zstd, lz4_raw };
enum class Encoding : int32_t {
  plain = 0,
  plain_dictionary = 2,
  rle = 3,
  bit_packed = 4,
  delta_binary_packed = 5,
  delta_length_byte_array = 6,
  delta_byte_array = 7,
  rle_dictionary = 8,
  byte_stream_split = 9,
};
enum class PageType : int32_t { data = 0, index = 1, dictionary = 2, data_v2 = 3 };
namespace converted {
enum Type : int32_t { utf8 = 0, map = 1, map_key_value = 2, list = 3, enumeration = 4, decimal = 5, date = 6 };
enum Time : int32_t { time_millis = 7, time_micros = 8, timestamp_millis = 9, timestamp_micros = 10 };
enum Integer : int32_t { uint_8 = 11, uint_64 = 14, int_8 = 15, int_16 = 16, int_32 = 17, int_64 = 18 };
}  // namespace converted

// The encoded bytes of one value; a boolean field has none, its type tells.
struct RawValue {
  ThriftType type = ThriftType::stop;
  std::string_view bytes;
};
struct RawField {
  int16_t id = 0;
  RawValue value;
};
using OtherFields = std::vector<RawField>;  // ascending ids

struct Statistics {
  std::optional<std::string_view> max, min;  // deprecated ones, of unclear order
  std::optional<int64_t> null_count, distinct_count;
  std::optional<std::string_view> max_value, min_value;
  std::optional<bool> is_max_value_exact, is_min_value_exact;
  OtherFields others;
};

struct SchemaElement {
  std::optional<int32_t> type, type_length, repetition_type;
  std::string_view name;
  std::optional<int32_t> num_children, converted_type, scale, precision, field_id;
  std::optional<RawValue> logical_type;  // logical_type.h reads it
  OtherFields others;
};

struct ColumnMetaData {
  int32_t type = 0;
  RawValue encodings, path_in_schema;
  int32_t codec = 0;
  int64_t num_values = 0, total_uncompressed_size = 0, total_compressed_size = 0;
  std::optional<RawValue> key_value_metadata;
  int64_t data_page_offset = 0;
  std::optional<int64_t> index_page_offset, dictionary_page_offset;
  std::optional<Statistics> statistics;
  std::optional<RawValue> encoding_stats;
  std::optional<int64_t> bloom_filter_offset;
  std::optional<int32_t> bloom_filter_length;
  std::optional<RawValue> size_statistics;
  OtherFields others;
};

struct ColumnChunk {
  std::optional<std::string_view> file_path;
  int64_t file_offset = 0;
  std::optional<ColumnMetaData> meta_data;
  std::optional<int64_t> offset_index_offset;
  std::optional<int32_t> offset_index_length;
  std::optional<int64_t> column_index_offset;
  std::optional<int32_t> column_index_length;
  std::optional<RawValue> crypto_metadata;
  OtherFields others;
};

struct RowGroup {
  std::vector<ColumnChunk> columns;
  int64_t total_byte_size = 0, num_rows = 0;
  std::optional<RawValue> sorting_columns;
  std::optional<int64_t> file_offset, total_compressed_size;
  OtherFields others;
};

struct KeyValue {
  std::string_view key;
  std::optional<std::string_view> value;
  OtherFields others;
};

struct FileMetaData {
  int32_t version = 0;
  std::vector<SchemaElement> schema;  // depth first, the root first
  int64_t num_rows = 0;
  std::vector<RowGroup> row_groups;
  std::optional<std::vector<KeyValue>> key_value_metadata;
  std::optional<std::string_view> created_by;
  std::optional<RawValue> column_orders;
  std::optional<RawValue> encryption_algorithm;
  OtherFields others;
};

struct DataPageHeader {
  int32_t num_values = 0, encoding = 0, definition_level_encoding = 0, repetition_level_encoding = 0;
  std::optional<Statistics> statistics;
  OtherFields others;
};
struct DictionaryPageHeader {
  int32_t num_values = 0, encoding = 0;
  std::optional<bool> is_sorted;
  OtherFields others;
};
struct DataPageHeaderV2 {
  int32_t num_values = 0, num_nulls = 0, num_rows = 0, encoding = 0;
  int32_t definition_levels_byte_length = 0, repetition_levels_byte_length = 0;
  std::optional<bool> is_compressed;  // absent: true
  std::optional<Statistics> statistics;
  OtherFields others;
};
struct PageHeader {
  int32_t type = 0, uncompressed_page_size = 0, compressed_page_size = 0;
  std::optional<int32_t> crc;  // of the bytes behind the header
  std::optional<DataPageHeader> data;
  std::optional<DictionaryPageHeader> dictionary;
  std::optional<DataPageHeaderV2> data_v2;
  OtherFields others;
};

struct PageLocation {
  int64_t offset = 0;
  int32_t compressed_page_size = 0;  // with its header
  int64_t first_row_index = 0;
  OtherFields others;
};
struct OffsetIndex {
  std::vector<PageLocation> page_locations;
  OtherFields others;
};
struct ColumnIndex {
  RawValue null_pages;  // list of booleans
  std::vector<std::string_view> min_values, max_values;
  int32_t boundary_order = 0;
  std::optional<RawValue> null_counts;
  OtherFields others;
};

}  // namespace lakegate::columnar
