#include "ledger/delivery_lanes.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, DeliveryLane& lane) {
  visit(lane.subscription, lane.dataset, lane.cursor, lane.due, lane.attempts, lane.last_status, lane.last_error,
        lane.updated);
}

template <class Visit>
void visit_columns(Visit& visit, LaneStatus& status) {
  visit_columns(visit, status.lane);
  visit(status.last_seq, status.oldest_waiting);
}

template <class Visit>
void visit_columns(Visit& visit, Outbox& outbox) {
  visit(outbox.lanes, outbox.events, outbox.oldest);
}

// A lane that waits already is not written: a batch's five events cost each subscription one row.
Status make_lanes_due(Tx& tx, const DatasetId& dataset, int64_t seq, Millis at) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "INSERT INTO delivery_lane (subscription, dataset_id, cursor, due, attempts, last_status,"
                        " last_error, updated) SELECT s.number, d.id, :before, :at, 0, 0, '', :at_2"
                        " FROM dataset d JOIN subscription s ON s.org = d.org AND s.sandbox = d.sandbox"
                        " WHERE d.id = :dataset AND (s.all_datasets = 1 OR EXISTS (SELECT 1"
                        "  FROM subscription_dataset w WHERE w.subscription = s.number AND w.dataset_id = d.id))"
                        " ON CONFLICT (subscription, dataset_id) DO UPDATE SET due = excluded.due"
                        " WHERE due IS NULL",
                        seq - 1, at, at, dataset));
  if (changed > 0) tx.on_commit({.kind = Wake::Kind::lane, .dataset = dataset});
  return {};
}

Result<std::vector<DeliveryLane>> due_lanes(ReadTx& tx, SubscriptionNumber subscription, Millis now, int64_t limit) {
  return find_rows<DeliveryLane>(tx,
                                 "SELECT subscription, dataset_id, cursor, due, attempts, last_status, last_error,"
                                 " updated FROM delivery_lane WHERE subscription = :subscription AND due <= :now"
                                 " ORDER BY due LIMIT :limit",
                                 subscription, now, limit);
}

Result<std::optional<Millis>> next_lane_due(ReadTx& tx, SubscriptionNumber subscription, Millis now) {
  return find_row<Millis>(tx,
                          "SELECT due FROM delivery_lane WHERE subscription = :subscription AND due > :now"
                          " ORDER BY due LIMIT 1",
                          subscription, now);
}

Status move_lane(Tx& tx, SubscriptionNumber subscription, const DatasetId& dataset, int64_t cursor, Millis now) {
  LG_TRY(change_rows(tx,
                     "UPDATE delivery_lane SET cursor = :cursor, attempts = 0, last_status = 0, last_error = '',"
                     " updated = :now, due = CASE WHEN EXISTS (SELECT 1 FROM event e"
                     "  WHERE e.dataset_id = :dataset AND e.seq > :cursor_2) THEN :now_2 ELSE NULL END"
                     " WHERE subscription = :subscription AND dataset_id = :dataset_2 AND cursor < :cursor_3",
                     cursor, now, dataset, cursor, now, subscription, dataset, cursor));
  return {};
}

Status set_lane_back(Tx& tx, const DeliveryLane& lane) {
  LG_TRY(change_rows(tx,
                     "UPDATE delivery_lane SET due = :due, attempts = :attempts, last_status = :status,"
                     " last_error = :error, updated = :updated"
                     " WHERE subscription = :subscription AND dataset_id = :dataset AND cursor = :cursor",
                     lane.due, lane.attempts, lane.last_status, lane.last_error, lane.updated, lane.subscription,
                     lane.dataset, lane.cursor));
  return {};
}

// What came since the lane was read waits.
Status rest_lane(Tx& tx, const DeliveryLane& lane) {
  LG_TRY(change_rows(tx,
                     "UPDATE delivery_lane SET due = NULL WHERE subscription = :subscription AND dataset_id = :dataset"
                     " AND cursor = :cursor AND NOT EXISTS (SELECT 1 FROM event e WHERE e.dataset_id = :dataset_2"
                     " AND e.seq > :cursor_2)",
                     lane.subscription, lane.dataset, lane.cursor, lane.dataset, lane.cursor));
  return {};
}

Result<std::vector<LaneStatus>> list_lanes(ReadTx& tx, SubscriptionNumber subscription, const DatasetId& after,
                                           int64_t limit) {
  return find_rows<LaneStatus>(
      tx,
      "SELECT l.subscription, l.dataset_id, l.cursor, l.due, l.attempts, l.last_status, l.last_error, l.updated,"
      " coalesce((SELECT max(e.seq) FROM event e WHERE e.dataset_id = l.dataset_id), l.cursor),"
      " (SELECT e.at FROM event e WHERE e.dataset_id = l.dataset_id AND e.seq > l.cursor ORDER BY e.seq LIMIT 1)"
      " FROM delivery_lane l WHERE l.subscription = :subscription AND l.dataset_id > :after"
      " ORDER BY l.dataset_id LIMIT :limit",
      subscription, after, limit);
}

// Walks the lanes that wait, by the index that has no others.
Result<Outbox> get_outbox(ReadTx& tx) {
  LG_ASSIGN(const auto outbox,
            find_row<Outbox>(tx,
                             "SELECT count(*), coalesce(sum(last - cursor), 0), min(oldest) FROM (SELECT l.cursor,"
                             " (SELECT max(e.seq) FROM event e WHERE e.dataset_id = l.dataset_id) AS last,"
                             " (SELECT e.at FROM event e WHERE e.dataset_id = l.dataset_id AND e.seq > l.cursor"
                             "  ORDER BY e.seq LIMIT 1) AS oldest"
                             " FROM subscription s CROSS JOIN delivery_lane l WHERE s.number > 0"
                             " AND s.state <> 'paused' AND EXISTS (SELECT 1 FROM org o WHERE o.number = s.org"
                             " AND o.state = 'enabled') AND l.subscription = s.number AND l.due > -1)"));
  return outbox.value_or(Outbox{});
}

}  // namespace lakegate::ledger
