// GET /metrics: the server's figures for Prometheus.
#pragma once

#include <functional>
#include <string>

#include "api/gateway.h"
#include "http/router.h"

namespace lakegate::api {

using Scrape = std::function<std::string()>;

// For keys of the server's first org, the operator's, that may read all of it. The token alone is asked for, since
// Prometheus sends no other headers. The gateway outlives the router.
void add_metrics_route(http::Router& router, const Gateway& gateway, Scrape scrape);

// For everybody who reaches it.
void add_open_metrics_route(http::Router& router, Scrape scrape);

}  // namespace lakegate::api
