// SchemaCache: the pinned schemas that files are being judged against. A pinned schema never changes, so an entry is
// never stale; the least recently used one goes when there are too many.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <utility>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"
#include "validation/validation_schema.h"

namespace lakegate::pipeline {

// One thread at a time.
class SchemaCache {
 public:
  explicit SchemaCache(size_t schemas_max) : schemas_max_(schemas_max) {}

  // The dataset's pinned schema of that version, out of the ledger where it is not here.
  Result<std::shared_ptr<const validation::ValidationSchema>> get(ReadTx& tx, const DatasetId& dataset,
                                                                  int64_t schema_version);

  size_t size() const { return entries_.size(); }

 private:
  using Key = std::pair<DatasetId, int64_t>;
  using Entry = std::pair<Key, std::shared_ptr<const validation::ValidationSchema>>;

  const size_t schemas_max_;
  std::list<Entry> entries_;  // the most recently used first
  std::map<Key, std::list<Entry>::iterator> places_;
};

}  // namespace lakegate::pipeline
