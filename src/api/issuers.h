// Outside issuers: whose OIDC tokens an org takes, and which API key each of them acts with.
#pragma once

#include "api/gateway.h"
#include "auth/directory.h"
#include "auth/outside_tokens.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/router.h"
#include "ledger/ledger.h"

namespace lakegate::api {

// References outlive the router.
struct IssuerRoutes {
  const Gateway& gateway;
  const auth::Directory& directory;
  auth::OutsideTokens& outside;
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  bool http_allowed = false;  // setting auth.issuer_http
};

// /admin/issuers: POST registers one (auth/issuer_json.h), GET lists them; /admin/issuers/{issuerId}: GET shows one,
// PUT replaces all but its address, DELETE removes it, 204 also where there is none. An org sees and changes its own
// and maps to its own API keys; the first org, the operator's, sees and changes all and maps to any. Each change is in
// the audit trail of the org and of every org whose keys it names, and holds when it is answered.
//
// POST /admin/issuers/test `{"token"}`: whether the token would be taken and by what, or why not; 200 either way.
void add_issuer_routes(http::Router& router, const IssuerRoutes& parts);

}  // namespace lakegate::api
