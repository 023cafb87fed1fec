// FlowingBodies: to which batches a body is on its way right now. A slow upload shows no sign of life in the ledger
// until it ends; this keeps its batch from being abandoned meanwhile.
#pragma once

#include <mutex>
#include <unordered_map>
#include <utility>

#include "model/ids.h"

namespace lakegate::upload {

// Thread-safe. Must outlive its entries.
class FlowingBodies {
 public:
  class Entry {
   public:
    Entry(FlowingBodies& bodies, BatchId batch) : bodies_(&bodies), batch_(std::move(batch)) {
      bodies_->add(batch_, 1);
    }
    Entry(Entry&& other) noexcept : bodies_(std::exchange(other.bodies_, nullptr)), batch_(std::move(other.batch_)) {}
    Entry& operator=(Entry&&) = delete;
    ~Entry() {
      if (bodies_ != nullptr) bodies_->add(batch_, -1);
    }

   private:
    FlowingBodies* bodies_;
    BatchId batch_;
  };

  bool flows_to(const BatchId& batch) const {
    const std::lock_guard lock(mutex_);
    return counts_.contains(batch);
  }

  int64_t count() const {
    const std::lock_guard lock(mutex_);
    return total_;
  }

 private:
  void add(const BatchId& batch, int by) {
    const std::lock_guard lock(mutex_);
    const auto entry = counts_.try_emplace(batch, 0).first;
    entry->second += by;
    total_ += by;
    if (entry->second == 0) counts_.erase(entry);
  }

  mutable std::mutex mutex_;
  std::unordered_map<BatchId, int> counts_;  // guarded by mutex_; never 0
  int64_t total_ = 0;                        // guarded by mutex_
};

}  // namespace lakegate::upload
