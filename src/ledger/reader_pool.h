// ReaderPool: a bounded set of connections for reading, each question with a time limit.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "ledger/connection.h"
#include "ledger/ledger.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

// Thread-safe.
class ReaderPool {
 public:
  using Function = std::function<Status(ReadTx&)>;

  ReaderPool(std::filesystem::path file, const LedgerOptions& options);

  // On the caller's thread, in a read transaction that sees one state.
  Status read(const Function& function);

 private:
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);

  const std::filesystem::path file_;
  const size_t readers_max_;
  const std::chrono::milliseconds wait_max_;
  const std::chrono::milliseconds time_max_;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
  size_t out_ = 0;                                 // guarded by mutex_; being used or opened
};

}  // namespace lakegate::ledger
