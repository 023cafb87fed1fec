// The fields that descriptors stand on: where they are, and that a change of a resource must not take them away.
#pragma once

#include <string>
#include <string_view>
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

// Sets `meta:status` "deprecated" on the fields of a full view that descriptors of it, or of what it extends, name so.
Status mark_deprecated(ReadTx& ledger, const Scope& scope, const ResourceId& schema, xdm::JsonObject& tree);

// The field at a descriptor's path ("/a/b", names as in a resolved tree; lists and maps are passed through, with or
// without "[*]"); null: there is none.
const xdm::JsonObject* field_at(const xdm::JsonObject& tree, std::string_view path);
xdm::JsonObject* field_at(xdm::JsonObject& tree, std::string_view path);

}  // namespace lakegate::registry
