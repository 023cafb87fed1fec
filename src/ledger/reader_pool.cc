#include "ledger/reader_pool.h"

#include <exception>

#include "base/error_codes.h"

namespace lakegate::ledger {

ReaderPool::ReaderPool(std::filesystem::path file, const LedgerOptions& options)
    : file_(std::move(file)),
      readers_max_(options.readers_max),
      wait_max_(options.reader_wait_max),
      time_max_(options.read_time_max) {}

Status ReaderPool::read(const Function& function) {
  LG_ASSIGN(std::unique_ptr<Connection> connection, take());
  connection->set_deadline(std::chrono::steady_clock::now() + time_max_);
  Status status = connection->run("BEGIN", Connection::Keep::cached);
  if (status.has_value()) {
    ReadTx tx(*connection);
    try {
      status = function(tx);
    } catch (const std::exception& error) {
      status = fail(codes::internal, "A question to the ledger threw: {}", error.what());
    }
    // What was read before a failure may be half of it: the closure cannot have made sense of that.
    if (status.has_value() && connection->failure().has_value()) status = std::unexpected(*connection->failure());
  }
  connection->set_deadline(std::nullopt);
  const Status ended = connection->in_transaction() ? connection->run("ROLLBACK", Connection::Keep::cached) : Status();
  const bool usable = ended.has_value() && connection->damage() < Damage::disk;
  connection->clear_failure();
  give_back(usable ? std::move(connection) : nullptr);
  return status;
}

Result<std::unique_ptr<Connection>> ReaderPool::take() {
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, wait_max_, [this] { return out_ < readers_max_; })) {
      return fail(codes::unavailable, "All {} readers of the ledger are busy. Try again in a moment.", readers_max_);
    }
    ++out_;
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto opened = Connection::open(file_, Connection::Access::read);
  if (!opened.has_value()) give_back(nullptr);
  return opened;
}

// Null: it is no good any more.
void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --out_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace lakegate::ledger
