#include "promotion/known_tables.h"

#include <algorithm>
#include <utility>

namespace lakegate {

std::optional<TableState> KnownTables::take(const DatasetId& dataset, int64_t version) {
  std::list<TableState> taken;
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(tables_, dataset, &TableState::dataset_id);
  if (found == tables_.end()) return std::nullopt;
  taken.splice(taken.begin(), tables_, found);
  if (taken.front().version != version) return std::nullopt;
  return std::move(taken.front());
}

void KnownTables::keep(TableState table) {
  std::list<TableState> kept;
  kept.push_back(std::move(table));
  const std::lock_guard lock(mutex_);
  std::erase_if(tables_, [&](const TableState& other) { return other.dataset_id == kept.front().dataset_id; });
  tables_.splice(tables_.end(), kept);
  if (tables_.size() > tables_max_) tables_.pop_front();
}

}  // namespace lakegate
