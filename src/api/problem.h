// How an Error looks on the wire: one table for the whole service.
#pragma once

#include <string>

#include "base/error.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// The HTTP status that a code's id carries: its last part ("LG-1101-409"), or for the gateway's six digits the first
// three.
int http_status(const ErrorCode& code);

// The error's message as JSON can hold it: it may quote bytes of a header that are not UTF-8, which become \xNN.
std::string readable_message(const Error& error);

// application/problem+json (RFC 9457) as every service route answers: `type` is the address of the code's description,
// `instance` the request id, `report.code` the code. Under /data/foundation/schemaregistry the report has the
// registry's members, under /iceberg the whole is the table catalog's (iceberg_problem.h). Adds Retry-After. Also what
// the transport itself has to say (http::RenderError).
http::Response problem(const Error& error, const http::Request& request);

// `{"error_code","message"}` as gateways in front of the services answer, for the codes of auth/error_codes.h.
http::Response gateway_problem(const Error& error, const http::Request& request);

}  // namespace lakegate::api
