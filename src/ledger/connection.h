// Connection: one SQLite session with its prepared statements. Used by one thread at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/statement.h"

namespace soci {
class session;  // NOLINT(readability-identifier-naming): SOCI's name
}

namespace lakegate::ledger {

// Of the file of the write-ahead log: taken from the disk at the start and kept, so that a few changes can be made
// though the disk is full.
inline constexpr int64_t log_file_bytes = 8 << 20;

// How an error of SQLite leaves the transaction.
enum class Damage {
  none,         // the statement was undone, the transaction goes on
  transaction,  // it may be gone already; nothing of it may be committed (FULL, NOMEM, INTERRUPT)
  disk,         // the same, and the disk cannot be trusted: the server must stop (IOERR, CORRUPT)
};

class Connection {
 public:
  enum class Access { write, read, checkpoint };

  // `invalid`: not a database. Sets what every connection needs: WAL, synchronous=FULL, foreign keys, no automatic
  // checkpoint.
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, Access access);
  ~Connection();

  // From the cache, or prepared now. The cache holds what is in the source alone; a text made at run time is `once`.
  enum class Keep { cached, once };
  Result<std::shared_ptr<Statement>> statement(std::string_view sql, std::span<const CellKind> parameters,
                                               std::span<const CellKind> columns, Keep keep = Keep::cached);
  void drop(std::string_view sql);

  // BEGIN, SAVEPOINT and the like; no parameters, no rows.
  Status run(std::string_view sql, Keep keep = Keep::once);

  bool in_transaction() const;

  // What the transaction met that a closure must not pass over: kept until cleared.
  Damage damage() const { return damage_; }
  const std::optional<Error>& failure() const { return failure_; }
  void clear_failure();

  // Statements that are still running then end with `unavailable`. None: no limit.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) { deadline_ = deadline; }

  // Called after each commit of this connection with the length of the write-ahead log.
  void on_log_growth(std::function<void(int64_t bytes)> function);

  // Copies the log into the database file, up to what readers still need. `restart`: waits for readers up to the busy
  // timeout, and the next commit begins the log anew. `busy` in the answer: others were in the way; no harm.
  struct Checkpoint {
    bool busy = false;
    int64_t log_bytes = 0;
    int64_t copied_bytes = 0;
  };
  Result<Checkpoint> checkpoint(bool restart);

  // In a catch block: turns SOCI's exception into an Error and notes the damage.
  Error caught(std::string_view what);

  soci::session& session() { return *session_; }

 private:
  struct Hooks;
  explicit Connection(std::unique_ptr<soci::session> session);
  Status set_up(Access access);
  Status use_write_ahead_log();
  Error note(int code, std::string_view words, std::string_view what);

  std::unique_ptr<soci::session> session_;
  std::unique_ptr<Hooks> hooks_;  // holds statements and what C callbacks point to
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  Damage damage_ = Damage::none;
  std::optional<Error> failure_;
};

}  // namespace lakegate::ledger
