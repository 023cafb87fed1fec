// Schema resources of a sandbox: the tenant's own, and global ones that it imported. Built-in ones are not here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct Resource {
  ResourceId id;       // $id
  std::string alt_id;  // meta:altId
  Scope scope;
  std::string container;  // "tenant" or "global"
  std::string type;       // meta:resourceType: schemas, classes, mixins, datatypes, behaviors
  std::string title;
  std::string class_id;  // meta:class of a schema, else empty
  std::string document;  // JSON text as registry/ writes it
  int64_t version = 0;   // minor: the wire's 1.N; counts changes
  Millis created = 0;
  Millis updated = 0;
  std::string created_user;
  std::string created_client;
  std::string updated_user;
  std::string updated_client;
};

// All that writes keeps what resource_references.h reads; a document is read with SQL's eyes for that. A global one,
// which may stand in for a built-in, counts as a change.
//
// `schema_title_taken`: a tenant resource of the sandbox, of whatever type, has the title (letter case counts);
// `conflict`: $id or altId is taken.
Status insert_resource(Tx& tx, const Resource& resource);

// Writes everything but id, altId, scope, container, type and what was at creation. `precondition_failed`: the stored
// version is not `expected_version`.
Status update_resource(Tx& tx, const Resource& resource, int64_t expected_version);
Status delete_resource(Tx& tx, const Scope& scope, const ResourceId& id);

// By $id or altId. `schema_not_found`, also for another sandbox's.
Result<Resource> find_resource(ReadTx& tx, const Scope& scope, std::string_view id_or_alt_id);
Result<std::optional<Resource>> find_tenant_resource_by_title(ReadTx& tx, const Scope& scope, std::string_view title);

struct ResourceQuery {
  std::string container = {};                   // empty: both
  std::string type = {};                        // empty: all
  std::string class_id = {};                    // empty: any
  bool descending = false;                      // by title, then $id
  std::optional<std::string> after_title = {};  // strictly beyond, in that direction
  int64_t limit = 300;
};
Result<std::vector<Resource>> list_resources(ReadTx& tx, const Scope& scope, const ResourceQuery& query);

// Of the tenant's own; without the document.
struct ResourceHead {
  ResourceId id = {};
  std::string alt_id = {};
  std::string type = {};
  std::string title = {};
  std::string class_id = {};
  int64_t version = 0;
  Millis created = 0;
  Millis updated = 0;
};
// Newest first, by creation or by change; reads the head of every row of the sandbox.
Result<std::vector<ResourceHead>> recent_resources(ReadTx& tx, const Scope& scope, bool by_update, int64_t limit);
// Schemas, by title.
Result<std::vector<ResourceHead>> schema_heads(ReadTx& tx, const Scope& scope, int64_t limit);

struct ResourceCount {
  std::string container;
  std::string type;
  int64_t count = 0;
};
Result<std::vector<ResourceCount>> count_resources(ReadTx& tx, const Scope& scope);

}  // namespace lakegate::ledger
