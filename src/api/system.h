// Routes about the server itself: is it alive, is it ready.
#pragma once

#include <functional>

#include "base/result.h"
#include "http/router.h"

namespace lakegate::api {

// GET /: where the APIs are. GET /healthz: 200 as long as the process answers. GET /readyz: 200 `{"status":"ready"}`,
// or `ready`'s error while requests would fail.
void add_health_routes(http::Router& router, std::function<Status()> ready);

}  // namespace lakegate::api
