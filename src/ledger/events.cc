#include "ledger/events.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <string_view>
#include <utility>

#include "ledger/delivery_lanes.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Event& event) {
  visit(event.dataset_id, event.seq, event.at, event.kind, event.batch_id, event.detail, event.scope.org,
        event.scope.sandbox, event.position, event.ims_org, event.sandbox_name);
}

namespace {

std::string select_events(std::string_view rest) {
  return "SELECT e.dataset_id, e.seq, e.at, e.kind, e.batch_id, e.detail, e.org, e.sandbox, e.position, o.ims_org,"
         " s.name FROM event e CROSS JOIN sandbox s ON s.number = e.sandbox CROSS JOIN org o ON o.number = e.org " +
         std::string(rest);
}

Result<int64_t> number(ReadTx& tx, std::string_view sql, const auto&... parameters) {
  LG_ASSIGN(const auto found, find_row<int64_t>(tx, sql, parameters...));
  return found.value_or(0);
}

std::string texts(const auto& values, const auto& text_of) {
  boost::json::array list;
  for (const auto& value : values) list.emplace_back(text_of(value));
  return boost::json::serialize(list);
}

// The position of the last event that a page looks at.
Result<int64_t> end_of_look(ReadTx& tx, const Scope& scope, int64_t after, int64_t newest) {
  LG_ASSIGN(const auto end,
            find_row<int64_t>(tx,
                              "SELECT position FROM event WHERE sandbox = :sandbox AND position > :after"
                              " ORDER BY position LIMIT 1 OFFSET :count",
                              scope.sandbox, after, events_examined_max - 1));
  return end.value_or(newest);
}

Result<std::vector<Event>> matching(ReadTx& tx, const Sight& sight, const EventQuery& query, int64_t end) {
  static const std::string sql = select_events(
      "WHERE e.sandbox = :sandbox AND e.position > :after AND e.position <= :end AND e.org = :org"
      " AND (:sees_all = 1 OR e.dataset_id IN (SELECT value FROM json_each(:seen)))"
      " AND (:all_datasets = 1 OR e.dataset_id IN (SELECT value FROM json_each(:datasets)))"
      " AND (:all_kinds = 1 OR e.kind IN (SELECT value FROM json_each(:kinds)))"
      " ORDER BY e.position LIMIT :limit");
  const std::string datasets = texts(query.datasets, [](const DatasetId& id) { return id.text(); });
  const std::string kinds = texts(query.kinds, [](const std::string& kind) { return kind; });
  return find_rows<Event>(tx, sql, sight.sandbox, query.after, end, sight.org, !sight.is_narrow(),
                          sight.is_narrow() ? sight.listed_json() : "[]", query.datasets.empty(), datasets,
                          query.kinds.empty(), kinds, query.limit);
}

}  // namespace

// The last events are the counters: retention leaves them, so that no number is given twice.
Result<int64_t> append_event(Tx& tx, const Event& event) {
  LG_ASSIGN(
      const auto seq,
      find_row<int64_t>(
          tx,
          "INSERT INTO event (sandbox, position, org, dataset_id, seq, at, kind, batch_id, detail) VALUES (:sandbox,"
          " (SELECT coalesce(max(position), 0) + 1 FROM event WHERE sandbox = :same_sandbox), :org, :dataset,"
          " (SELECT coalesce(max(seq), 0) + 1 FROM event WHERE dataset_id = :same_dataset), :at, :kind, :batch,"
          " :detail) RETURNING seq",
          event.scope.sandbox, event.scope.sandbox, event.scope.org, event.dataset_id, event.dataset_id, event.at,
          event.kind, event.batch_id, event.detail));
  tx.on_commit({.kind = Wake::Kind::event,
                .batch = event.batch_id,
                .dataset = event.dataset_id,
                .sandbox = event.scope.sandbox});
  LG_TRY(make_lanes_due(tx, event.dataset_id, seq.value(), event.at));
  return seq.value();
}

Result<std::vector<Event>> list_events(ReadTx& tx, const DatasetId& id, int64_t after_seq, int64_t limit) {
  static const std::string sql =
      select_events("WHERE e.dataset_id = :dataset AND e.seq > :after ORDER BY e.seq LIMIT :limit");
  return find_rows<Event>(tx, sql, id, after_seq, limit);
}

Result<EventPage> list_scope_events(ReadTx& tx, const Sight& sight, const EventQuery& query) {
  LG_ASSIGN(const int64_t newest, newest_position(tx, sight));
  if (newest <= query.after) return EventPage{.through = query.after};
  const bool filtered = sight.is_narrow() || !query.datasets.empty() || !query.kinds.empty();
  int64_t end = newest;
  if (filtered) {
    LG_ASSIGN(end, end_of_look(tx, sight, query.after, newest));
  }
  EventPage page;
  LG_ASSIGN(page.events, matching(tx, sight, query, end));
  const bool full = std::ssize(page.events) >= query.limit;
  page.through = full && !page.events.empty() ? page.events.back().position : end;
  page.more = page.through < newest;
  return page;
}

Result<int64_t> newest_position(ReadTx& tx, const Scope& scope) {
  return number(tx, "SELECT position FROM event WHERE sandbox = :sandbox AND org = :org ORDER BY position DESC LIMIT 1",
                scope.sandbox, scope.org);
}

Result<int64_t> newest_seq(ReadTx& tx, const DatasetId& id) {
  return number(tx, "SELECT seq FROM event WHERE dataset_id = :dataset ORDER BY seq DESC LIMIT 1", id);
}

Result<int64_t> removed_position(ReadTx& tx, const Scope& scope) {
  return number(tx,
                "SELECT r.position FROM removed_events r JOIN sandbox s ON s.number = r.sandbox"
                " WHERE r.sandbox = :sandbox AND s.org = :org",
                scope.sandbox, scope.org);
}

Result<int64_t> first_kept_seq(ReadTx& tx, const DatasetId& id) {
  return number(tx, "SELECT seq FROM event WHERE dataset_id = :dataset ORDER BY seq LIMIT 1", id);
}

}  // namespace lakegate::ledger
