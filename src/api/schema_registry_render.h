// How resources of the schema registry look on the wire.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "api/schema_registry_accept.h"
#include "base/result.h"
#include "http/request.h"
#include "registry/registry.h"

namespace lakegate::api {

// One entry of a list: `id` and `raw` views.
Result<boost::json::object> render_resource(const registry::Resource& resource, const SchemaView& view);

// Titles and descriptions of the resource and all of its fields go.
void remove_text(boost::json::object& schema);

// `{"results","_page","_links"}`; hrefs repeat the request with another `start`.
Result<boost::json::object> render_page(const registry::ResourcePage& page, const SchemaView& view,
                                        const http::Request& request, std::string_view order_by);

}  // namespace lakegate::api
