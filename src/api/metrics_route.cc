#include "api/metrics_route.h"

#include <utility>

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

void add_metrics_route(http::Router& router, const Gateway& gateway, Scrape scrape) {
  const auto handle = [scrape = std::move(scrape)](const http::Request&,
                                                   const auth::Identity&) -> Result<http::Response> {
    return answer(scrape);
  };
  router.add("GET", path, gateway.bearer({Right::read, Reach::server}, handle, refusal));
}

void add_open_metrics_route(http::Router& router, Scrape scrape) {
  router.add("GET", path, [scrape = std::move(scrape)](const http::Request&) { return answer(scrape); });
}

}  // namespace lakegate::api
