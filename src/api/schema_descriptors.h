// /tenant/descriptors: what a schema's fields mean beyond their type.
#pragma once

#include "api/schema_registry.h"
#include "http/router.h"

namespace lakegate::api {

// GET lists all of the sandbox at once (there are registry::descriptors_max at most): grouped by @type, or for v2
// `{"results", "_page": {"next": null}}`; `property` chooses. POST 201 the descriptor; GET and PUT of one, PUT answers
// `{"@id"}` alone; DELETE 204.
void add_descriptor_routes(http::Router& router, const SchemaRegistryRoutes& parts);

}  // namespace lakegate::api
