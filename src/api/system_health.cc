#include <utility>

#include "api/problem.h"
#include "api/system.h"

namespace lakegate::api {

void add_health_routes(http::Router& router, std::function<Status()> ready) {
  router.add("GET", "/healthz",
             [](const http::Request&) { return http::Response::text(200, "text/plain; charset=utf-8", "ok\n"); });
  router.add("GET", "/readyz", [ready = std::move(ready)](const http::Request& request) {
    const Status status = ready();
    if (!status) return problem(status.error(), request);
    return http::Response::text(200, "application/json", R"({"status":"ready"})");
  });
}

}  // namespace lakegate::api
