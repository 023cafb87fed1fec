// Unions: one view of all schemas of a class that have the tag "union". Made whenever they are asked for, never stored;
// their $id is the class's with "__union" behind it.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/resource.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

inline constexpr std::string_view union_suffix = "__union";
inline constexpr int64_t union_schemas_max = 1000;  // of one sandbox

bool is_union_id(std::string_view id_or_alt_id);

// By title. Two schemas of a union may give one field different types: the later one counts in the full view.
Result<std::vector<Resource>> list_unions(ReadTx& ledger, const Scope& scope);
// `schema_not_found`: no schema of the class has the tag.
Result<Resource> find_union(ReadTx& ledger, const Scope& scope, std::string_view id_or_alt_id);
Result<xdm::ResolvedSchema> resolve_union(ReadTx& ledger, const Scope& scope, const Resource& made);

}  // namespace lakegate::registry
