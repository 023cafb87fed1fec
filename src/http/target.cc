#include "http/target.h"

#include <boost/url/pct_string_view.hpp>

#include <cstdint>
#include <utility>

#include "model/error_codes.h"

namespace lakegate::http {
namespace {

// Shortest forms only, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int tail = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4) return false;
    uint32_t point = lead & (0x3F >> tail);
    for (int k = 0; k < tail; ++k, ++i) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
      point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    }
    if ((tail == 2 && point < 0x800) || (tail == 3 && point < 0x10000)) return false;
    if ((point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) return false;
  }
  return true;
}

}  // namespace

Result<std::string> decode_percent(std::string_view text, PlusSign plus, std::string_view what) {
  const auto escaped = boost::urls::make_pct_string_view(boost::core::string_view(text.data(), text.size()));
  if (escaped.has_error()) {
    return fail(
        codes::malformed_request,
        "The {} has a '%' that is not followed by two hexadecimal digits; a percent sign itself is written %25.", what);
  }
  boost::urls::encoding_opts options;
  options.space_as_plus = plus == PlusSign::means_blank;
  std::string decoded = escaped->decode(options);
  if (decoded.find('\0') != std::string::npos) {
    return fail(codes::malformed_request, "The {} contains a NUL character (%00), which no name here may have.", what);
  }
  if (!is_utf8(decoded)) {
    return fail(codes::malformed_request, "The {} is not UTF-8 once its % escapes are decoded; encode it as UTF-8.",
                what);
  }
  return decoded;
}

Result<std::vector<Parameter>> parse_query(std::string_view text) {
  std::vector<Parameter> parameters;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), piece.size() + 1));
    if (piece.empty()) continue;
    const std::string_view name = piece.substr(0, piece.find('='));
    const std::string_view value = piece.substr(std::min(piece.size(), name.size() + 1));
    LG_ASSIGN(std::string decoded_name, decode_percent(name, PlusSign::means_blank, "query"));
    LG_ASSIGN(std::string decoded_value, decode_percent(value, PlusSign::means_blank, "query"));
    parameters.push_back({std::move(decoded_name), std::move(decoded_value)});
  }
  return parameters;
}

Result<std::vector<std::string>> decode_segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    LG_ASSIGN(std::string decoded, decode_percent(segment, PlusSign::stays, "path"));
    segments.push_back(std::move(decoded));
    path.remove_prefix(segment.size());
  }
  return segments;
}

Status split_target(Request& request) {
  std::string_view rest = request.target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(rest.substr(0, scheme.size()), scheme)) continue;
    rest.remove_prefix(scheme.size());
    const std::string_view host = rest.substr(0, rest.find_first_of("/?"));
    request.host = host;
    rest.remove_prefix(host.size());
    if (rest.empty()) rest = "/";
    break;
  }
  if (rest != "*" && !rest.starts_with('/')) {
    return fail(codes::malformed_request, "The request line asks for '{}'; a path that begins with '/' is expected.",
                rest);
  }
  const std::string_view path = rest.substr(0, rest.find('?'));
  if (rest.find('#') != std::string_view::npos) {
    return fail(codes::malformed_request, "The URL contains '#'; a number sign within a name is written %23.");
  }
  request.path = path;
  LG_ASSIGN(request.query, parse_query(rest.substr(std::min(rest.size(), path.size() + 1))));
  return {};
}

}  // namespace lakegate::http
