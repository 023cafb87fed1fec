// How much memory decoding may hold at once. Counted by hand, so that a refusal comes before the allocation and takes
// no time; a limit of the operating system stands behind it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace lakegate::columnar {

// Not thread-safe: one for each job. Must outlive all that takes from it.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t bytes_max) : bytes_max_(bytes_max) {}

  bool take(int64_t bytes) {
    if (bytes > bytes_max_ - used_) return false;
    used_ += bytes;
    return true;
  }
  void give_back(int64_t bytes) { used_ -= bytes; }
  int64_t used() const { return used_; }
  int64_t bytes_max() const { return bytes_max_; }

 private:
  const int64_t bytes_max_;
  int64_t used_ = 0;
};

// Uninitialised memory out of a budget, which only grows.
template <class T>
class BudgetedBuffer {
 public:
  explicit BudgetedBuffer(MemoryBudget& budget) : budget_(budget) {}
  BudgetedBuffer(const BudgetedBuffer&) = delete;
  BudgetedBuffer& operator=(const BudgetedBuffer&) = delete;
  ~BudgetedBuffer() { release(); }

  T* data() { return elements_.get(); }
  const T* data() const { return elements_.get(); }
  size_t capacity() const { return capacity_; }

  // False: over the budget, nothing changed. Otherwise the first `kept` elements are as before.
  bool reserve(size_t count, size_t kept = 0) {
    if (count <= capacity_) return true;
    const size_t wanted = count > capacity_ * 2 ? count : capacity_ * 2;
    for (const size_t size : {wanted, count}) {
      if (!budget_.take(bytes(size))) continue;
      auto grown = std::make_unique_for_overwrite<T[]>(size);
      std::copy_n(elements_.get(), kept, grown.get());
      release();
      elements_ = std::move(grown);
      capacity_ = size;
      return true;
    }
    return false;
  }

  void release() {
    budget_.give_back(bytes(capacity_));
    elements_.reset();
    capacity_ = 0;
  }

 private:
  static int64_t bytes(size_t count) { return static_cast<int64_t>(count * sizeof(T)); }

  MemoryBudget& budget_;
  std::unique_ptr<T[]> elements_;
  size_t capacity_ = 0;
};

}  // namespace lakegate::columnar
