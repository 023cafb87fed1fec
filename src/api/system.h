// Routes about the server itself: is it alive, is it ready, who may use it.
#pragma once

#include <functional>
#include <string>

#include "api/gateway.h"
#include "auth/directory.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "http/router.h"
#include "ledger/ledger.h"

namespace lakegate::api {

// GET /: where the APIs are. GET /healthz: 200 as long as the process answers. GET /readyz: 200 `{"status":"ready"}`,
// or `ready`'s error while requests would fail.
void add_health_routes(http::Router& router, std::function<Status()> ready);

// References outlive the router.
struct OrgRoutes {
  const Gateway& gateway;
  const auth::Directory& directory;
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  std::string base_url;  // for the credentials; empty: as the request was addressed
};

// POST /admin/orgs `{"name", "tenant"?, "orgId"?}`: 201 and what DIR/credentials.json would hold, once. Only for
// clients of the first org, the operator's. GET lists them, without secrets.
void add_org_routes(http::Router& router, const OrgRoutes& parts);

}  // namespace lakegate::api
