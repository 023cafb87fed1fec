// MetadataFileWriter: `metadata/<version>-<uuid>.metadata.json` of every table, for readers that come without the
// catalog. Written after the commit and coalesced, because a table of 10,000 columns has a megabyte of it. The ledger
// knows which tables' files are behind; nothing is queued, so a crash loses nothing and a start catches up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "model/ids.h"

namespace lakegate {

class Ledger;
class ObjectStore;

struct MetadataFileSettings {
  Millis pause = 1'000;                      // between two files of one table
  Millis superseded_grace = 10 * 60 * 1000;  // between the next file and the removal of the last
};

class MetadataFileWriter {
 public:
  MetadataFileWriter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random,
                     MetadataFileSettings settings);
  ~MetadataFileWriter();  // stops

  void start();  // one thread; catches up at once
  void stop();   // returns when the file in hand is written

  // A table's pointer moved, or a table was born. Never blocks; from any thread.
  void wake();

  // Writes the file of this table now if it is behind, and returns its key. Blocks. Thread-safe.
  Result<ObjectKey> write(const DatasetId& dataset);

 private:
  void run();

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const MetadataFileSettings settings_;

  std::mutex mutex_;
  std::condition_variable wake_up_;
  bool woken_ = false;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace lakegate
