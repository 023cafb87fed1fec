#include <boost/json/serialize.hpp>

#include <utility>
#include <variant>

#include "access/batch_meta.h"
#include "access/sent_files.h"
#include "api/export.h"
#include "api/export_page.h"
#include "ledger/batches.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

http::Response answer(const json::object& body) {
  return http::Response::text(200, "application/json", json::serialize(body));
}

BatchId batch_id(const http::Request& request) { return BatchId(request.path_parameter("batchId")); }

Result<http::Response> get_files(const ExportRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const ExportPage page, parse_export_page(request));
  LG_ASSIGN(const access::SentFilesPage found, parts.ledger.read([&](ReadTx& tx) {
    return access::list_sent_files(tx, identity.scope, batch_id(request), page.start, page.limit);
  }));
  json::array data;
  for (const BatchFile& file : found.files) data.push_back(render_data_set_file(file, found, request));
  return answer(render_export_page(std::move(data), page, found.total, request));
}

using Place = std::variant<access::MetaDirectory, access::MetaFile>;
using ReadPlace = Result<Place> (*)(ReadTx&, const Batch&, std::string_view);

template <ReadPlace read_place>
Result<http::Response> get_place(const ExportRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const ExportPage page, parse_export_page(request));
  LG_ASSIGN(const Place place, parts.ledger.read([&](ReadTx& tx) -> Result<Place> {
    LG_ASSIGN(const Batch batch, ledger::find_batch(tx, identity.scope, batch_id(request)));
    return read_place(tx, batch, request.query_value("path").value_or(""));
  }));
  if (const auto* file = std::get_if<access::MetaFile>(&place)) {
    return http::Response::text(200, "application/octet-stream", *file);
  }
  const auto& directory = std::get<access::MetaDirectory>(place);
  const std::string address = request.origin() + request.path;
  json::array data;
  const auto total = std::ssize(directory);
  for (int64_t i = page.start; i < total && i - page.start < page.limit; ++i) {
    const access::MetaEntry& entry = directory[static_cast<size_t>(i)];
    data.push_back(render_name(entry.name, entry.length_bytes, address));
  }
  return answer(render_export_page(std::move(data), page, total, request));
}

}  // namespace

void add_export_batch_routes(http::Router& router, const ExportRoutes& parts) {
  const auto add = [&](const char* name, auto handle) {
    router.add("GET", fmt::format("/data/foundation/export/batches/{{batchId}}/{}", name),
               parts.gateway.authorised(Right::read,
                                        [parts, handle](const http::Request& request, const auth::Identity& identity) {
                                          return handle(parts, request, identity);
                                        }));
  };
  add("files", get_files);
  add("meta", get_place<access::read_meta>);
  add("failed", get_place<access::read_failed>);
}

}  // namespace lakegate::api
