#include "validation/tail_bytes.h"

#include <sys/mman.h>

#include <utility>

namespace lakegate::validation {

TailBytes::TailBytes(FileDescriptor sealed, int64_t size_bytes) {
  if (size_bytes <= 0) return;
  void* const mapped = ::mmap(nullptr, static_cast<size_t>(size_bytes), PROT_READ, MAP_SHARED, sealed.get(), 0);
  if (mapped == MAP_FAILED) return;
  data_ = static_cast<const char*>(mapped);
  size_ = static_cast<size_t>(size_bytes);
}

TailBytes::TailBytes(TailBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

TailBytes& TailBytes::operator=(TailBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

TailBytes::~TailBytes() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace lakegate::validation
