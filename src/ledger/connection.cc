#include "ledger/connection.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cerrno>
#include <unordered_map>

#include "base/error_codes.h"
#include "ledger/regular_expressions.h"

namespace lakegate::ledger {
namespace {

using namespace sqlite_api;  // SOCI keeps SQLite's names there

constexpr int operations_between_looks = 20'000;  // of SQLite's machine: about a millisecond

sqlite3* handle_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

Damage damage_of(int code) {
  switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN: return Damage::disk;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL: return Damage::transaction;
    default: return Damage::none;
  }
}

// SQLite calls some ways in which a disk is full errors of the disk: a used-up quota, and the shared index of the log
// that cannot grow. Nothing was written then that counts.
int true_code(int code, int system_error) {
  const bool full = code == SQLITE_IOERR_SHMSIZE ||
                    (code == SQLITE_IOERR_WRITE && (system_error == EDQUOT || system_error == ENOSPC));
  return full ? SQLITE_FULL : code;
}

const ErrorCode& code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return codes::no_space;
    case SQLITE_INTERRUPT:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM: return codes::unavailable;
    case SQLITE_CORRUPT: return codes::corrupt;
    case SQLITE_NOTADB: return codes::invalid_argument;
    default: return codes::internal;
  }
}

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace

struct Connection::Hooks {
  std::unordered_map<std::string, std::shared_ptr<Statement>, TextHash, std::equal_to<>> statements;
  std::function<void(int64_t bytes)> on_log_growth;
  int64_t page_bytes = 4096;

  static int look_at_deadline(void* connection) {
    const auto& deadline = static_cast<Connection*>(connection)->deadline_;
    return deadline.has_value() && std::chrono::steady_clock::now() > *deadline ? 1 : 0;
  }

  static int after_commit(void* hooks, sqlite3*, const char*, int pages) {
    auto* self = static_cast<Hooks*>(hooks);
    self->on_log_growth(pages * self->page_bytes);
    return SQLITE_OK;
  }
};

Connection::Connection(std::unique_ptr<soci::session> session)
    : session_(std::move(session)), hooks_(std::make_unique<Hooks>()) {}

Connection::~Connection() { hooks_->statements.clear(); }

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, Access access) {
  if (file.string().find('"') != std::string::npos) {
    return fail(codes::invalid_argument, "The ledger's path {} has a quotation mark; choose another path",
                file.string());
  }
  std::unique_ptr<soci::session> session;
  try {
    session = std::make_unique<soci::session>(soci::sqlite3, "db=\"" + file.string() + "\"");
  } catch (const std::exception& error) {
    return fail(codes::internal, "Cannot open the ledger {}: {}", file.string(), error.what());
  }
  std::unique_ptr<Connection> connection(new Connection(std::move(session)));
  if (const Status ready = connection->set_up(access); !ready) {
    return fail(*ready.error().code, "Cannot open the ledger {}: {}", file.string(), ready.error().message);
  }
  return connection;
}

