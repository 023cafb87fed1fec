// What clients were granted.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/grant.h"
#include "model/ids.h"

namespace lakegate::ledger {

inline constexpr int64_t grants_per_client_max = 64;

// In the order in which they were set. None: the client has no restriction.
Result<std::optional<std::vector<Grant>>> client_grants(ReadTx& tx, const ApiKey& client);
// In place of those it had; none lifts the restriction. `not_found`: the org has no such
// client. `invalid_argument`: an empty list, or too many.
Status set_client_grants(Tx& tx, OrgNumber org, const ApiKey& client, const std::optional<std::vector<Grant>>& grants);

}  // namespace lakegate::ledger
