// What is remembered of each act on a resource: one entry of the audit trail, which GET /rpc/auditlog/{id} shows.
#pragma once

#include <boost/json/array.hpp>

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/draft.h"
#include "registry/resource.h"

namespace lakegate::registry {

enum class ResourceAct { create, update, remove };

// In the transaction that does it: "resource.create" and so on, with the members that differ from `former` (none: all
// of them are new), up to `differences_max`.
Status record_resource_act(Tx& tx, const Author& author, const Resource& resource, ResourceAct act,
                           const xdm::JsonObject& former, Millis at);

// The same of one that came with an import of a library: "resource.import". What it says is the library's, and not
// repeated here. `outcome`: "created", "replaced", "updated".
Status record_import(Tx& tx, const Author& author, const Resource& resource, std::string_view outcome, Millis at);

inline constexpr size_t differences_max = 100;  // that one entry holds
inline constexpr int64_t audit_entries_max = 1000;

// `{"action": "add" | "remove" | "replace", "path", "value"}` for each member in which they differ, at any depth;
// what the registry counts up by itself (version, meta:registryMetadata) is left out.
boost::json::array differences(const xdm::JsonObject& former, const xdm::JsonObject& now);

// The trail of one resource, newest first, as the wire has it. Empty: nothing is known of it.
Result<boost::json::array> audit_trail(ReadTx& tx, const Author& reader, std::string_view id);

}  // namespace lakegate::registry
