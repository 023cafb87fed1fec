// Previews: the first rows of a batch in the form of the Batch Ingestion API, of a dataset in that of Data Access.
#pragma once

#include <boost/json/object.hpp>

#include "access/previewer.h"
#include "api/gateway.h"
#include "http/request.h"
#include "http/router.h"

namespace lakegate::api {

// References outlive the router.
struct PreviewRoutes {
  const Gateway& gateway;
  access::Previewer& previewer;
};

// GET /data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview?nrow=1…100 (0 or absent: 10). Parameters
// that are about CSV and JSON are repeated in the answer and mean nothing for Parquet.
void add_import_preview_route(http::Router& router, const PreviewRoutes& parts);

// GET /data/foundation/export/datasets/{datasetId}/preview: the first 100 rows of the newest active batches.
void add_export_preview_route(http::Router& router, const PreviewRoutes& parts);

// Both.
inline void add_preview_routes(http::Router& router, const PreviewRoutes& parts) {
  add_import_preview_route(router, parts);
  add_export_preview_route(router, parts);
}

// PreviewResponse: columns have their field id as `cid`, rows are keyed by it. Takes the rows out of `preview`.
boost::json::object render_preview(access::Preview& preview, const http::Request& request);

}  // namespace lakegate::api
