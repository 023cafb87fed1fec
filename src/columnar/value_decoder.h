// The values of one data page after another, whatever their encoding. Plain ones are read here, the others by
// Parquet's own decoders.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "columnar/checked.h"
#include "columnar/memory_budget.h"
#include "columnar/parquet_format.h"

namespace lakegate::columnar {

inline constexpr uint32_t value_bytes_max = 16 << 20;

// Booleans are bytes of 0 or 1. Text is bytes: nobody has looked whether it is UTF-8.
using Values = std::variant<std::span<const uint8_t>, std::span<const int32_t>, std::span<const int64_t>,
                            std::span<const float>, std::span<const double>, std::span<const std::string_view>>;

class ValueDecoder {
 public:
  // INT96 and FIXED_LEN_BYTE_ARRAY are not read.
  static std::unique_ptr<ValueDecoder> make(PhysicalType type, const std::string& path, MemoryBudget& budget);
  virtual ~ValueDecoder() = default;

  // `body` of a dictionary page, which is copied; every entry decoded.
  virtual Check set_dictionary(std::span<const char> body, int32_t count) = 0;
  virtual Values dictionary() const = 0;

  // A page's values: `body` must stay until the page is done; `entries` is the header's count, nulls included.
  virtual Check begin(Encoding encoding, std::span<const char> body, int32_t entries) = 0;
  bool is_indices() const { return holds_indices; }

  // Exactly `count` more values of the page (at most batch_entries_max), or indices below the dictionary's size. Valid
  // until the next call.
  virtual Checked<Values> values(int32_t count) = 0;
  virtual Checked<std::span<const int32_t>> indices(int32_t count) = 0;

  // After the last value: a plain page must hold nothing more.
  virtual Check end() = 0;

 protected:
  bool holds_indices = false;
};

}  // namespace lakegate::columnar
