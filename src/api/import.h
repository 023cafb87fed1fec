// The Batch Ingestion API, contract/batch-ingestion.md and its README's "Decisions": /data/foundation/import.
#pragma once

#include <chrono>
#include <string>

#include "api/gateway.h"
#include "events/commit_watch.h"
#include "http/router.h"
#include "promotion/promoter.h"
#include "upload/uploads.h"

namespace lakegate::api {

// References outlive the router.
struct ImportRoutes {
  const Gateway& gateway;
  upload::Uploads& uploads;            // its ledger, pool, clock and randomness serve the batches too
  Promoter& promoter;                  // REVERT
  events::CommitWatch& watch;          // COMPLETE with Prefer: wait
  std::chrono::seconds wait_max{60};   // setting http.wait_max
  std::string active_word = "active";  // setting catalog.active_status
};

// POST /batches creates, POST /batches/{batchId}?action=COMPLETE|ABORT|FAIL|REVERT moves. PATCH /batches is the same as
// POST: a client in use sends its replays so. COMPLETE with `Prefer: wait=N` (RFC 7240) is answered when the batch came
// to its end, or after N seconds, with the batch as it is then.
void add_import_batch_routes(http::Router& router, const ImportRoutes& parts);

// Files of a batch: PUT, POST ?action=INITIALIZE|COMPLETE, PATCH, HEAD.
void add_import_file_routes(http::Router& router, const ImportRoutes& parts);

// All of them.
inline void add_import_routes(http::Router& router, const ImportRoutes& parts) {
  add_import_batch_routes(router, parts);
  add_import_file_routes(router, parts);
}

}  // namespace lakegate::api
