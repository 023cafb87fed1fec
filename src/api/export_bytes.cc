#include "api/export_bytes.h"

#include <fmt/core.h>

#include <optional>
#include <string>
#include <utility>

#include "access/byte_range.h"
#include "api/problem.h"
#include "base/ascii.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

using access::WantedBytes;

constexpr const char* media_type = "application/octet-stream";

std::optional<std::string_view> range_field(const http::Request& request, const std::string& entity_tag) {
  if (request.method != "GET") return std::nullopt;
  const auto condition = request.header("if-range");
  if (condition && ascii::trim(*condition) != entity_tag) return std::nullopt;
  return request.header("range");
}

// A list of tags with the file's, or "*".
bool names_file(std::string_view list, const std::string& entity_tag) {
  while (true) {
    const size_t comma = list.find(',');
    std::string_view tag = ascii::trim(list.substr(0, comma));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == entity_tag) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

// What the conditions decide before any range counts. RFC 9110 section 13.2.2.
std::optional<http::Response> by_conditions(const http::Request& request, const std::string& entity_tag) {
  const auto match = request.header("if-match");
  if (match && !names_file(*match, entity_tag)) {
    return problem(Error{&codes::precondition_failed,
                         fmt::format("If-Match is {}; the file's ETag is {}.", match->substr(0, 200), entity_tag)},
                   request);
  }
  const auto none_match = request.header("if-none-match");
  if (!none_match || !names_file(*none_match, entity_tag)) return std::nullopt;
  http::Response response = http::Response::empty(304);
  response.headers.set("ETag", entity_tag);
  return response;
}

http::Response refuse_range(const http::Request& request, WantedBytes::Kind kind, int64_t size_bytes) {
  const std::string_view field = request.header("range").value_or("").substr(0, 200);
  Error error{&codes::range_not_satisfiable,
              fmt::format("Range \"{}\" has no byte of a file of {} bytes.", field, size_bytes)};
  if (kind == WantedBytes::Kind::several)
    error = {&codes::several_ranges, fmt::format("Range \"{}\" has several ranges; send one range a request.", field)};
  http::Response response = problem(error, request);
  response.headers.set("Content-Range", fmt::format("bytes */{}", size_bytes));
  return response;
}

}  // namespace

http::Response sent_bytes_response(const http::Request& request, const access::SentFile& sent, OpenObject object) {
  const int64_t size_bytes = sent.file.sent_bytes;
  const std::string entity_tag = fmt::format("\"{}\"", access::data_set_file_id(sent.file));
  if (auto decided = by_conditions(request, entity_tag)) return *std::move(decided);
  WantedBytes wanted = access::wanted_bytes(range_field(request, entity_tag), size_bytes);
  const bool is_part = wanted.kind == WantedBytes::Kind::part;
  if (!is_part && wanted.kind != WantedBytes::Kind::whole) return refuse_range(request, wanted.kind, size_bytes);
  if (!is_part) wanted.range = {0, size_bytes};
  http::Response response =
      http::Response::file(is_part ? 206 : 200, media_type,
                           {.file = std::move(object.fd), .offset = wanted.range.begin, .length = wanted.range.size()});
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("ETag", entity_tag);
  if (is_part) {
    response.headers.set("Content-Range",
                         fmt::format("bytes {}-{}/{}", wanted.range.begin, wanted.range.end - 1, size_bytes));
  }
  return response;
}

}  // namespace lakegate::api
