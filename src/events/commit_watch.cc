#include "events/commit_watch.h"

namespace lakegate::events {

void CommitWatch::wake(std::span<const Wake> wakes) {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return;
  for (const Wake& wake : wakes) {
    if (wake.kind == Wake::Kind::batch_status) {
      tell_all(wake.batch.text(), wake);
      tell_all(wake.dataset.text(), wake);
    }
    if (wake.kind == Wake::Kind::event) tell_all(key_of(wake.sandbox), wake);
    if (wake.kind == Wake::Kind::table) tell_all(wake.dataset.text(), wake);
  }
}

void CommitWatch::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const auto& [id, tell] : entries_) tell(nullptr);
}

bool CommitWatch::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

size_t CommitWatch::count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::optional<CommitWatch::Entry> CommitWatch::add(const std::string& id, Tell tell) {
  const std::lock_guard lock(mutex_);
  if (ended_ || entries_.size() >= entries_max_) return std::nullopt;
  return Entry(*this, entries_.emplace(id, std::move(tell)));
}

void CommitWatch::remove(Entry::Place place) {
  const std::lock_guard lock(mutex_);
  entries_.erase(place);
}

void CommitWatch::tell_all(const std::string& id, const Wake& wake) const {
  const auto [first, last] = entries_.equal_range(id);
  for (auto entry = first; entry != last; ++entry) entry->second(&wake);
}

}  // namespace lakegate::events
