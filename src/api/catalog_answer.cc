#include "api/catalog_answer.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

std::string_view without_quotes(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"')) tag = tag.substr(1, tag.size() - 2);
  return tag;
}

}  // namespace

http::Response catalog_answer(const json::object& keyed_by_id) {
  return http::Response::text(200, "application/json", json::serialize(keyed_by_id));
}

http::Response catalog_answer(std::string_view id, json::object object, int64_t version) {
  http::Response response = catalog_answer(json::object{{id, std::move(object)}});
  response.headers.set("ETag", fmt::format("\"{}\"", version_text(version)));
  return response;
}

std::string dataset_reference(const DatasetId& id) {
  return json::serialize(json::array{fmt::format("@/dataSets/{}", id)});
}

Result<json::value> parse_catalog_body(const http::Request& request) {
  const std::string type = ascii::lower(request.header("Content-Type").value_or(""));
  const bool fine = type.empty() || type.find("json") != std::string::npos || type.starts_with("text/plain") ||
                    type.starts_with("application/x-www-form-urlencoded");
  if (!fine) {
    return fail(codes::unsupported_content_type, "Content-Type is \"{}\"; expected application/json.",
                type.substr(0, 200));
  }
  boost::system::error_code unreadable;
  json::value body = json::parse(request.body, unreadable);
  if (!unreadable) return body;
  return fail(codes::invalid_argument, "The body of {} bytes is not JSON: {}.", request.body.size(),
              unreadable.message());
}

bool if_match_holds(const http::Request& request, int64_t version, Millis updated) {
  const auto header = request.header("If-Match");
  if (!header || ascii::trim(*header).empty()) return true;
  std::string_view rest = *header;
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view tag = without_quotes(ascii::trim(rest.substr(0, comma)));
    if (tag == "*" || tag == version_text(version) || tag == std::to_string(updated)) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
}

bool wants_validation_only(const http::Request& request) {
  const auto pragma = request.header("Pragma");
  return pragma && ascii::lower(*pragma).find("validate-only") != std::string::npos;
}

BatchRendering batch_rendering(const CatalogRoutes& parts, const auth::Identity& identity) {
  return {.ims_org = identity.ims_org.text(), .sandbox_id = identity.sandbox_id, .active_word = parts.active_word};
}

}  // namespace lakegate::api
