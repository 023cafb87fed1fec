// Events: what happened, in order. (dataset, seq) is an event's id: allotted in the transaction that makes it happen,
// without gaps, so that a reader who knows the last seq misses nothing. `position` numbers the events of all datasets
// of one sandbox in the same way, in the order of commits. No number is given twice: retention leaves the last event of
// each dataset, which counts them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"
#include "model/sight.h"

namespace lakegate::ledger {

struct Event {
  DatasetId dataset_id = {};
  int64_t seq = 0;  // from 1
  Millis at = 0;
  std::string kind = {};      // e.g. "batch.active", "dataset.created"
  BatchId batch_id = {};      // may be empty
  std::string detail = "{}";  // JSON object, event_detail.h: the facts as they were
  Scope scope = {};           // the dataset's
  int64_t position = 0;       // in the sandbox, from 1
  std::string ims_org = {};   // the scope's names, of events that were read
  std::string sandbox_name = {};
};

// Returns the seq that it got; `seq` and `position` of the event are ignored. batches.h writes those of batches, and
// catalog/ those of datasets. Wakes with Wake::Kind::event.
Result<int64_t> append_event(Tx& tx, const Event& event);

// Of one dataset, whoever may see it.
Result<std::vector<Event>> list_events(ReadTx& tx, const DatasetId& id, int64_t after_seq, int64_t limit);

struct EventQuery {
  int64_t after = 0;  // position
  int64_t limit = 100;
  std::vector<DatasetId> datasets = {};  // these alone; empty: all
  std::vector<std::string> kinds = {};   // these alone; empty: all
};
struct EventPage {
  std::vector<Event> events = {};  // by position
  int64_t through = 0;             // ask again after it: what does not match is read up to here, too
  bool more = false;               // there are later ones, of which some may match
};
// Of the datasets that are seen, all others are not there. Looks at no more than events_examined_max: a page may be
// empty with `more`.
inline constexpr int64_t events_examined_max = 10'000;
Result<EventPage> list_scope_events(ReadTx& tx, const Sight& sight, const EventQuery& query);

// Of the sandbox's last event; 0: there is none.
Result<int64_t> newest_position(ReadTx& tx, const Scope& scope);
// Of the dataset's last event; 0: there is none.
Result<int64_t> newest_seq(ReadTx& tx, const DatasetId& id);

// What retention took away. A reader who stands before this position may have missed events of the sandbox; 0: none.
Result<int64_t> removed_position(ReadTx& tx, const Scope& scope);
// The first seq of the dataset that is still there; 0: there is none. A reader whose last seq is less than it minus one
// missed those in between.
Result<int64_t> first_kept_seq(ReadTx& tx, const DatasetId& id);

}  // namespace lakegate::ledger
