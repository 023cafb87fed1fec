// The values of a data page in Parquet's plain encoding.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "columnar/value_decoder.h"

namespace lakegate::columnar {

class PlainWriter {
 public:
  // A new page, whose levels come first.
  void begin(std::string_view levels);

  // False, and nothing appended, when the page would be longer than `bytes_max`.
  bool append(const Values& values, size_t bytes_max);

  std::string_view page() const { return page_; }

 private:
  void append_bits(std::span<const uint8_t> values);

  std::string page_;
  size_t bits_ = 0;  // booleans of this page so far
};

}  // namespace lakegate::columnar
