#include <boost/json/serialize.hpp>

#include <charconv>
#include <string>
#include <utility>

#include "api/preview.h"
#include "base/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t rows_default = 10;

Result<int64_t> parse_rows(const http::Request& request) {
  const auto text = request.query_value("nrow");
  if (!text || text->empty()) return rows_default;
  int64_t rows = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), rows);
  if (error != std::errc() || stop != text->data() + text->size() || rows < 0 || rows > access::preview_rows_max) {
    return fail(codes::invalid_argument, "Parameter nrow is \"{}\"; expected a number of rows from 1 to {}.", *text,
                access::preview_rows_max);
  }
  return rows == 0 ? rows_default : rows;
}

// Reader's defaults of the contract where the request is silent.
json::object format_parameters(const http::Request& request) {
  const auto given = [&](std::string_view name, std::string_view otherwise) {
    return json::string(request.query_value(name).value_or(otherwise));
  };
  const std::string_view header = request.query_value("header").value_or("true");
  return {{"delimiter", given("delimiter", ",")},
          {"quote", given("quote", "\"")},
          {"escape", given("escape", "\\")},
          {"charset", given("charset", "UTF-8")},
          {"header", header != "false" && header != "False"},
          {"format", "parquet"}};
}

Result<http::Response> get_preview(const PreviewRoutes& parts, const http::Request& request,
                                   const auth::Identity& identity) {
  LG_ASSIGN(const int64_t rows, parse_rows(request));
  LG_ASSIGN(access::Preview preview,
            parts.previewer.of_batch(identity.scope, BatchId(request.path_parameter("batchId")),
                                     DatasetId(request.path_parameter("datasetId")), rows));
  return http::Response::text(200, "application/json", json::serialize(render_preview(preview, request)));
}

}  // namespace

json::object render_preview(access::Preview& preview, const http::Request& request) {
  json::array columns;
  for (const columnar::RowColumn& column : preview.columns) {
    columns.push_back(json::object{{"cid", std::to_string(column.field_id)}, {"name", column.name}});
  }
  json::array rows;
  for (json::value& row : preview.rows) {
    json::object keyed;
    for (const columnar::RowColumn& column : preview.columns) {
      keyed.emplace(std::to_string(column.field_id), std::move(row.get_object()[column.name]));
    }
    rows.push_back(std::move(keyed));
  }
  return {{"formatParams", format_parameters(request)},
          {"preview", {{"columns", std::move(columns)}, {"rows", std::move(rows)}}}};
}

void add_import_preview_route(http::Router& router, const PreviewRoutes& parts) {
  router.add(
      "GET", "/data/foundation/import/batches/{batchId}/datasets/{datasetId}/preview",
      parts.gateway.authorised(Right::read, [parts](const http::Request& request, const auth::Identity& identity) {
        return get_preview(parts, request, identity);
      }));
}

}  // namespace lakegate::api
