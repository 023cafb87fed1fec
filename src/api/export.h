// Data Access, contract/data-access.md: /data/foundation/export. Downloads are exactly the bytes that were sent.
#pragma once

#include "api/gateway.h"
#include "http/router.h"
#include "ledger/ledger.h"
#include "objects/object_store.h"

namespace lakegate::api {

// References outlive the router.
struct ExportRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  ObjectStore& objects;
};

// GET /batches/{batchId}/files, /meta and /failed.
void add_export_batch_routes(http::Router& router, const ExportRoutes& parts);

// GET and HEAD /files/{dataSetFileId}: a page of its names, or with `path` its bytes.
void add_export_file_routes(http::Router& router, const ExportRoutes& parts);

// All of them.
inline void add_export_routes(http::Router& router, const ExportRoutes& parts) {
  add_export_batch_routes(router, parts);
  add_export_file_routes(router, parts);
}

}  // namespace lakegate::api
