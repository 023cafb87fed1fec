// The tail that a worker made: bytes in sealed memory, which nobody can change or shorten any more.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/file_descriptor.h"

namespace lakegate::validation {

class TailBytes {
 public:
  TailBytes() = default;
  // Maps the first `size_bytes` of a memfd that is sealed against writing and shrinking. Empty view when that fails
  // or nothing is asked for: check size().
  TailBytes(FileDescriptor sealed, int64_t size_bytes);
  TailBytes(TailBytes&& other) noexcept;
  TailBytes& operator=(TailBytes&& other) noexcept;
  ~TailBytes();

  // Valid while this object lives.
  std::string_view bytes() const { return {data_, size_}; }
  size_t size() const { return size_; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lakegate::validation
