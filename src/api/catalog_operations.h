// The Catalog's operations, each on a transaction of its caller: a route runs one of them, POST / several together.
#pragma once

#include <span>
#include <string_view>

#include "api/catalog.h"
#include "api/gateway.h"
#include "auth/identity.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "ledger/transaction.h"

namespace lakegate::api {

// Paths are below catalog_root, as Router has them. The request is matched already.
struct CatalogRead {  // Right::read, all of them
  std::string_view path;
  Result<http::Response> (*run)(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity);
};
struct CatalogWrite {
  std::string_view method;
  std::string_view path;
  Need need;
  Result<http::Response> (*run)(Tx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity);
};

std::span<const CatalogRead> dataset_reads();
std::span<const CatalogRead> batch_reads();
std::span<const CatalogRead> dataset_file_reads();
std::span<const CatalogRead> dataset_view_reads();
std::span<const CatalogRead> value_reads();

// As the routes of their own, but that POST answers no Idempotency-Key, and DELETE of a dataset leaves its batches to
// catalog::finish_deletion.
std::span<const CatalogWrite> dataset_writes();
std::span<const CatalogWrite> batch_writes();
std::span<const CatalogWrite> dataset_view_writes();

void add_catalog_reads(http::Router& router, const CatalogRoutes& parts, std::span<const CatalogRead> reads);
void add_catalog_writes(http::Router& router, const CatalogRoutes& parts, std::span<const CatalogWrite> writes);

}  // namespace lakegate::api
