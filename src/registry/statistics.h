// What GET /stats says of a sandbox's registry.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "ledger/transaction.h"
#include "registry/draft.h"

namespace lakegate::registry {

inline constexpr int64_t recent_resources_max = 10;
inline constexpr int64_t class_users_max = 1000;  // schemas that classUsage names in all

// `{"imsOrg", "tenantId", "counts", "recentlyCreatedResources", "recentlyUpdatedResources", "classUsage"}` of the
// tenant's own resources.
Result<boost::json::object> statistics(ReadTx& ledger, const Author& reader);

}  // namespace lakegate::registry
