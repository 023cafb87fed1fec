// The feed: the events of a sandbox, page after page, in the order in which they happened.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/events.h"
#include "ledger/transaction.h"
#include "model/sight.h"

namespace lakegate::events {

// A position as clients keep it: text that means nothing to them, good in its own sandbox alone.
std::string feed_cursor(std::string_view sandbox_id, int64_t position);
// `event_cursor_invalid`: it is no cursor, or another sandbox's.
Result<int64_t> parse_feed_cursor(std::string_view sandbox_id, std::string_view text);

struct FeedPage {
  ledger::EventPage page = {};
  int64_t removed = 0;  // behind the query's `after`: retention took events away up to here; 0: nothing is missing
};
// `event_cursor_invalid`: `query.after` is of a time that this ledger has not seen, since an earlier copy was put back.
// Nobody who starts at 0 misses anything.
Result<FeedPage> read_feed(ReadTx& tx, const Sight& sight, const ledger::EventQuery& query);

// Datasets that a client names: deleted ones too, since their events stay. `dataset_not_found` for those of other
// sandboxes, and those that are not seen; `right_missing_on_dataset`.
Status check_datasets(ReadTx& tx, const Sight& sight, std::span<const DatasetId> datasets);

}  // namespace lakegate::events
