// Who refers to whom among the resources of a sandbox, and how often these were changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// How often resources of the sandbox were changed or removed (never: created). What was prepared from them is stale
// when this has moved.
Result<int64_t> registry_change_count(ReadTx& tx, const Scope& scope);

struct Referrer {
  ResourceId id = {};
  std::string type = {};
  std::string title = {};
  int64_t version = 0;
};

// Resources that name this one by a $ref or in their meta:intendedToExtend, under either of its ids.
Result<std::vector<Referrer>> referrers(ReadTx& tx, const Scope& scope, const ResourceId& id, std::string_view alt_id,
                                        int64_t limit);

// All whose resolved form holds something of this one: itself and what leads to it by $refs, at any distance, in the
// order of creation. Only those that the ledger has.
Result<std::vector<Referrer>> affected_resources(ReadTx& tx, const Scope& scope, const ResourceId& id);

struct TaggedSchema {
  ResourceId class_id = {};
  ResourceId id = {};
};

// Tenant's schemas whose meta:immutableTags hold the tag, by class, then $id. Reads each schema's document.
Result<std::vector<TaggedSchema>> tagged_schemas(ReadTx& tx, const Scope& scope, std::string_view tag, int64_t limit);

}  // namespace lakegate::ledger
