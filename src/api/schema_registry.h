// The schema registry's routes, contract/schema-registry.md: /data/foundation/schemaregistry/{global|tenant}/{type}.
#pragma once

#include "api/gateway.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/router.h"
#include "ledger/ledger.h"
#include "registry/draft.h"
#include "registry/resolution_gate.h"

namespace lakegate::api {

// References outlive the router.
struct SchemaRegistryRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  registry::ResolutionGate& resolutions;
  registry::ResolutionGate& changes;  // lets one in: see schema_registry_writing.h
};

registry::Author registry_author(const auth::Identity& identity, const http::Request& request);

// GET lists and single resources of both containers; POST, PUT, PATCH and DELETE of a tenant's. `mixins` is another
// name of `fieldgroups`.
void add_schema_registry_routes(http::Router& router, const SchemaRegistryRoutes& parts);

}  // namespace lakegate::api
