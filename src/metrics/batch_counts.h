// BatchCounts: how many batches are in each state, and their moves, without asking the ledger again and again.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "ledger/transaction.h"
#include "ledger/work_counts.h"
#include "metrics/exposition.h"
#include "model/batch_status.h"

namespace lakegate::metrics {

// Thread-safe. Counted once at start, then kept by what commits tell.
class BatchCounts {
 public:
  // `at_start`: before anything moves a batch that `wake` will tell of.
  explicit BatchCounts(const ledger::BatchCounts& at_start);

  // For Ledger::add_listener.
  void wake(std::span<const Wake> wakes);
  void expose(Exposition& out) const;

 private:
  static constexpr size_t states = all_batch_statuses.size();
  std::array<std::atomic<int64_t>, states> batches_{};
  std::atomic<int64_t> created_ = 0;
  std::array<std::array<std::atomic<int64_t>, states>, states> moves_{};  // from, to
};

}  // namespace lakegate::metrics
