// The border to Arrow: its exceptions become findings, its allocations count. Included by sources only.
#pragma once

#include <arrow/memory_pool.h>
#include <parquet/exception.h>

#include <new>
#include <string>

#include "columnar/checked.h"
#include "columnar/memory_budget.h"

namespace lakegate::columnar {

// Runs `body`; what Arrow throws about the input becomes `corrupt` for `path`. Lack of memory is passed on as
// std::bad_alloc, since it is not the page's fault alone.
template <class Body>
Check guarded(const std::string& path, Body&& body) {
  try {
    body();
    return {};
  } catch (const ::parquet::ParquetStatusException& thrown) {
    if (thrown.status().IsOutOfMemory()) throw std::bad_alloc();
    return refuse(violations::corrupt, path, std::string(thrown.what()).substr(0, 200), "a page that can be decoded");
  } catch (const ::parquet::ParquetException& thrown) {
    return refuse(violations::corrupt, path, std::string(thrown.what()).substr(0, 200), "a page that can be decoded");
  }
}

// Allocates from the system as long as the budget lasts.
class BudgetedPool final : public ::arrow::MemoryPool {
 public:
  explicit BudgetedPool(MemoryBudget& budget) : budget_(budget), system_(::arrow::system_memory_pool()) {}

  using MemoryPool::Allocate;
  using MemoryPool::Free;
  using MemoryPool::Reallocate;

  ::arrow::Status Allocate(int64_t size, int64_t alignment, uint8_t** out) override {
    if (!budget_.take(size)) return ::arrow::Status::OutOfMemory("over the budget of a job");
    const ::arrow::Status status = system_->Allocate(size, alignment, out);
    if (!status.ok()) budget_.give_back(size);
    return status;
  }
  ::arrow::Status Reallocate(int64_t old_size, int64_t new_size, int64_t alignment, uint8_t** pointer) override {
    if (!budget_.take(new_size - old_size)) return ::arrow::Status::OutOfMemory("over the budget of a job");
    const ::arrow::Status status = system_->Reallocate(old_size, new_size, alignment, pointer);
    if (!status.ok()) budget_.give_back(new_size - old_size);
    return status;
  }
  void Free(uint8_t* buffer, int64_t size, int64_t alignment) override {
    system_->Free(buffer, size, alignment);
    budget_.give_back(size);
  }
  int64_t bytes_allocated() const override { return budget_.used(); }
  int64_t total_bytes_allocated() const override { return budget_.used(); }
  int64_t num_allocations() const override { return 0; }
  std::string backend_name() const override { return "budgeted"; }

 private:
  MemoryBudget& budget_;
  ::arrow::MemoryPool* const system_;
};

}  // namespace lakegate::columnar
