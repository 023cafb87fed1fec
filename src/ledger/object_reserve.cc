#include "ledger/object_reserve.h"

#include <algorithm>
#include <utility>

namespace lakegate::ledger {

std::optional<ObjectKey> ObjectReserve::take(const DatasetId& dataset) {
  const std::lock_guard lock(mutex_);
  const auto found = of_dataset_.find(dataset);
  if (found == of_dataset_.end()) return std::nullopt;
  return remove(found->second.back());
}

void ObjectReserve::add(const DatasetId& dataset, ObjectKey key) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({dataset, std::move(key)});
  of_dataset_[dataset].push_back(std::prev(entries_.end()));
}

std::optional<ObjectKey> ObjectReserve::make_room() {
  const std::lock_guard lock(mutex_);
  if (entries_.size() < objects_max_) return std::nullopt;
  return remove(entries_.begin());
}

size_t ObjectReserve::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

// Under the lock.
ObjectKey ObjectReserve::remove(Place place) {
  const auto found = of_dataset_.find(place->dataset);
  std::erase(found->second, place);
  if (found->second.empty()) of_dataset_.erase(found);
  ObjectKey key = std::move(place->key);
  entries_.erase(place);
  return key;
}

}  // namespace lakegate::ledger
