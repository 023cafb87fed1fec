#include "ledger/work_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ledger/batch_rows.h"
#include "ledger/sql.h"

namespace lakegate {

namespace {

struct StatusCount {
  BatchStatus status = BatchStatus::loading;
  int64_t count = 0;
};

template <class Visit>
void visit_columns(Visit& visit, StatusCount& row) {
  visit(row.status, row.count);
}

}  // namespace

namespace ledger {
namespace {

Result<int64_t> count_some(ReadTx& tx, std::string_view sql) {
  LG_ASSIGN(const auto count, find_row<int64_t>(tx, sql, waiting_counted_max));
  return count.value_or(0);
}

Result<int64_t> count_some(ReadTx& tx, std::string_view sql, Millis now) {
  LG_ASSIGN(const auto count, find_row<int64_t>(tx, sql, now, waiting_counted_max));
  return count.value_or(0);
}

// Of each state those that were created first: where very many wait, one completed late may hide behind them.
Result<Millis> oldest_completed(ReadTx& tx, Millis now) {
  constexpr std::array statements = {
      "SELECT started FROM (SELECT started FROM batch WHERE status = 'loaded' ORDER BY id LIMIT 1000)"
      " ORDER BY started LIMIT 1",
      "SELECT started FROM (SELECT started FROM batch WHERE status = 'staging' ORDER BY id LIMIT 1000)"
      " ORDER BY started LIMIT 1",
      "SELECT started FROM (SELECT started FROM batch WHERE status = 'staged' ORDER BY id LIMIT 1000)"
      " ORDER BY started LIMIT 1"};
  Millis oldest = now;
  for (const char* sql : statements) {
    LG_ASSIGN(const auto started, find_row<Millis>(tx, sql));
    oldest = std::min(oldest, started.value_or(now));
  }
  return now - oldest;
}

// The orgs first: in the index's order nothing has to be sorted.
std::string ended_sql() {
  return fmt::format(
      "SELECT status, count(*) FROM batch INDEXED BY batch_by_status WHERE {} GROUP BY org, sandbox, status", is_ended);
}

std::string living_sql() {
  return fmt::format(
      "SELECT status, count(*) FROM batch INDEXED BY batch_living WHERE {} GROUP BY sandbox, dataset_id, status",
      is_living);
}

}  // namespace

Result<WaitingWork> count_waiting(ReadTx& tx, Millis now) {
  WaitingWork work;
  LG_ASSIGN(work.unjudged_files,
            count_some(tx, "SELECT count(*) FROM (SELECT 1 FROM object WHERE awaits_verdict = 1 LIMIT :most)"));
  LG_ASSIGN(work.objects_due, count_some(tx,
                                         "SELECT count(*) FROM (SELECT 1 FROM object WHERE state = 'condemned'"
                                         " AND due <= :now LIMIT :most)",
                                         now));
  LG_ASSIGN(work.objects_condemned, count_some(tx,
                                               "SELECT count(*) FROM (SELECT 1 FROM object WHERE state = 'condemned'"
                                               " AND due > :now LIMIT :most)",
                                               now));
  LG_ASSIGN(const auto first_due,
            find_row<Millis>(tx, "SELECT due FROM object WHERE state = 'condemned' ORDER BY due LIMIT 1"));
  work.sweep_lag = std::max<Millis>(0, now - first_due.value_or(now));
  LG_ASSIGN(work.oldest_completed, oldest_completed(tx, now));
  return work;
}

Result<BatchCounts> count_batches_by_status(ReadTx& tx) {
  BatchCounts counts{};
  for (const std::string& sql : {ended_sql(), living_sql()}) {
    LG_ASSIGN(const std::vector<StatusCount> rows, find_rows<StatusCount>(tx, sql));
    for (const StatusCount& row : rows) counts[static_cast<size_t>(row.status)] += row.count;
  }
  return counts;
}

}  // namespace ledger
}  // namespace lakegate
