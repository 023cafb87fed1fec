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
};

registry::Author registry_author(const auth::Identity& identity);

// GET lists and single resources of both containers; POST makes a tenant's. `mixins` is another name of `fieldgroups`.
void add_schema_registry_routes(http::Router& router, const SchemaRegistryRoutes& parts);

}  // namespace lakegate::api
