#include "pipeline/schema_cache.h"

#include "ledger/datasets.h"

namespace lakegate::pipeline {

using validation::ValidationSchema;

Result<std::shared_ptr<const ValidationSchema>> SchemaCache::get(ReadTx& tx, const DatasetId& dataset,
                                                                 int64_t schema_version) {
  const Key key(dataset, schema_version);
  if (const auto found = places_.find(key); found != places_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().second;
  }
  LG_ASSIGN(ledger::PinnedSchema pinned, ledger::get_pinned_schema(tx, dataset, schema_version));
  entries_.emplace_front(
      key, ValidationSchema::make(std::move(pinned.check_schema_json), std::move(pinned.table_schema_json)));
  places_[key] = entries_.begin();
  if (entries_.size() > schemas_max_) {
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
  return entries_.front().second;
}

}  // namespace lakegate::pipeline
