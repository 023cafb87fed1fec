#include "ledger/statement_costs_test_support.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "ledger/connection.h"

namespace lakegate::ledger {

using namespace sqlite_api;  // SOCI keeps SQLite's names there

struct StatementCosts::Hook {
  static int after(unsigned, void* costs, void* statement, void*) {
    auto* self = static_cast<StatementCosts*>(costs);
    auto* ended = static_cast<sqlite3_stmt*>(statement);
    ++self->statements_;
    if (sqlite3_stmt_status(ended, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1) > 0) {
      self->full_scans_.emplace_back(sqlite3_sql(ended));
    }
    if (sqlite3_stmt_status(ended, SQLITE_STMTSTATUS_SORT, 1) > 0) self->sorts_.emplace_back(sqlite3_sql(ended));
    return 0;
  }
};

StatementCosts::StatementCosts(const ReadTx& tx) {
  auto* database = static_cast<soci::sqlite3_session_backend*>(tx.connection().session().get_backend())->conn_;
  database_ = database;
  for (sqlite3_stmt* kept = nullptr; (kept = sqlite3_next_stmt(database, kept)) != nullptr;) {
    sqlite3_stmt_status(kept, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    sqlite3_stmt_status(kept, SQLITE_STMTSTATUS_SORT, 1);
  }
  rows_before_ = sqlite3_total_changes64(database);
  sqlite3_trace_v2(database, SQLITE_TRACE_PROFILE, &Hook::after, this);
}

StatementCosts::~StatementCosts() { sqlite3_trace_v2(static_cast<sqlite3*>(database_), 0, nullptr, nullptr); }

int64_t StatementCosts::rows_written() const {
  return sqlite3_total_changes64(static_cast<sqlite3*>(database_)) - rows_before_;
}

}  // namespace lakegate::ledger
