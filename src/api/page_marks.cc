#include "api/page_marks.h"

#include <fmt/core.h>

#include <utility>
#include <variant>

namespace lakegate::api {
namespace {

// Lengths stand before texts: two queries never have one key.
std::string key_of(const Scope& scope, const ledger::BatchQuery& query, int64_t start) {
  const auto text = [](const std::string& value) { return fmt::format("{}:{}", value.size(), value); };
  std::string key = fmt::format("{}/{}/{}", scope.org.value, scope.sandbox.value, start);
  for (const auto& filter : query.filters) {
    key += fmt::format("|{}.{}", static_cast<int>(filter.field), static_cast<int>(filter.comparison));
    for (const ledger::FilterValue& value : filter.values) {
      const auto* number = std::get_if<int64_t>(&value);
      key += number != nullptr ? fmt::format("#{}", *number) : text(std::get<std::string>(value));
    }
  }
  for (const ledger::TagFilter& tag : query.tags) key += "&" + text(tag.key) + text(tag.value);
  for (const auto& order : query.order) key += order.descending ? "-" : "+";
  return key;
}

}  // namespace

ledger::BatchQuery PageMarks::go_on(const Sight& sight, ledger::BatchQuery query, Millis now) {
  if (sight.is_narrow() || query.start < page_marks_from || !ledger::is_by_time(query)) return query;
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key_of(sight, query, query.start));
  if (found == by_key_.end() || found->second->made + page_mark_life < now) return query;
  query.after = found->second->place;
  query.start = 0;
  return query;
}

void PageMarks::remember(const Sight& sight, const ledger::BatchQuery& query, const Batch& last, Millis now) {
  const int64_t next = query.start + query.limit;
  if (sight.is_narrow() || next < page_marks_from || !ledger::is_by_time(query)) return;
  std::string key = key_of(sight, query, next);
  const std::lock_guard lock(mutex_);
  if (const auto former = by_key_.find(key); former != by_key_.end()) {
    marks_.erase(former->second);
    by_key_.erase(former);
  }
  marks_.push_front({key, {last.created, last.id.text()}, now});
  by_key_.emplace(std::move(key), marks_.begin());
  if (marks_.size() <= page_marks_max) return;
  by_key_.erase(marks_.back().key);
  marks_.pop_back();
}

}  // namespace lakegate::api
