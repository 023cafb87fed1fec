// LoadTableResult of the Iceberg REST catalog: metadata rendered from the ledger, so that a commit is readable at once.
#pragma once

#include "api/iceberg_rest.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "model/dataset.h"

namespace lakegate::api {

// `snapshots=refs|all`; ETag of what would be answered, If-None-Match with it: 304. `metadata-location` names the
// newest written file, which may be a moment older than the metadata beside it.
Result<http::Response> load_iceberg_table(const IcebergRoutes& parts, const Dataset& dataset,
                                          const http::Request& request);

// Whether a field `If-None-Match` (RFC 9110 section 13.1.2) names the entity tag, weakly compared.
bool names_entity_tag(std::string_view field, std::string_view tag);

}  // namespace lakegate::api
