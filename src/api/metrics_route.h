// GET /metrics: the server's figures for Prometheus.
#pragma once

#include <functional>
#include <string>

#include "api/gateway.h"
#include "auth/directory.h"
#include "http/router.h"

namespace lakegate::api {

using Scrape = std::function<std::string()>;

// For a token of the server's first org, the operator's. The token alone is asked for, since Prometheus sends no other
// headers. References outlive the router.
void add_metrics_route(http::Router& router, const Gateway& gateway, const auth::Directory& directory, Scrape scrape);

// For everybody who reaches it.
void add_open_metrics_route(http::Router& router, Scrape scrape);

}  // namespace lakegate::api
