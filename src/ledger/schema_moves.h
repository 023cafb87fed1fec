// Datasets as a change of their schema meets them, and how they move on to the next pinned schema.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct SchemaUser {
  DatasetId id = {};
  std::string name = {};
  int64_t schema_version = 0;  // pinned
  bool holds_data = false;     // a batch that is not known to have failed, or a snapshot
  bool operator==(const SchemaUser&) const = default;
};

// Living datasets of the sandbox with this schema, in the order of creation.
Result<std::vector<SchemaUser>> users_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema);

// The dataset's next batches are judged by the schema that it pinned as `from` + 1. `conflict`: it is not at `from`.
Status move_to_next_schema(Tx& tx, const DatasetId& id, int64_t from);

}  // namespace lakegate::ledger
