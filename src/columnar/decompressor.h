// Page bodies in and out of the codecs that Parquet names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "columnar/parquet_format.h"

namespace lakegate::columnar {

class Decompressor {
 public:
  // `codec` must be one that footers are let through with.
  explicit Decompressor(Codec codec);
  ~Decompressor();

  // False: the input is damaged or does not fill `into` exactly. Throws std::bad_alloc.
  bool decompress(std::span<const char> stored, std::span<char> into);

  // Appends the compressed form of `body`.
  void compress(std::span<const char> body, std::string& out);

 private:
  struct Codecs;
  std::unique_ptr<Codecs> codecs_;  // null: no compression
};

// The CRC-32 of gzip, as page headers have it.
uint32_t page_checksum(std::span<const char> stored);

}  // namespace lakegate::columnar
