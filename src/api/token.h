// The token routes, contract/auth.md "Token endpoints": client credentials become an access token.
#pragma once

#include "auth/authenticator.h"
#include "http/router.h"

namespace lakegate::api {

// POST /ims/token/v1, v2 and v3, and /iceberg/v1/oauth/tokens for readers that only know that one. `authenticator`
// outlives the router.
void add_token_routes(http::Router& router, const auth::Authenticator& authenticator);

}  // namespace lakegate::api
