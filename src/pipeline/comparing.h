// Comparing: after an unclean stop, once and in the background: the objects in the store against the ledger. A loss of
// power may undo a removal that was not durable, and then the ledger knows nothing of the object any more: nobody else
// would ever remove it. The other way round it tells of objects that are lost.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/inspection.h"
#include "ledger/ledger.h"
#include "objects/object_store.h"

namespace lakegate::pipeline {

class Comparing {
 public:
  struct Outcome {
    int64_t objects = 0;  // in the store
    int64_t removed = 0;  // that the ledger does not know
    int64_t left = 0;     // the same, of a time when no server ran on this ledger: perhaps a newer ledger knows them
    int64_t lost = 0;     // that the ledger knows, missing or too short: `lakegate verify` says more
  };

  // `epoch`: of this start.
  Comparing(Ledger& ledger, ObjectStore& objects, int64_t epoch) : ledger_(ledger), objects_(objects), epoch_(epoch) {}
  ~Comparing() { stop(); }

  // One thread, which reads helpings of a thousand and remembers nothing of them.
  void start();
  // Gives up what is not done: the next start has to do it anew.
  void stop();

  // Nothing: not at its end. Thread-safe.
  std::optional<Outcome> outcome() const;

 private:
  void run();
  Status compare_store();
  Status compare_ledger();
  Status take_listed(std::span<const StoredObject> listed);
  Status take_unknown(const StoredObject& object);
  Status check_bytes(const ledger::InspectedObject& row);
  Status go_on() const;

  Ledger& ledger_;
  ObjectStore& objects_;
  const int64_t epoch_;
  std::atomic<bool> stopping_ = false;
  Outcome counts_;  // the thread's own

  mutable std::mutex mutex_;
  std::optional<Outcome> outcome_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace lakegate::pipeline
