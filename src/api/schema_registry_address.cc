#include "api/schema_registry_address.h"

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "registry/completion.h"

namespace lakegate::api {

std::string registry_id(const http::Request& request) {
  std::string id = request.path_parameter("id");
  while (id.ends_with('/')) id.pop_back();
  return id;
}

Result<registry::PropertyFilter> read_property_filter(const http::Request& request) {
  registry::PropertyFilter filter;
  for (const http::Parameter& parameter : request.query) {
    if (parameter.name == "property") LG_TRY(filter.add(parameter.value));
  }
  return filter;
}

http::Response registry_answer(int status, const boost::json::value& body, const http::Request& request) {
  const auto accept = request.header("Accept");
  const bool of_registry =
      accept && accept->starts_with("application/vnd.adobe.") && accept->find(',') == std::string_view::npos;
  auto response = http::Response::text(status, of_registry ? std::string(*accept) : "application/json",
                                       boost::json::serialize(body));
  const std::string_view etag = body.is_object() ? registry::etag_of(body.get_object()) : std::string_view();
  if (!etag.empty()) response.headers.set("ETag", fmt::format("\"{}\"", etag));
  return response;
}

}  // namespace lakegate::api
