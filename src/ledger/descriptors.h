// Descriptors of a sandbox: what its own schemas' fields mean beyond their type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct Descriptor {
  std::string id = {};  // @id, 40 hexadecimal digits
  Scope scope = {};
  std::string type = {};  // @type
  ResourceId source_schema = {};
  std::string source_property = {};
  ResourceId other_schema = {};  // that it leads to; empty: none
  std::string document = {};     // JSON text as registry/ writes it
  Millis created = 0;
  Millis updated = 0;
};

Status insert_descriptor(Tx& tx, const Descriptor& descriptor);
// Type, schemas, property, document and time of change.
Status update_descriptor(Tx& tx, const Descriptor& descriptor);
// These three: `descriptor_not_found`, also for another sandbox's.
Status delete_descriptor(Tx& tx, const Scope& scope, std::string_view id);
Result<Descriptor> find_descriptor(ReadTx& tx, const Scope& scope, std::string_view id);

Result<int64_t> count_descriptors(ReadTx& tx, const Scope& scope);
// By type, then id.
Result<std::vector<Descriptor>> list_descriptors(ReadTx& tx, const Scope& scope, int64_t limit);
Result<std::vector<Descriptor>> descriptors_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema,
                                                      int64_t limit);
// Relationships whose destination is the schema, by id.
Result<std::vector<Descriptor>> descriptors_leading_to(ReadTx& tx, const Scope& scope, const ResourceId& schema,
                                                       int64_t limit);
// Those of the schema, and those that lead to it.
Status delete_descriptors_of_schema(Tx& tx, const Scope& scope, const ResourceId& schema);

}  // namespace lakegate::ledger
