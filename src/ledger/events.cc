#include "ledger/events.h"

#include "ledger/delivery_lanes.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Event& event) {
  visit(event.dataset_id, event.seq, event.at, event.kind, event.batch_id, event.detail);
}

// The dataset's last event is the counter: retention leaves it, so that no seq is given twice.
Result<int64_t> append_event(Tx& tx, const Event& event) {
  LG_ASSIGN(const auto seq,
            find_row<int64_t>(tx,
                              "INSERT INTO event (dataset_id, seq, at, kind, batch_id, detail) SELECT :dataset,"
                              " coalesce(max(seq), 0) + 1, :at, :kind, :batch, :detail FROM event"
                              " WHERE dataset_id = :same_dataset RETURNING seq",
                              event.dataset_id, event.at, event.kind, event.batch_id, event.detail, event.dataset_id));
  LG_TRY(make_lanes_due(tx, event.dataset_id, seq.value(), event.at));
  return seq.value();
}

Result<std::vector<Event>> list_events(ReadTx& tx, const DatasetId& id, int64_t after_seq, int64_t limit) {
  return find_rows<Event>(tx,
                          "SELECT dataset_id, seq, at, kind, batch_id, detail FROM event"
                          " WHERE dataset_id = :dataset AND seq > :after ORDER BY seq LIMIT :limit",
                          id, after_seq, limit);
}

}  // namespace lakegate::ledger
