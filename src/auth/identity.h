// Identity: who sends a request and what belongs to them, as the gateway established it.
#pragma once

#include <string>

#include "auth/rights.h"
#include "model/ids.h"
#include "model/sight.h"

namespace lakegate::auth {

// Made by the gateway alone, for one request. Whoever has one may act within `scope`, and nowhere else. The gateway has
// seen that the key has the route's right somewhere; on which datasets, `scope` knows: give it as it is, not as a mere
// Scope, to everything that finds datasets, batches or what belongs to them.
struct Identity {
  Sight scope;                  // org, sandbox and what of it is seen: what every look-up must name
  Grants grants;                // all that the key may
  ImsOrgId ims_org;             // "…@AdobeOrg"
  std::string sandbox_name;     // "prod" where the request named none
  std::string sandbox_id;       // opaque; the wire's `sandboxId`
  std::string tenant;           // tenant namespace without its leading underscore
  ApiKey client_id;             // createdClient
  std::string user_id;          // createdUser, updatedUser
  std::string request_id = {};  // for the audit trail
  std::string trace = {};       // W3C traceparent of the request, for what it causes
};

}  // namespace lakegate::auth
