// The two shapes that everything in Avro binary is made of, read from the front of a text.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error_codes.h"
#include "base/result.h"

namespace lakegate::iceberg {

inline Result<int64_t> take_long(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return fail(codes::corrupt, "an Avro number is cut off");
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  return fail(codes::corrupt, "an Avro number has more than 64 bits");
}

inline Result<std::string_view> take_exactly(std::string_view& bytes, int64_t size) {
  if (size < 0 || static_cast<uint64_t>(size) > bytes.size()) {
    return fail(codes::corrupt, "an Avro text of {} bytes where {} are left", size, bytes.size());
  }
  const std::string_view text = bytes.substr(0, static_cast<size_t>(size));
  bytes.remove_prefix(text.size());
  return text;
}

inline Result<std::string_view> take_bytes(std::string_view& bytes) {
  LG_ASSIGN(const int64_t size, take_long(bytes));
  return take_exactly(bytes, size);
}

// The count that opens a block of an array or map; 0 ends it. A negative count has the block's size behind it.
inline Result<int64_t> take_count(std::string_view& bytes) {
  LG_ASSIGN(const int64_t count, take_long(bytes));
  if (count >= 0) return count;
  if (count == INT64_MIN) return fail(codes::corrupt, "an Avro block count is out of range");
  LG_TRY(take_long(bytes));
  return -count;
}

}  // namespace lakegate::iceberg
