// /stats and /rpc/…: what stands beside the registry's containers and needs no Accept.
#pragma once

#include "api/schema_registry.h"
#include "http/router.h"

namespace lakegate::api {

// GET /stats, /rpc/export/{id}, /rpc/sampledata/{id}, /rpc/auditlog/{id}; POST /rpc/import, and /rpc/export as another
// name of it, as a public client has it.
void add_schema_rpc_routes(http::Router& router, const SchemaRegistryRoutes& parts);

}  // namespace lakegate::api