// Checkpoints of SQLite's own are off: they happen inside a commit and swallow the disk's errors.
Status Connection::set_up(Access access) {
  // The checkpointer keeps the writer waiting while it waits itself.
  LG_TRY(run(access == Access::checkpoint ? "PRAGMA busy_timeout = 200" : "PRAGMA busy_timeout = 5000"));
  LG_TRY(run("PRAGMA trusted_schema = OFF"));
  LG_TRY(run("PRAGMA foreign_keys = ON"));
  LG_TRY(run("PRAGMA temp_store = MEMORY"));
  LG_TRY(use_write_ahead_log());
  LG_TRY(run("PRAGMA synchronous = FULL"));
  LG_TRY(run("PRAGMA wal_autocheckpoint = 0"));
  LG_TRY(run(fmt::format("PRAGMA journal_size_limit = {}", log_file_bytes)));
  LG_TRY(run(access == Access::write ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -8192"));
  if (access == Access::read) LG_TRY(run("PRAGMA query_only = ON"));
  LG_TRY(add_regular_expressions(*session_));
  sqlite3_progress_handler(handle_of(*session_), operations_between_looks, &Hooks::look_at_deadline, this);
  return {};
}

Result<std::shared_ptr<Statement>> Connection::statement(std::string_view sql, std::span<const CellKind> parameters,
                                                         std::span<const CellKind> columns, Keep keep) {
  if (keep == Keep::cached) {
    const auto found = hooks_->statements.find(sql);
    if (found != hooks_->statements.end()) return found->second;
  }
  try {
    auto statement = std::make_shared<Statement>(*this, std::string(sql), parameters, columns);
    if (keep == Keep::cached) hooks_->statements.emplace(sql, statement);
    return statement;
  } catch (...) {
    return std::unexpected(caught("prepare a statement"));
  }
}

void Connection::drop(std::string_view sql) {
  const auto found = hooks_->statements.find(sql);
  if (found != hooks_->statements.end()) hooks_->statements.erase(found);
}

Status Connection::use_write_ahead_log() {
  constexpr CellKind mode_kind[] = {CellKind::text};
  std::string mode;
  LG_ASSIGN(const std::shared_ptr<Statement> prepared,
            statement("PRAGMA journal_mode = WAL", {}, mode_kind, Keep::once));
  LG_TRY(prepared->run([&] { mode = prepared->text(0); }));
  if (mode == "wal") return {};
  return fail(codes::internal, "Its file system does not allow a write-ahead log (journal mode stays '{}')", mode);
}

Status Connection::run(std::string_view sql, Keep keep) {
  LG_ASSIGN(const std::shared_ptr<Statement> prepared, statement(sql, {}, {}, keep));
  auto changed = prepared->run([] {});
  if (changed.has_value()) return {};
  drop(sql);
  return std::unexpected(std::move(changed).error());
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_of(*session_)) == 0; }

void Connection::clear_failure() {
  damage_ = Damage::none;
  failure_.reset();
}

void Connection::on_log_growth(std::function<void(int64_t bytes)> function) {
  hooks_->on_log_growth = std::move(function);
  sqlite3_wal_hook(handle_of(*session_), &Hooks::after_commit, hooks_.get());
}

Result<Connection::Checkpoint> Connection::checkpoint(bool restart) {
  int log_pages = 0;
  int copied_pages = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_of(*session_), nullptr,
                                             restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                                             &log_pages, &copied_pages);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED) {
    return std::unexpected(note(sqlite3_extended_errcode(handle_of(*session_)), sqlite3_errmsg(handle_of(*session_)),
                                "copy the log into the ledger"));
  }
  return Checkpoint{code != SQLITE_OK, log_pages * hooks_->page_bytes, copied_pages * hooks_->page_bytes};
}

Error Connection::caught(std::string_view what) {
  sqlite3* handle = handle_of(*session_);
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    const int extended = sqlite3_extended_errcode(handle);
    return note((extended & 0xff) == (error.result() & 0xff) ? extended : error.result(), error.what(), what);
  } catch (const std::bad_alloc&) {
    return note(SQLITE_NOMEM, "out of memory", what);
  } catch (const std::exception& error) {
    return note(SQLITE_ERROR, error.what(), what);
  }
}

Error Connection::note(int code, std::string_view words, std::string_view what) {
  code = true_code(code, sqlite3_system_errno(handle_of(*session_)));
  Error error{&code_of(code), fmt::format("The ledger could not {}: {} (SQLite {})", what, words, code)};
  if ((code & 0xff) == SQLITE_INTERRUPT) {
    error.message = "The question to the ledger took too long and was ended. Ask for less, or try again later.";
  } else if ((code & 0xff) == SQLITE_FULL) {
    error.message = "The disk of the ledger is full. Make room and send the request again; nothing was changed.";
  }
  if (damage_of(code) > damage_) {
    damage_ = damage_of(code);
    failure_ = error;
  }
  return error;
}

}  // namespace lakegate::ledger
