#include "api/export_page.h"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <charconv>
#include <optional>
#include <utility>

#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// Slashes stand in a query as they are (RFC 3986 section 3.4).
std::string encode(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars + '/'); }

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string page_address(const http::Request& request, int64_t start, int64_t limit) {
  std::string address = request.origin() + request.path + "?";
  if (const auto path = request.query_value("path")) address += "path=" + encode(*path) + "&";
  return address + fmt::format("start={}&limit={}", start, limit);
}

}  // namespace

Result<ExportPage> parse_export_page(const http::Request& request) {
  ExportPage page;
  if (const auto text = request.query_value("start")) {
    const auto start = parse_number(*text);
    if (!start || *start < 0) {
      return fail(codes::list_parameter_invalid,
                  "Parameter start is \"{}\"; expected how many entries to skip, from 0.", *text);
    }
    page.start = *start;
  }
  if (const auto text = request.query_value("limit")) {
    const auto limit = parse_number(*text);
    if (!limit || *limit < 1 || *limit > export_page_max) {
      return fail(codes::list_parameter_invalid, "Parameter limit is \"{}\"; expected a number from 1 to {}.", *text,
                  export_page_max);
    }
    page.limit = *limit;
  }
  return page;
}

json::object render_export_page(json::array data, const ExportPage& page, int64_t total, const http::Request& request) {
  const auto shown = static_cast<int64_t>(data.size());
  json::object rendered{{"data", std::move(data)}, {"_page", {{"limit", page.limit}, {"count", total}}}};
  if (shown > 0 && page.start < total - shown) {
    rendered["_links"] = {{"next", {{"href", page_address(request, page.start + shown, page.limit)}}},
                          {"page", {{"href", page_address(request, page.start, page.limit)}, {"templated", true}}}};
  }
  return rendered;
}

// `isValid`: readers of the table see the file.
json::object render_data_set_file(const BatchFile& file, const access::SentFilesPage& of,
                                  const http::Request& request) {
  const std::string id = access::data_set_file_id(file);
  return {{"dataSetFileId", id},
          {"dataSetViewId", of.view_id.text()},
          {"version", "1.0.0"},
          {"created", std::to_string(file.created)},
          {"updated", std::to_string(file.updated)},
          {"isValid", of.batch.status == BatchStatus::active},
          {"_links", {{"self", {{"href", file_address(id, request)}}}}}};
}

json::object render_name(std::string_view name, int64_t length_bytes, const std::string& address) {
  return {{"name", name},
          {"length", std::to_string(length_bytes)},
          {"_links", {{"self", {{"href", address + "?path=" + encode(name)}}}}}};
}

std::string file_address(std::string_view id, const http::Request& request) {
  return request.origin() + "/data/foundation/export/files/" + encode(id);
}

}  // namespace lakegate::api
