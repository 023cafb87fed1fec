// /admin: who may use the server. Orgs are the operator's, whose keys are those of the server's first org; sandboxes,
// API keys and the audit trail are each org's own, and take the right to manage all of it. docs/administration.md.
#pragma once

#include <boost/json/value.hpp>

#include <string>

#include "api/gateway.h"
#include "auth/actor.h"
#include "auth/directory.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/router.h"
#include "ledger/ledger.h"
#include "ledger/orgs.h"
#include "upload/upload_quotas.h"

namespace lakegate::api {

// References outlive the router.
struct AdminRoutes {
  const Gateway& gateway;
  auth::Directory& directory;
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  std::string base_url;     // for credentials; empty: as the request was addressed
  Millis reader_grace = 0;  // for datasets that go with their org
};

// POST /admin/orgs `{"name", "tenant"?, "orgId"?}`: 201 and what DIR/credentials.json would hold, once. GET lists them,
// without secrets. /admin/orgs/{orgId}: GET; PATCH `{"name"}`; POST …/disable and …/enable; DELETE, 204, with
// ?force=true its datasets first.
void add_org_routes(http::Router& router, const AdminRoutes& parts);

// /admin/sandboxes: POST `{"name", "title"?, "type"?}`, 201; GET. /admin/sandboxes/{name}: GET, PATCH `{"title"}`,
// DELETE, 204.
void add_sandbox_routes(http::Router& router, const AdminRoutes& parts);
// The same by the platform's own paths, in its form: /data/foundation/sandbox-management/sandboxes.
void add_sandbox_management_routes(http::Router& router, const AdminRoutes& parts);

// /admin/api-keys: POST `{"name", "grants"?}`, 201 and the credentials, once; GET. /admin/api-keys/{apiKey}: GET, PATCH
// `{"name"?, "grants"?}`, POST …/rotate, …/revoke, …/enable, DELETE, 204.
void add_api_key_routes(http::Router& router, const AdminRoutes& parts);

struct QuotaRoutes {
  AdminRoutes admin;
  upload::UploadQuotas& uploads;
};

// GET /admin/quotas: limits and usage of the own org, with ?orgId= of another one for the operator. PUT and DELETE
// /admin/quotas/{orgId} and /admin/quotas/{orgId}/sandboxes/{name} for the operator alone.
void add_quota_routes(http::Router& router, const QuotaRoutes& parts);

// GET /admin/audit: who changed what, newest first, in pages. Of the own org, with ?orgId= of another one for the
// operator.
void add_audit_routes(http::Router& router, const AdminRoutes& parts);

// That of ?orgId=, perhaps a deleted one, or the caller's own. `operator_only`: it is another's. `not_found`.
Result<ledger::Org> org_asked_for(ReadTx& tx, const http::Request& request, const auth::Identity& identity);

auth::Actor actor_of(const AdminRoutes& parts, const http::Request& request, const auth::Identity& identity);

// `{…}` with that status.
http::Response json_answer(int status, const boost::json::value& body);
// The same, never kept by anyone on its way: it holds a secret.
http::Response secret_answer(int status, std::string body);

}  // namespace lakegate::api
