// Identity: who sends a request and what belongs to them, as the gateway established it.
#pragma once

#include <string>

#include "model/ids.h"

namespace lakegate::auth {

// Made by the gateway alone, for one request. Whoever has one may act within `scope`, and nowhere else.
struct Identity {
  Scope scope;               // org and sandbox: what every look-up must name
  ImsOrgId ims_org;          // "…@AdobeOrg"
  std::string sandbox_name;  // "prod" where the request named none
  std::string sandbox_id;    // opaque; the wire's `sandboxId`
  std::string tenant;        // tenant namespace without its leading underscore
  ApiKey client_id;          // createdClient
  std::string user_id;       // createdUser, updatedUser
};

}  // namespace lakegate::auth
