// PageMarks: where pages of long lists ended, so that the next page goes on there instead of stepping over all rows
// before it. A hint: without it a page is found by counting, and only takes longer.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "ledger/batches.h"
#include "model/sight.h"

namespace lakegate::api {

inline constexpr int64_t page_marks_from = 1'000;  // before it, counting is quick and exact
inline constexpr size_t page_marks_max = 10'000;   // the ones longest unused go
inline constexpr Millis page_mark_life = 600'000;

// Thread-safe.
class PageMarks {
 public:
  // The query with what a mark at its `start` changes: rows that came since the page before do not shift it.
  // Nothing in a narrow sight, whose lists are counted: another key sees other pages.
  ledger::BatchQuery go_on(const Sight& sight, ledger::BatchQuery query, Millis now);

  // `last`: the last row of a full page of `query`, as it was asked for.
  void remember(const Sight& sight, const ledger::BatchQuery& query, const Batch& last, Millis now);

 private:
  struct Mark {
    std::string key;
    ledger::ListPlace place;
    Millis made = 0;
  };

  std::mutex mutex_;
  std::list<Mark> marks_;  // the newest first
  std::unordered_map<std::string, std::list<Mark>::iterator> by_key_;
};

}  // namespace lakegate::api
