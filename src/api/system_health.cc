#include <utility>

#include "api/problem.h"
#include "api/system.h"

namespace lakegate::api {
namespace {

// For whoever looks with a browser or types the address alone.
constexpr const char* greeting = R"(Lakegate )" LAKEGATE_VERSION R"(

/data/foundation/import          Batch Ingestion
/data/foundation/catalog         Catalog: datasets and batches
/data/foundation/schemaregistry  Schema Registry
/data/foundation/export          Data Access
/ims/token/v3                    access tokens
/iceberg                         Iceberg REST catalog, for readers
/docs                            all of it as a page to browse; /openapi.json for programs
/errors                          what each error code means
/healthz, /readyz                is it alive, does it answer
/metrics                         figures for Prometheus
)";

}  // namespace

void add_health_routes(http::Router& router, std::function<Status()> ready) {
  router.add("GET", "/",
             [](const http::Request&) { return http::Response::text(200, "text/plain; charset=utf-8", greeting); });
  router.add("GET", "/healthz",
             [](const http::Request&) { return http::Response::text(200, "text/plain; charset=utf-8", "ok\n"); });
  router.add("GET", "/readyz", [ready = std::move(ready)](const http::Request& request) {
    const Status status = ready();
    if (!status) return problem(status.error(), request);
    return http::Response::text(200, "application/json", R"({"status":"ready"})");
  });
}

}  // namespace lakegate::api
