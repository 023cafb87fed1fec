#include "api/catalog_operations.h"

#include <fmt/core.h>

#include <string>

#include "api/answer_once.h"
#include "api/catalog_answer.h"

namespace lakegate::api {

void add_catalog_reads(http::Router& router, const CatalogRoutes& parts, std::span<const CatalogRead> reads) {
  for (const CatalogRead& read : reads) {
    const auto handle = [parts, run = read.run](const http::Request& request, const auth::Identity& identity) {
      return parts.ledger.read([&](ReadTx& tx) { return run(tx, parts, request, identity); });
    };
    router.add("GET", fmt::format("{}{}", catalog_root, read.path), parts.gateway.authorised(Right::read, handle));
  }
}

void add_catalog_writes(http::Router& router, const CatalogRoutes& parts, std::span<const CatalogWrite> writes) {
  for (const CatalogWrite& write : writes) {
    const auto handle = [parts, run = write.run](const http::Request& request, const auth::Identity& identity) {
      return parts.ledger.write([&](Tx& tx) { return run(tx, parts, request, identity); });
    };
    const bool creates = write.method == "POST";
    router.add(std::string(write.method), fmt::format("{}{}", catalog_root, write.path),
               creates ? parts.gateway.creating(write.need, answering_again(parts.ledger, parts.clock, handle))
                       : parts.gateway.authorised(write.need, handle));
  }
}

void add_catalog_view_routes(http::Router& router, const CatalogRoutes& parts) {
  add_catalog_reads(router, parts, dataset_file_reads());
  add_catalog_reads(router, parts, dataset_view_reads());
  add_catalog_writes(router, parts, dataset_view_writes());
}

void add_catalog_value_routes(http::Router& router, const CatalogRoutes& parts) {
  add_catalog_reads(router, parts, value_reads());
}

}  // namespace lakegate::api
