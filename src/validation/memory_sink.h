// Appends to memory that another process made and shares (a memfd of fixed size), through a small moving window, so
// that a large result takes little address space.
#pragma once

#include <cstdint>
#include <string_view>

#include "columnar/byte_sink.h"

namespace lakegate::validation {

class MemorySink final : public columnar::ByteSink {
 public:
  // `descriptor` stays open and at least `bytes_max` long while this lives.
  MemorySink(int descriptor, int64_t bytes_max) : descriptor_(descriptor), bytes_max_(bytes_max) {}
  MemorySink(const MemorySink&) = delete;
  ~MemorySink() override { close_window(); }

  bool append(std::string_view bytes) override;
  int64_t size_bytes() const override { return size_; }

  // More room, for what comes behind the first part.
  void raise_limit(int64_t bytes_max) { bytes_max_ = bytes_max; }

  // Lets go of the memory, as sealing it demands.
  void close_window();

 private:
  static constexpr int64_t window_bytes = 4 << 20;
  bool open_window();

  const int descriptor_;
  int64_t bytes_max_;
  int64_t size_ = 0;
  char* window_ = nullptr;
  int64_t window_begin_ = 0;
};

}  // namespace lakegate::validation
