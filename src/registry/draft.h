// Draft: a resource on its way into the registry: checked and completed on a reader, then stored by the writer.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/resource.h"

namespace lakegate::registry {

class Library;

// Who creates, as members of the document name it.
struct Author {
  Scope scope;
  std::string ims_org;
  std::string tenant;  // namespace without its leading underscore
  std::string client_id;
  std::string user_id;
  std::string request_id = {};  // for the audit trail
};

// A resource that passed all checks but is not stored.
struct Draft {
  Resource resource;
  ResourceId class_id;  // of a schema; else empty
  Millis created = 0;
  int64_t registry_changes = 0;  // ledger::registry_change_count that the checks relied on
};

// Checks a POSTed body and completes it: `$id`, `meta:…` and all else that the server sets; what the client sent of
// these is dropped. Reads only, and resolves the whole tree: keep it off the ledger's writer. `schema_invalid`,
// `schema_namespace`, `schema_reference_unknown`, `schema_type_clash`, `schema_title_taken`: each names member and
// reason.
Result<Draft> prepare(ReadTx& ledger, const Author& author, ResourceType type, const xdm::JsonObject& body, Millis now,
                      Random& random);

// The same under a given $id, over a library on which other resources may be tried.
Result<Draft> prepare_as(ReadTx& ledger, Library& library, const Author& author, ResourceType type,
                         const xdm::JsonObject& body, const std::string& id, Millis now);
std::string new_id(const Author& author, ResourceType type, Random& random);

// Stores it, with its audit entry. `schema_title_taken`: another resource took the title since; `conflict`: a resource
// of the sandbox was changed or removed since, prepare it again.
Status insert(Tx& ledger, const Author& author, const Draft& draft);

}  // namespace lakegate::registry
