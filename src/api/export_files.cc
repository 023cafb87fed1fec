#include <boost/json/serialize.hpp>

#include <utility>

#include "access/sent_files.h"
#include "api/export.h"
#include "api/export_bytes.h"
#include "api/export_page.h"
#include "base/error_codes.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<http::Response> list_names(const access::SentFile& sent, const std::string& id, const http::Request& request) {
  if (request.method == "HEAD") {
    return fail(codes::invalid_argument, "HEAD needs the parameter path, the name that GET {} lists.", request.path);
  }
  LG_ASSIGN(const ExportPage page, parse_export_page(request));
  json::array data;
  if (page.start == 0) data.push_back(render_name(sent.file.path, sent.file.sent_bytes, file_address(id, request)));
  return http::Response::text(200, "application/json",
                              json::serialize(render_export_page(std::move(data), page, 1, request)));
}

// The parameter `range` that a client in use sends is no header: it gets the whole file.
Result<http::Response> get_file(const ExportRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  const std::string& id = request.path_parameter("dataSetFileId");
  LG_ASSIGN(const access::SentFile sent,
            parts.ledger.read([&](ReadTx& tx) { return access::find_sent_file(tx, identity.scope, id); }));
  const auto path = request.query_value("path");
  if (!path || path->empty()) return list_names(sent, id, request);
  if (*path != sent.file.path) {
    return fail(codes::file_not_found, "File {} has no path \"{}\"; it has \"{}\".", id, *path, sent.file.path);
  }
  LG_ASSIGN(OpenObject object, access::open_sent_file(parts.objects, sent));
  return sent_bytes_response(request, sent, std::move(object));
}

}  // namespace

void add_export_file_routes(http::Router& router, const ExportRoutes& parts) {
  router.add(
      "GET", "/data/foundation/export/files/{dataSetFileId}",
      parts.gateway.authorised(Right::read, [parts](const http::Request& request, const auth::Identity& identity) {
        return get_file(parts, request, identity);
      }));
}

}  // namespace lakegate::api
