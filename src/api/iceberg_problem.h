// Errors as the Iceberg REST catalog specification has them: {"error":{"message","type","code"}}.
#pragma once

#include "base/error.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// Whether the request is for the table catalog. The token route below it speaks OAuth's form.
bool is_iceberg(const http::Request& request);

// `type` is the name that the specification's clients raise. Who is not known gets 401, which makes them fetch a new
// token. Adds Retry-After.
http::Response iceberg_problem(const Error& error, const http::Request& request);

}  // namespace lakegate::api
