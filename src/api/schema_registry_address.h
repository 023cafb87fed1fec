// What the registry's routes have in common: where they stand, what they are asked for, how they answer.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "registry/property_filter.h"

namespace lakegate::api {

inline constexpr std::string_view registry_root = "/data/foundation/schemaregistry";

// {id...} of the path: "https://…" came with its slashes encoded or not; one more at the end is none of an id's.
std::string registry_id(const http::Request& request);

// All `property` parameters. `list_parameter_invalid`.
Result<registry::PropertyFilter> read_property_filter(const http::Request& request);

// JSON under the media type that was asked for where that is one of the registry's own; with the ETag of a resource.
http::Response registry_answer(int status, const boost::json::value& body, const http::Request& request);

}  // namespace lakegate::api
