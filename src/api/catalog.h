// The Catalog's routes, contract/catalog.md: /data/foundation/catalog.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "api/gateway.h"
#include "api/page_marks.h"
#include "base/clock.h"
#include "base/random.h"
#include "events/commit_watch.h"
#include "http/router.h"
#include "http/worker_pool.h"
#include "ledger/ledger.h"
#include "objects/object_store.h"
#include "promotion/promoter.h"
#include "registry/resolution_gate.h"

namespace lakegate::api {

// References outlive the router.
struct CatalogRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  const ObjectStore& objects;  // where tables are
  const Clock& clock;
  Random& random;
  registry::ResolutionGate& resolutions;     // datasets are created of resolved schemas
  Promoter& promoter;                        // DELETE of a batch takes it out of its table
  http::WorkerPool& pool;                    // for what waits first
  events::CommitWatch& watch;                // GET of a batch with Prefer: wait
  std::chrono::seconds wait_max{60};         // setting http.wait_max
  std::string active_word = "active";        // setting catalog.active_status
  Millis reader_grace = 24LL * 3600 * 1000;  // setting storage.reader_grace: objects of a deleted dataset
  Millis batch_time_to_live = 0;             // setting storage.batch_time_to_live, of datasets without one of their own
  std::shared_ptr<PageMarks> page_marks = std::make_shared<PageMarks>();
};

// /dataSets: POST, GET; /dataSets/{id}: GET, PUT, PATCH, DELETE; /v2/dataSets/{id}: PATCH.
void add_catalog_dataset_routes(http::Router& router, const CatalogRoutes& parts);

// /batches: GET, POST; /batches/{id}, also spelled /batch/{id}: GET, POST, PUT, PATCH, DELETE. GET of one with
// `Prefer: wait=N` (RFC 7240) is answered when the batch came to its end, or after N seconds.
void add_catalog_batch_routes(http::Router& router, const CatalogRoutes& parts);

// /dataSetFiles and /dataSetFiles/{id}, /dataSets/{id}/views/{view}/files: GET. /dataSetViews: GET, POST;
// /dataSetViews/{id}, /dataSets/{id}/views, /dataSets/{id}/views/{view}: GET.
void add_catalog_view_routes(http::Router& router, const CatalogRoutes& parts);

// /lastBatches, /batches/uniques/{field}, /tags/{namespace}: GET.
void add_catalog_value_routes(http::Router& router, const CatalogRoutes& parts);

// POST /: several operations, all or none.
void add_catalog_multi_request_route(http::Router& router, const CatalogRoutes& parts);

// All of them.
inline void add_catalog_routes(http::Router& router, const CatalogRoutes& parts) {
  add_catalog_dataset_routes(router, parts);
  add_catalog_batch_routes(router, parts);
  add_catalog_view_routes(router, parts);
  add_catalog_value_routes(router, parts);
  add_catalog_multi_request_route(router, parts);
}

}  // namespace lakegate::api
