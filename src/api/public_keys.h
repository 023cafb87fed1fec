// The public keys of the calling client, for the JWT exchange.
#pragma once

#include "api/gateway.h"
#include "base/clock.h"
#include "http/router.h"
#include "ledger/ledger.h"

namespace lakegate::api {

// References outlive the router.
struct PublicKeyRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  const Clock& clock;
};

// /admin/public-keys: POST `{"publicKey": PEM}` registers a public key or certificate, 201 and the key; again: the
// same. GET lists them. DELETE /admin/public-keys/{keyId}: 204, also where there is none. All of the client that calls,
// in the audit trail.
void add_public_key_routes(http::Router& router, const PublicKeyRoutes& parts);

}  // namespace lakegate::api
