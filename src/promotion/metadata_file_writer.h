// MetadataFileWriter: `metadata/<version>-<uuid>.metadata.json` of every table, for readers that come without the
// catalog. Written after the commit and coalesced, because a table of 10,000 columns has a megabyte of it. The ledger
// knows which tables' files are behind; nothing is queued, so a crash loses nothing and a start catches up.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/tables.h"
#include "model/ids.h"
#include "objects/object_store.h"

namespace lakegate {

struct MetadataFileSettings {
  Millis pause = 1'000;                      // between two files of one table
  Millis superseded_grace = 10 * 60 * 1000;  // between the next file and the removal of the last
  Millis stop_time = 5'000;                  // that stop() takes for files that are behind
};

class MetadataFileWriter {
 public:
  MetadataFileWriter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random, int64_t epoch,
                     MetadataFileSettings settings = {});
  ~MetadataFileWriter();  // stops

  void start();  // one thread; catches up at once
  // Returns when all tables have their newest file, which who reads without the server needs then; what `stop_time` or
  // a full disk leaves, the next start writes.
  void stop();

  // A table's pointer moved, or a table was born. Never blocks; from any thread.
  void wake();

  // The newest file of this table, written now if it is behind. Blocks. Thread-safe.
  Result<ledger::MetadataFile> write(const DatasetId& dataset);

  // One pass over the tables whose file is behind: writes those whose pause is over. Returns how long the next one
  // waits; nothing where none does. The thread does only this.
  std::optional<Millis> write_due();

 private:
  void run();
  void write_rest();
  Status put_and_keep(const DatasetId& dataset, const ledger::MetadataFile& file, std::string_view text);
  void discard(const ObjectKey& key);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const int64_t epoch_;
  const MetadataFileSettings settings_;

  std::mutex writing_;                             // one file at a time
  std::unordered_map<DatasetId, Millis> written_;  // by write_due alone: those of the last pause

  std::mutex mutex_;
  std::condition_variable wake_up_;
  bool woken_ = true;      // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace lakegate
