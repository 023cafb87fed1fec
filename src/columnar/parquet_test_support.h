// Parquet files for tests, written by Arrow's own writer out of rows in JSON, and read back by its reader.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace lakegate::columnar::testing {

struct WriteOptions {
  std::string codec = "none";                             // none, snappy, gzip, zstd, brotli, lz4_raw
  std::map<std::string, std::string> column_codecs = {};  // path → codec, where it differs
  bool dictionary = true;
  std::string encoding = "";  // without a dictionary: DELTA_BINARY_PACKED, BYTE_STREAM_SPLIT …; empty: PLAIN
  bool pages_v2 = false;
  bool checksums = false;
  bool page_index = false;
  bool statistics = true;
  int64_t row_group_rows = 1 << 20;
  int64_t page_bytes = 1 << 20;
  bool arrow_schema = false;  // the ARROW:schema entry
  bool element_names = true;  // lists as list/element; false: list/item
};

// `schema`: "id: string required, at: timestamp_ms, tags: list<string>, m: map<string, int64>, s: struct<a: int32>".
// Types: bool int8…int64 uint8…uint64 float double string binary date null decimal timestamp_s|ms|us|ns (UTC)
// timestamp_ms_local list map struct. `rows`: a JSON array of objects; maps as [[key, value], …].
// Aborts when either is wrong.
std::string write_parquet(std::string_view schema, std::string_view rows, const WriteOptions& options = {});

// All rows of a file as text, one column after another, as Arrow's reader understands them. Begins with "error: " when
// it does not.
std::string read_parquet(std::string_view bytes);

// The Parquet schema with field ids, as Parquet's own printer shows it.
std::string show_schema(std::string_view bytes);

// The codec of every column chunk, "ZSTD SNAPPY / ZSTD SNAPPY" for two row groups of two columns.
std::string show_codecs(std::string_view bytes);

// A descriptor without a name that holds `bytes`.
FileDescriptor memory_file(std::string_view bytes);

}  // namespace lakegate::columnar::testing
