// ObjectReserve: objects that are in the ledger already (`writing`, of this epoch) and wait for somebody who writes
// their bytes. Who names an object begins another in the same transaction, for whoever comes next: then a file or a
// round costs one commit instead of two. In memory alone: what is left when the server stops the next start sweeps.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/ids.h"

namespace lakegate::ledger {

// Thread-safe. As many objects go round as were ever written at the same time.
class ObjectReserve {
 public:
  explicit ObjectReserve(size_t objects_max) : objects_max_(objects_max) {}

  // One of the dataset, from now on the caller's. Nothing: begin one.
  std::optional<ObjectKey> take(const DatasetId& dataset);

  // `key` was begun for the dataset, belongs to no batch, and that is durable; nobody has written to it.
  void add(const DatasetId& dataset, ObjectKey key);

  // Where it is full: the one that lay here longest, from now on the caller's, to condemn it.
  std::optional<ObjectKey> make_room();

  size_t size() const;

 private:
  struct Entry {
    DatasetId dataset;
    ObjectKey key;
  };
  using Place = std::list<Entry>::iterator;

  ObjectKey remove(Place place);

  const size_t objects_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;                                      // guarded by mutex_; the longest here first
  std::unordered_map<DatasetId, std::vector<Place>> of_dataset_;  // guarded by mutex_; never empty ones
};

}  // namespace lakegate::ledger
