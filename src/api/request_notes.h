// Who sent a request and for what, in its log lines.
#pragma once

#include "auth/identity.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// Adds org, sandbox and api_key, and the dataset and batch that the address names, to the request's log line.
http::Response noted(http::Response response, const http::Request& request, const auth::Identity& identity);

}  // namespace lakegate::api
