// POST /admin/xdm/resources: a library of global resources, such as the public model, comes into the sandbox in
// bundles.
#pragma once

#include "api/schema_registry.h"
#include "http/router.h"

namespace lakegate::api {

// `{"resources": [{"type"?: "mixins", "document": {"$id": …}}, …]}`, at most registry::import_documents_max of them and
// http.body_bytes_max in all; any client may send them for its own sandbox. 200 `{"results": [{"$id", "type",
// "outcome", "version"} or {"$id", "type", "outcome": "refused", "code", "reason"}], "counts"}` in their order: each
// document comes in whole or not at all, whatever becomes of the others. Sent again it changes nothing; with an
// Idempotency-Key the answer is the same too.
void add_schema_import_routes(http::Router& router, const SchemaRegistryRoutes& parts);

}  // namespace lakegate::api
