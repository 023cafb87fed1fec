// Grants as JSON, as /admin/api-keys takes and shows them:
//
//   [{"rights": ["read", "ingest"], "sandbox": "prod" or null, "datasets": ["<id>", …] or null}, …] or null
//
// null where it stands: every sandbox; every dataset, those to come too; and for the whole, a key without restriction.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/grant.h"
#include "model/ids.h"

namespace lakegate::auth {

inline constexpr int64_t datasets_per_key_max = 1'000;  // of all grants together

// Names become numbers within the org. `invalid_argument` says which grant and member, what was found and what was
// expected; also for a sandbox that the org has not, and a dataset that does not live in it. The caller may see all of
// the org (manage/org), so that this tells nobody anything.
Result<std::optional<std::vector<Grant>>> read_grants(ReadTx& tx, OrgNumber org, const boost::json::value& json);

// The other way. A sandbox that is gone is left out with its grants.
Result<boost::json::value> render_grants(ReadTx& tx, OrgNumber org, const std::optional<std::vector<Grant>>& grants);

}  // namespace lakegate::auth
