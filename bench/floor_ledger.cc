#include "floor_ledger.h"

#include <fmt/format.h>

#include <stdexcept>

namespace lakegate::bench {
namespace {

constexpr const char* tables = R"(
  CREATE TABLE batch (id INTEGER PRIMARY KEY, status TEXT NOT NULL, content TEXT NOT NULL);
  CREATE TABLE event (dataset INTEGER, seq INTEGER, content TEXT NOT NULL, PRIMARY KEY (dataset, seq)) WITHOUT ROWID;
  CREATE TABLE event_counter (dataset INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL);
  CREATE TABLE batch_history (batch INTEGER, number INTEGER, content TEXT NOT NULL, PRIMARY KEY (batch, number)) WITHOUT ROWID;
  CREATE TABLE object (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
  CREATE TABLE batch_file (batch INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE verdict (object INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE data_file (object INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE batch_snapshot (batch INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE table_snapshot (round INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE table_manifest (round INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE retired (round INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE iceberg_table (dataset INTEGER PRIMARY KEY, version INTEGER NOT NULL);
  INSERT INTO event_counter VALUES (1, 0);
  INSERT INTO iceberg_table VALUES (1, 0);
)";

[[noreturn]] void fail(sqlite3* database, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", what, sqlite3_errmsg(database)));
}

}  // namespace

FloorLedger::FloorLedger(const std::string& folder)
    : leader_([this](std::span<Change* const> changes) { commit(changes); }) {
  if (sqlite3_open((folder + "/floor.db").c_str(), &database_) != SQLITE_OK) fail(database_, folder);
  // SQLite's own checkpoints (each 1,000 pages) stay on: they cost two syncs a hundred commits or so.
  for (const char* sql :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536", tables}) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(database_, sql);
  }
}

FloorLedger::~FloorLedger() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

sqlite3_stmt* FloorLedger::prepared(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr && sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK)
    fail(database_, sql);
  return statement;
}

// Binds the numbers, then the text if there is one.
void FloorLedger::run(const char* sql, std::initializer_list<int64_t> numbers, std::string_view text) {
  sqlite3_stmt* statement = prepared(sql);
  int at = 0;
  for (const int64_t number : numbers) sqlite3_bind_int64(statement, ++at, number);
  if (!text.empty()) sqlite3_bind_text(statement, ++at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  if (sqlite3_step(statement) != SQLITE_DONE) fail(database_, sql);
  sqlite3_reset(statement);
}

void FloorLedger::add_event(int64_t batch) {
  const int64_t seq = ++next_event_;
  run("INSERT INTO event VALUES (1, ?, ?)", {seq}, fmt::format("{:0>115}", batch));
  run("UPDATE event_counter SET last_seq = ? WHERE dataset = 1", {seq});
}

void FloorLedger::add_history(int64_t batch, int64_t number) {
  run("INSERT INTO batch_history VALUES (?, ?, ?)", {batch, number}, std::string_view(filler_).substr(0, 86));
}

void FloorLedger::create(int64_t batch) {
  write([this, batch] {
    run("INSERT INTO batch VALUES (?, 'loading', ?)", {batch}, std::string_view(filler_).substr(0, 308));
    add_event(batch);
  });
}

void FloorLedger::name_file(int64_t batch) {
  write([this, batch] {
    run("INSERT INTO object (key) VALUES (?)", {}, fmt::format("data-{:x>120}", batch));
    run("INSERT INTO batch_file VALUES (?, ?)", {batch}, std::string_view(filler_).substr(0, 77));
    run("UPDATE batch SET status = 'loading' WHERE id = ?", {batch});
  });
}

// loaded, staging and staged at once.
void FloorLedger::complete(int64_t batch) {
  write([this, batch] {
    run("INSERT INTO verdict VALUES (?, ?)", {batch}, std::string_view(filler_).substr(0, 3172));
    run("INSERT INTO data_file VALUES (?, ?)", {batch}, std::string_view(filler_).substr(0, 26));
    for (const int64_t number : {1, 2, 3}) {
      add_history(batch, number);
      add_event(batch);
    }
    run("UPDATE batch SET status = 'staged' WHERE id = ?", {batch});
  });
}

void FloorLedger::publish(int64_t round, std::span<int64_t* const> batches) {
  write([this, round, batches] {
    for (const char* kind : {"manifest", "list"}) {
      run("INSERT INTO object (key) VALUES (?)", {}, fmt::format("{}-{:x>120}", kind, round));
    }
    run("INSERT INTO table_snapshot VALUES (?, ?)", {round}, std::string_view(filler_).substr(0, 473));
    run("INSERT INTO table_manifest VALUES (?, ?)", {round}, std::string_view(filler_).substr(0, 74));
    run("INSERT INTO retired VALUES (?, ?)", {round}, std::string_view(filler_).substr(0, 33));
    run("UPDATE iceberg_table SET version = ? WHERE dataset = 1", {round});
    for (const int64_t* batch : batches) {
      run("INSERT INTO batch_snapshot VALUES (?, ?)", {*batch}, std::string_view(filler_).substr(0, 71));
      add_history(*batch, 4);
      add_event(*batch);
      run("UPDATE batch SET status = 'active' WHERE id = ?", {*batch});
    }
  });
}

void FloorLedger::commit(std::span<Change* const> changes) {
  run("BEGIN IMMEDIATE", {});
  for (const Change* change : changes) (*change)();
  run("COMMIT", {});
}

void FloorLedger::write(Change change) { leader_.join(change); }

}  // namespace lakegate::bench
