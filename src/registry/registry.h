// The schema registry's operations on the ledger: what a sandbox defines itself, on top of the built-in global library.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "registry/resource.h"
#include "xdm/resolver.h"

namespace lakegate::ledger {
class ReadTx;
class Tx;
}  // namespace lakegate::ledger

namespace lakegate::registry {

// Who creates, as server-set members of the document name it.
struct Author {
  Scope scope;
  std::string ims_org;
  std::string sandbox_id;
  std::string tenant_id;  // namespace without underscore
  std::string client_id;
  std::string user_id;
};

// A resource that passed all checks but is not stored. `dependencies`: what they relied on.
struct Draft {
  Resource resource;
  std::vector<ResourceId> dependencies;
};

// Checks a POSTed body and completes it: `$id`, `meta:…` and all else that the server sets. Reads only; resolves the
// whole tree, so keep it off the ledger's writer. `schema_invalid`, `schema_namespace`, `schema_reference_unknown`,
// `schema_type_clash`, `schema_title_taken`: each names member and reason.
Result<Draft> prepare(ledger::ReadTx& ledger, const Author& author, ResourceType type, const xdm::JsonObject& body,
                      Millis now, Random& random);

// Stores it. `schema_title_taken` when another resource took the title since; `conflict` when a dependency is gone.
Result<Resource> insert(ledger::Tx& ledger, const Author& author, const Draft& draft);

// By `$id` or `meta:altId`, decoded. `schema_not_found`.
Result<Resource> find(ledger::ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                      std::string_view id);

struct ListQuery {
  size_t limit = 300;       // at most 300
  bool descending = false;  // by title, then $id
  std::string start;        // titles strictly after (before) this one; empty: from the first
};

struct ResourcePage {
  std::vector<Resource> results;
  std::string next;  // title to start the next page after; empty: this is the last. Titles repeat in the global
                     // library: a page never ends between two equal ones
};

Result<ResourcePage> list(ledger::ReadTx& ledger, const Scope& scope, Container container, ResourceType type,
                          const ListQuery& query);

// The "full" tree of any resource that the scope can see; what a dataset pins when it is a schema.
Result<xdm::ResolvedSchema> resolve(ledger::ReadTx& ledger, const Scope& scope, const Resource& resource);

// The same for the schema with this $id or altId. `schema_not_found` when it is none.
Result<xdm::ResolvedSchema> resolve_schema(ledger::ReadTx& ledger, const Scope& scope, const ResourceId& id);

}  // namespace lakegate::registry
