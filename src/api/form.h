// Form parameters as clients send them: in the query, URL-encoded or as multipart/form-data.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace lakegate::api {

// "a=1&b=x%20y+z" (WHATWG URL, application/x-www-form-urlencoded). Broken escapes stay as they are.
std::vector<http::Parameter> parse_urlencoded(std::string_view text);

// The fields of a multipart/form-data body (RFC 7578); parts without a name are left out. `malformed_request` where
// boundary or framing is broken.
Result<std::vector<http::Parameter>> parse_multipart(std::string_view content_type, std::string_view body);

// Query first, then the body in the form that Content-Type names; no or another type: URL-encoded.
Result<std::vector<http::Parameter>> form_parameters(const http::Request& request);

}  // namespace lakegate::api
