// Fields that descriptors stand on: a change of a resource must not take these away.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"
#include "xdm/document.h"

namespace lakegate::registry {

struct LostField {
  std::string path;        // as the descriptor has it
  std::string descriptor;  // @id
  std::string type;        // @type
};

// Of the descriptors on the resource, and of the relationships that lead to it: the fields that its resolved tree does
// not have.
Result<std::vector<LostField>> fields_lost(ReadTx& ledger, const Scope& scope, const ResourceId& resource,
                                           const xdm::JsonObject& tree);

}  // namespace lakegate::registry
