// Change: a resource of the tenant becomes another one under its $id, or goes; and all that rests on it goes along:
// schemas that hold something of it, and the datasets of these, whose tables get the new columns in the same
// transaction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/resource_references.h"
#include "ledger/resources.h"
#include "ledger/transaction.h"
#include "registry/draft.h"
#include "registry/resource.h"
#include "registry/table_moves.h"

namespace lakegate::registry {

inline constexpr size_t move_bytes_max = 256 << 20;  // text of all pinned schemas that one change makes

// What a client asks for, e.g. a JSON Patch: from the stored document to the wanted one, whose server-set members do
// not count.
using Edit = std::function<Result<xdm::JsonObject>(const xdm::JsonObject& stored)>;

// What If-Match says of an eTag; empty: anything is fine.
using Condition = std::function<bool(std::string_view etag)>;

struct ChangeRequest {
  ResourceType type = ResourceType::schemas;
  std::string id;  // or altId
  Edit edit;
  Condition condition;
};

// A change that passed all checks but is not stored.
struct Change {
  Resource resource;            // as it becomes; as it is where nothing differs
  bool nothing_differs = true;  // the rest is empty then
  xdm::JsonObject former = {};
  ledger::Resource row = {};  // to be stored
  int64_t former_version = 0;
  int64_t registry_changes = 0;
  std::vector<ledger::Referrer> affected = {};
  // Others whose meta:extends differs because of it, with their versions.
  std::vector<ledger::Resource> rewritten = {};
  struct Users {
    ResourceId schema = {};
    std::vector<ledger::SchemaUser> datasets = {};
  };
  std::vector<Users> users = {};
  std::vector<TableMove> moves = {};
};

// Checks the whole: the resource by the rules of a new one, every resource that rests on it (it must still resolve),
// and every dataset. Reads only and resolves a lot: keep it off the ledger's writer. `schema_not_found`,
// `precondition_failed` (the condition), `schema_breaks_data`, and what `prepare` of draft.h refuses.
Result<Change> prepare_change(ReadTx& ledger, const Author& author, const ChangeRequest& request, Millis now);

// Stores it with its audit entry. `conflict`: something that it rests on has changed since; prepare it again.
Status store_change(Tx& ledger, const Author& author, const Change& change, Millis now);

// `schema_in_use` names who refers to it: resources, datasets, or the union tag. Its descriptors go along.
Status remove_resource(Tx& ledger, const Author& author, ResourceType type, std::string_view id,
                       const Condition& condition, Millis now);

}  // namespace lakegate::registry
