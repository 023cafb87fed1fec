// KnownTables: the states in which this server's rounds left their tables. A table under steady load is then not read
// from the ledger again, with a hundred snapshots, for each round.
#pragma once

#include <list>
#include <mutex>
#include <optional>

#include "model/table_state.h"

namespace lakegate {

// Thread-safe. The ledger's version decides: a state that others moved on from is never given out.
class KnownTables {
 public:
  explicit KnownTables(size_t tables_max) : tables_max_(tables_max) {}

  // The table's state, if it is of this version; from now on the caller's.
  std::optional<TableState> take(const DatasetId& dataset, int64_t version);
  // As it was committed.
  void keep(TableState table);

 private:
  const size_t tables_max_;
  std::mutex mutex_;
  std::list<TableState> tables_;  // guarded by mutex_; the longest here first
};

}  // namespace lakegate
