// The description of every route, OpenAPI 3.1. The sources are docs/openapi/*.yaml; scripts/openapi joins them, and
// server/routes_test.cc compares the outcome with the router.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace lakegate::api {

// docs/openapi.json as the one text; embedded by the build.
std::span<const std::string_view> openapi_texts();

// GET /openapi.json, for everybody, with an ETag.
void add_openapi_route(http::Router& router);

}  // namespace lakegate::api
