#include "api/unchanging_answer.h"

#include <fmt/core.h>
#include <zlib.h>

#include <array>
#include <optional>
#include <utility>

#include "api/iceberg_table.h"
#include "base/ascii.h"
#include "base/sha256.h"
#include "http/field_list.h"

namespace lakegate::api {
namespace {

constexpr size_t tag_digits = 16;
constexpr int gzip_window = MAX_WBITS + 16;  // zlib: a gzip header is expected

}  // namespace

UnchangingAnswer::UnchangingAnswer(std::string content_type, std::string_view bytes, Stored stored)
    : content_type_(std::move(content_type)),
      bytes_(bytes),
      stored_(stored),
      entity_tag_(
          fmt::format("{}\"{}\"", stored == Stored::gzip ? "W/" : "", sha256_hex(bytes).substr(0, tag_digits))) {}

http::Response UnchangingAnswer::to(const http::Request& request) const {
  const auto condition = request.header("If-None-Match");
  const bool unchanged = condition && names_entity_tag(*condition, entity_tag_);
  const bool compressed = stored_ == Stored::gzip && accepts_gzip(request);
  http::Response response =
      unchanged
          ? http::Response::empty(304)
          : http::Response::text(200, content_type_,
                                 stored_ == Stored::plain || compressed ? std::string(bytes_) : inflate_gzip(bytes_));
  response.headers.set("ETag", entity_tag_);
  response.headers.set("Cache-Control", "no-cache");  // kept, and asked about
  if (stored_ == Stored::gzip) response.headers.set("Vary", "Accept-Encoding");
  if (compressed && !unchanged) response.headers.set("Content-Encoding", "gzip");
  return response;
}

bool accepts_gzip(const http::Request& request) {
  std::optional<bool> by_name;
  bool by_star = false;
  for (const http::Header& header : request.headers) {
    if (!ascii::equals_ignoring_case(header.name, "Accept-Encoding")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view parameters = http::cut(rest, ',');
      const std::string_view name = http::cut(parameters, ';');
      if (ascii::equals_ignoring_case(name, "gzip") || ascii::equals_ignoring_case(name, "x-gzip"))
        by_name = !http::has_zero_weight(parameters);
      if (name == "*") by_star = !http::has_zero_weight(parameters);
    }
  }
  return by_name.value_or(by_star);
}

std::string inflate_gzip(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) return {};
  // zlib reads what it does not write: its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string text;
  std::array<char, 64 * 1024> piece;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END ? text : std::string();
}

}  // namespace lakegate::api
