#include "metrics/batch_counts.h"

namespace lakegate::metrics {
namespace {

size_t place_of(BatchStatus status) { return static_cast<size_t>(status); }

}  // namespace

BatchCounts::BatchCounts(const ledger::BatchCounts& at_start) {
  for (size_t i = 0; i < states; ++i) batches_[i] = at_start[i];
}

void BatchCounts::wake(std::span<const Wake> wakes) {
  for (const Wake& wake : wakes) {
    if (wake.kind != Wake::Kind::batch_status) continue;
    const size_t to = place_of(wake.status);
    batches_[to].fetch_add(1, std::memory_order_relaxed);
    if (!wake.from) {
      created_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    const size_t from = place_of(*wake.from);
    batches_[from].fetch_sub(1, std::memory_order_relaxed);
    moves_[from][to].fetch_add(1, std::memory_order_relaxed);
  }
}

void BatchCounts::expose(Exposition& out) const {
  out.begin_gauge("lakegate_batches", "Batches of all orgs, by state.");
  for (const BatchStatus status : all_batch_statuses)
    out.add(static_cast<double>(batches_[place_of(status)]), {{"state", to_string(status)}});
  out.begin_counter("lakegate_batch_transitions_total", "Moves of batches; a new one comes from \"none\".");
  out.add(static_cast<double>(created_), {{"from", "none"}, {"to", to_string(BatchStatus::loading)}});
  for (const BatchStatus from : all_batch_statuses) {
    for (const BatchStatus to : all_batch_statuses) {
      if (const int64_t count = moves_[place_of(from)][place_of(to)]; count > 0)
        out.add(static_cast<double>(count), {{"from", to_string(from)}, {"to", to_string(to)}});
    }
  }
}

}  // namespace lakegate::metrics
