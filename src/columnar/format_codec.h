// Parquet's metadata structures ↔ bytes. What is decoded and encoded again is the same bytes, fields of later
// versions of the format included, for everything that known writers produce.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "columnar/parquet_format.h"

namespace lakegate::columnar {

// Nothing: the bytes are no such structure, or go on behind it, or are over a limit. The answer views `bytes`.
std::optional<FileMetaData> decode_file_metadata(std::string_view bytes);
std::optional<OffsetIndex> decode_offset_index(std::string_view bytes);
std::optional<ColumnIndex> decode_column_index(std::string_view bytes);

// A page header stands in front of its page: `bytes` may be any window that begins with it.
struct DecodedPageHeader {
  PageHeader header;
  size_t size_bytes = 0;
};
std::optional<DecodedPageHeader> decode_page_header(std::string_view bytes);

std::string encode(const FileMetaData& value);
std::string encode(const PageHeader& value);

}  // namespace lakegate::columnar
