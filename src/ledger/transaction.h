// ReadTx and Tx: what the ledger's operations work on. Values of these exist only inside a closure that runs in
// Ledger::read or Ledger::write; never keep one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/batch_status.h"
#include "model/ids.h"

namespace lakegate::ledger {
class Connection;
}

namespace lakegate {

// What a commit changed, for those who wait for work. A hint: whoever wakes reads the ledger, and reads it at start.
struct Wake {
  enum class Kind {
    batch_status,   // `batch`, `dataset`, `status`: a batch was created or moved
    file_complete,  // `batch`: an object waits for its verdict
    verdict,        // all files of completed `batch` are judged, and not all are good
    table,          // `dataset`: the table has a new version
    object,         // an object was condemned
    dataset,        // `dataset` is new, or what clients set of it changed
    lane,           // events of `dataset` wait for a subscription to deliver them
    subscription,   // one came, changed or went
    event,          // `dataset`, `sandbox`, perhaps `batch`: an event was written
  };
  Kind kind = Kind::batch_status;
  BatchId batch = {};
  DatasetId dataset = {};
  BatchStatus status = BatchStatus::loading;
  std::optional<BatchStatus> from = {};  // batch_status: none for one that is new
  SandboxNumber sandbox = {};
};

// One consistent view: every commit that was answered before the closure began, nothing later.
class ReadTx {
 public:
  explicit ReadTx(ledger::Connection& connection) : connection_(connection) {}
  ReadTx(const ReadTx&) = delete;
  ReadTx& operator=(const ReadTx&) = delete;

  // For the operations in ledger/ alone.
  ledger::Connection& connection() const { return connection_; }

 private:
  ledger::Connection& connection_;
};

// All or nothing: what the closure did is kept when it returns a value and its group commits, else none of it.
class Tx : public ReadTx {
 public:
  using ReadTx::ReadTx;

  // Handed to the listeners after the commit; dropped when the closure fails. The operations call it where they
  // change what a listener waits for.
  void on_commit(Wake wake) { wakes_.push_back(std::move(wake)); }

  std::vector<Wake>& wakes() { return wakes_; }

 private:
  std::vector<Wake> wakes_;
};

}  // namespace lakegate
