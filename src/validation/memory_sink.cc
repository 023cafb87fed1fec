#include "validation/memory_sink.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace lakegate::validation {

bool MemorySink::append(std::string_view bytes) {
  if (static_cast<int64_t>(bytes.size()) > bytes_max_ - size_) return false;
  while (!bytes.empty()) {
    const bool inside = window_ != nullptr && size_ < window_begin_ + window_bytes;
    if (!inside && !open_window()) return false;
    const int64_t at = size_ - window_begin_;
    const size_t part = std::min(bytes.size(), static_cast<size_t>(window_bytes - at));
    std::memcpy(window_ + at, bytes.data(), part);
    bytes.remove_prefix(part);
    size_ += static_cast<int64_t>(part);
  }
  return true;
}

// The window may reach beyond the end of the memory; nobody writes there.
bool MemorySink::open_window() {
  close_window();
  window_begin_ = size_ - size_ % window_bytes;
  void* const mapped = ::mmap(nullptr, window_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, window_begin_);
  if (mapped == MAP_FAILED) return false;
  window_ = static_cast<char*>(mapped);
  return true;
}

void MemorySink::close_window() {
  if (window_ != nullptr) ::munmap(window_, window_bytes);
  window_ = nullptr;
}

}  // namespace lakegate::validation
