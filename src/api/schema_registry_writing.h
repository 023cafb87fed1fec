// Writing the registry: POST, PUT, PATCH and DELETE of a tenant's resources.
#pragma once

#include "api/schema_registry.h"
#include "http/request.h"
#include "http/response.h"
#include "registry/resource.h"

namespace lakegate::api {

// 201 with the whole resource. With an Idempotency-Key the same answer again.
Result<http::Response> create_resource(const SchemaRegistryRoutes& parts, registry::ResourceType type,
                                       const http::Request& request, const auth::Identity& identity);

// 200 with the whole resource. PUT: the body is all that a POST needs. What changes nothing counts no version up, so
// that both may be sent again. If-Match takes eTags: `precondition_failed`.
Result<http::Response> replace_resource(const SchemaRegistryRoutes& parts, registry::ResourceType type,
                                        const http::Request& request, const auth::Identity& identity);
// PATCH: an array of JSON Patch operations, on the resource as a raw look-up shows it.
Result<http::Response> patch_resource(const SchemaRegistryRoutes& parts, registry::ResourceType type,
                                      const http::Request& request, const auth::Identity& identity);

// 204.
Result<http::Response> delete_resource(const SchemaRegistryRoutes& parts, registry::ResourceType type,
                                       const http::Request& request, const auth::Identity& identity);

}  // namespace lakegate::api
