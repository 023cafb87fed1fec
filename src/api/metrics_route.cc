#include "api/metrics_route.h"

#include <utility>

#include "api/problem.h"
#include "auth/error_codes.h"

namespace lakegate::api {
namespace {

constexpr const char* path = "/metrics";
constexpr const char* text_format = "text/plain; version=0.0.4; charset=utf-8";

http::Response answer(const Scrape& scrape) {
  auto response = http::Response::text(200, text_format, scrape());
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_metrics_route(http::Router& router, const Gateway& gateway, const auth::Directory& directory, Scrape scrape) {
  const auto handle = [&directory, scrape = std::move(scrape)](
                          const http::Request&, const auth::Identity& identity) -> Result<http::Response> {
    LG_ASSIGN(const auth::Account first, directory.first_account());
    if (first.org.number != identity.scope.org) {
      return fail(codes::operator_only, "Metrics tell of all orgs: they are for tokens of the server's first org.");
    }
    return answer(scrape);
  };
  router.add("GET", path, gateway.bearer(handle, problem));
}

void add_open_metrics_route(http::Router& router, Scrape scrape) {
  router.add("GET", path, [scrape = std::move(scrape)](const http::Request&) { return answer(scrape); });
}

}  // namespace lakegate::api
