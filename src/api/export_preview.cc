#include <boost/json/serialize.hpp>

#include <utility>

#include "api/preview.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<http::Response> get_preview(const PreviewRoutes& parts, const http::Request& request,
                                   const auth::Identity& identity) {
  LG_ASSIGN(access::Preview preview,
            parts.previewer.of_dataset(identity.scope, DatasetId(request.path_parameter("datasetId")),
                                       access::preview_rows_max));
  return http::Response::text(200, "application/json",
                              json::serialize(json::object{{"data", std::move(preview.rows)}}));
}

}  // namespace

void add_export_preview_route(http::Router& router, const PreviewRoutes& parts) {
  router.add(
      "GET", "/data/foundation/export/datasets/{datasetId}/preview",
      parts.gateway.authorised(Right::read, [parts](const http::Request& request, const auth::Identity& identity) {
        return get_preview(parts, request, identity);
      }));
}

}  // namespace lakegate::api
