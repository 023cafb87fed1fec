// The Iceberg REST catalog, read-only: /iceberg/v1. Iceberg REST catalog specification; contract/iceberg.md "REST
// catalog". Namespaces are the sandboxes of the token's org, tables its datasets.
#pragma once

#include "api/gateway.h"
#include "http/router.h"
#include "ledger/ledger.h"
#include "objects/object_store.h"
#include "promotion/metadata_file_writer.h"

namespace lakegate::api {

// References outlive the router.
struct IcebergRoutes {
  const Gateway& gateway;
  Ledger& ledger;
  const ObjectStore& objects;
  MetadataFileWriter& metadata_files;  // a table that has none yet gets its first one when it is loaded
};

// Config, namespaces, tables: GET and HEAD. What writes is answered 405 by the router. api/token.h has the token route.
void add_iceberg_routes(http::Router& router, const IcebergRoutes& parts);

}  // namespace lakegate::api
