// SetBacks: which batches, objects or tables met a fault of ours, and when each is to be tried again.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "pipeline/back_off.h"

namespace lakegate::pipeline {

// One thread at a time, or under its owner's lock.
template <class Key>
class SetBacks {
 public:
  // For the log: what went wrong, and the name of the fact that is the key. Both live as long.
  SetBacks(const BackOff& back_off, std::string_view fault, std::string_view key_name)
      : back_off_(back_off), fault_(fault), key_name_(key_name) {}

  // It failed, once more perhaps. What hardly mends itself waits longest from the first time on.
  void add(const Key& key, const Error& cause) {
    Entry& entry = entries_[key];
    ++entry.failures;
    const bool mends = is_transient(cause);
    const Millis wait = mends ? back_off_.after(entry.failures) : back_off_.most;
    entry.due = Time::now() + std::chrono::milliseconds(wait);
    log::write(mends ? log::Level::warning : log::Level::error, fault_,
               {{key_name_, key}, {"failures", entry.failures}, {"again_in_ms", wait}, {"cause", cause}});
  }

  // It is being tried: has no date until it fails again.
  void try_again(const Key& key) {
    if (const auto found = entries_.find(key); found != entries_.end()) found->second.due.reset();
  }
  void erase(const Key& key) { entries_.erase(key); }
  void clear() { entries_.clear(); }

  size_t size() const { return entries_.size(); }
  bool contains(const Key& key) const { return entries_.contains(key); }
  // Its date is still to come.
  bool waits(const Key& key) const {
    const auto found = entries_.find(key);
    return found != entries_.end() && found->second.due > Time::now();
  }
  // Those whose date has come.
  std::vector<Key> due() const {
    std::vector<Key> keys;
    for (const auto& [key, entry] : entries_) {
      if (entry.due && *entry.due <= Time::now()) keys.push_back(key);
    }
    return keys;
  }
  // Forgets those whose date has come and that `still_waits` does not know any more.
  template <class StillWaits>
  void drop_due(StillWaits still_waits) {
    std::erase_if(entries_, [&](const auto& entry) {
      return entry.second.due && *entry.second.due <= Time::now() && !still_waits(entry.first);
    });
  }
  // How long until the next date; nothing where there is none.
  std::optional<Millis> next() const {
    std::optional<Millis> next;
    for (const auto& [key, entry] : entries_) {
      if (!entry.due) continue;
      const Millis left = std::chrono::ceil<std::chrono::milliseconds>(*entry.due - Time::now()).count();
      next = std::min(next.value_or(left), left);
    }
    if (next) next = std::max<Millis>(0, *next);
    return next;
  }

 private:
  using Time = std::chrono::steady_clock;
  struct Entry {
    int64_t failures = 0;
    std::optional<Time::time_point> due = {};
  };

  const BackOff back_off_;
  const std::string_view fault_;
  const std::string_view key_name_;
  std::unordered_map<Key, Entry> entries_;
};

}  // namespace lakegate::pipeline
