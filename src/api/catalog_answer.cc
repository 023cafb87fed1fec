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

// A list of tags, of which one is the version, the time of the last change, or "*".
bool names_version(std::string_view list, int64_t version, Millis updated) {
  while (true) {
    const size_t comma = list.find(',');
    const std::string_view tag = without_quotes(ascii::trim(list.substr(0, comma)));
    if (tag == "*" || tag == version_text(version) || tag == std::to_string(updated)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

// Also under the name that the platform's guide prints.
void set_version(http::Response& response, int64_t version) {
  for (const char* name : {"ETag", "E-Tag"}) response.headers.set(name, fmt::format("\"{}\"", version_text(version)));
}

}  // namespace

http::Response catalog_answer(const json::object& keyed_by_id) {
  return http::Response::text(200, "application/json", json::serialize(keyed_by_id));
}

http::Response catalog_answer(std::string_view id, json::object object, int64_t version) {
  http::Response response = catalog_answer(json::object{{id, std::move(object)}});
  set_version(response, version);
  return response;
}

std::string reference_to(std::string_view type, std::string_view id) {
  return json::serialize(json::array{fmt::format("@/{}/{}", type, id)});
}

http::Response answer_changed(std::string_view type, std::string_view id, int64_t version) {
  auto response = http::Response::text(200, "application/json", reference_to(type, id));
  set_version(response, version);
  return response;
}

http::Response answer_unchanged() { return http::Response::text(200, "application/json", "[]"); }

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
  return !header || ascii::trim(*header).empty() || names_version(*header, version, updated);
}

Status check_conditions(const http::Request& request, int64_t version, Millis updated, std::string_view what) {
  if (!if_match_holds(request, version, updated)) {
    return fail(codes::precondition_failed, "If-Match is {}; {} has version {}. Read it again.",
                request.header("If-Match").value_or("").substr(0, 200), what, version_text(version));
  }
  const auto header = request.header("If-None-Match");
  if (!header || !names_version(*header, version, updated)) return {};
  return fail(codes::precondition_failed, "If-None-Match is {}, and {} is there with version {}.",
              header->substr(0, 200), what, version_text(version));
}

bool is_known_version(const http::Request& request, int64_t version, Millis updated) {
  const auto header = request.header("If-None-Match");
  return header && names_version(*header, version, updated);
}

http::Response answer_not_modified(int64_t version) {
  http::Response response = http::Response::empty(304);
  set_version(response, version);
  return response;
}

bool wants_validation_only(const http::Request& request) {
  const auto pragma = request.header("Pragma");
  return pragma && ascii::lower(*pragma).find("validate-only") != std::string::npos;
}

BatchRendering batch_rendering(const CatalogRoutes& parts, const auth::Identity& identity) {
  return {.ims_org = identity.ims_org.text(), .sandbox_id = identity.sandbox_id, .active_word = parts.active_word};
}

}  // namespace lakegate::api
