// Issuers as JSON: what /admin/issuers takes and shows, and how the ledger keeps them.
#pragma once

#include <boost/json/object.hpp>

#include "auth/issuer.h"
#include "base/result.h"

namespace lakegate::auth {

// {"issuer", "audiences": […], "algorithms"?, "clockSkewSeconds"?, "tokens"?: "access" | "at+jwt" | "id", "userClaim"?,
// "mappings": [{"when": [{"claim", "equals" | "oneOf" | "contains"}], "apiKey"}]}. `invalid_argument` names the member,
// what was found and what is expected; members that nobody knows are refused, since a misspelled condition would be
// none.
Result<IssuerTerms> read_issuer(const boost::json::object& object);

boost::json::object to_json(const IssuerTerms& terms);

}  // namespace lakegate::auth
