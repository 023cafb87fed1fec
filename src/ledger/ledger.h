// Ledger: our facts in SQL. SQLite in WAL mode with synchronous=FULL; one writer at a time with group commit, readers
// beside it. Operations are free functions in the other headers of this folder. DESIGN.md here has the why.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

#include "base/fatal.h"
#include "base/histogram.h"
#include "base/result.h"
#include "ledger/transaction.h"

namespace lakegate {

struct LedgerOptions {
  size_t write_queue_max = 4096;                     // closures waiting; over it `unavailable`
  size_t group_members_max = 256;                    // closures in one commit
  size_t readers_max = 16;                           // reading at the same time
  std::chrono::milliseconds reader_wait_max{5'000};  // for one of those; over it `unavailable`
  std::chrono::milliseconds read_time_max{10'000};   // of one closure's statements; over it `unavailable`
  int64_t log_bytes_checkpoint = 4LL << 20;          // of the write-ahead log: copy it into the database file
  int64_t log_bytes_max = 256LL << 20;               // writers wait for a moment until the log could restart
  std::chrono::milliseconds idle_restart{10'000};    // without a write: copy all of the log
  FatalHandler on_fatal = stop_process;
};

// Thread-safe. All callers must have returned before it is destroyed.
class Ledger {
 public:
  // Makes the file and its folder entry durable where it is new, and brings an older one to this binary's migration.
  // `invalid`: the file is no ledger, or a newer binary wrote it. Whoever opens holds the folder's lock.
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file, const LedgerOptions& options = {});
  ~Ledger();

  // Runs `closure(Tx&)`, which returns a Result or Status, and returns what it returned, after the commit was made
  // durable. On this thread or on that of another caller, who writes for all that wait. Blocks: never call it on a
  // network thread, nor inside a closure. The closure has no side effects outside of its captures and may run again.
  //
  // `unavailable`: the queue is full or the ledger stopped; nothing happened.
  // `no_space`: the disk is full; nothing happened.
  // `commit_unknown`: the disk failed while committing; the server is about to stop.
  template <class Closure>
  auto write(Closure&& closure) -> std::invoke_result_t<Closure&, Tx&>;

  // Runs `closure(ReadTx&)` on the caller's thread with a connection of its own. It sees every write that was answered
  // before it began.
  template <class Closure>
  auto read(Closure&& closure) -> std::invoke_result_t<Closure&, ReadTx&>;

  // `listener` runs on the thread that wrote after each commit that has wakes, before the callers are answered: it only
  // enqueues. Not to be called while others write.
  using Listener = std::function<void(std::span<const Wake>)>;
  void add_listener(Listener listener);

  struct Counts {
    int64_t commits = 0;  // groups
    int64_t members = 0;  // closures that were committed
    int64_t refused = 0;  // closures that found the queue full
    int64_t waiting = 0;  // closures in the queue now
    int64_t log_bytes = 0;
    HistogramCounts commit_us = {};    // of each commit, its sync included
    HistogramCounts group_sizes = {};  // members of each commit
  };
  Counts counts() const;

 private:
  struct State;
  using WriteFunction = std::function<Status(Tx&)>;
  using ReadFunction = std::function<Status(ReadTx&)>;

  explicit Ledger(std::unique_ptr<State> state);
  Status run_write(const WriteFunction& function);
  Status run_read(const ReadFunction& function);

  std::unique_ptr<State> state_;
};

template <class Closure>
auto Ledger::write(Closure&& closure) -> std::invoke_result_t<Closure&, Tx&> {
  using Answer = std::invoke_result_t<Closure&, Tx&>;
  std::optional<Answer> answer;
  const Status status = run_write([&](Tx& tx) -> Status {
    answer.emplace(closure(tx));
    if (!answer->has_value()) return std::unexpected(answer->error());
    return {};
  });
  if (!status.has_value()) return std::unexpected(status.error());
  return std::move(*answer);
}

template <class Closure>
auto Ledger::read(Closure&& closure) -> std::invoke_result_t<Closure&, ReadTx&> {
  using Answer = std::invoke_result_t<Closure&, ReadTx&>;
  std::optional<Answer> answer;
  const Status status = run_read([&](ReadTx& tx) -> Status {
    answer.emplace(closure(tx));
    if (!answer->has_value()) return std::unexpected(answer->error());
    return {};
  });
  if (!status.has_value()) return std::unexpected(status.error());
  return std::move(*answer);
}

}  // namespace lakegate
