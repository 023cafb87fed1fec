#include "upload/range_claims.h"

#include <algorithm>

namespace lakegate::upload {
namespace {

bool overlap(const ByteRange& a, const ByteRange& b) { return a.begin < b.end && b.begin < a.end; }

}  // namespace

RangeClaims::Claim& RangeClaims::Claim::operator=(Claim&& other) noexcept {
  if (this != &other) {
    release();
    claims_ = std::exchange(other.claims_, nullptr);
    entry_ = std::move(other.entry_);
  }
  return *this;
}

void RangeClaims::Claim::release() {
  if (claims_ == nullptr) return;
  std::vector<std::function<void()>> waiting;
  {
    const std::lock_guard lock(claims_->mutex_);
    const auto found = claims_->by_object_.find(entry_->object);
    std::erase(found->second, entry_);
    if (found->second.empty()) claims_->by_object_.erase(found);
    waiting.swap(entry_->waiting);
  }
  claims_ = nullptr;
  entry_.reset();
  for (const auto& then : waiting) then();
}

std::variant<RangeClaims::Claim, RangeClaims::Busy> RangeClaims::claim(const ObjectKey& object, ByteRange range,
                                                                       std::function<void()> give_up) {
  std::function<void()> ask;
  Busy busy;
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Entry>>& entries = by_object_[object];
    const auto other = std::ranges::find_if(entries, [&](const auto& entry) { return overlap(entry->range, range); });
    if (other == entries.end()) {
      entries.push_back(std::make_shared<Entry>(Entry{object, range, std::move(give_up), {}}));
      return Claim(this, entries.back());
    }
    busy = {(*other)->range, (*other)->range == range};
    if (busy.same_range) ask = std::exchange((*other)->give_up, nullptr);
  }
  if (ask) ask();
  return busy;
}

std::shared_ptr<RangeClaims::Entry> RangeClaims::find(const ObjectKey& object, ByteRange range) const {
  const auto found = by_object_.find(object);
  if (found == by_object_.end()) return nullptr;
  const auto entry = std::ranges::find_if(found->second, [&](const auto& each) { return each->range == range; });
  return entry == found->second.end() ? nullptr : *entry;
}

void RangeClaims::when_free(const ObjectKey& object, ByteRange range, std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto entry = find(object, range)) {
      entry->waiting.push_back(std::move(then));
      return;
    }
  }
  then();
}

size_t RangeClaims::count() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [object, entries] : by_object_) count += entries.size();
  return count;
}

}  // namespace lakegate::upload
