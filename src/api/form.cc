#include "api/form.h"

#include "base/ascii.h"
#include "http/header_parameter.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

constexpr size_t parameters_max = 100;

int hex_value(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char letter = ascii::lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// Cuts the text before `mark` off `rest`, and the mark; nothing where there is none.
std::optional<std::string_view> cut(std::string_view& rest, std::string_view mark) {
  const size_t at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return before;
}

// The name in a part's Content-Disposition.
std::optional<std::string_view> part_name(std::string_view header) {
  while (!header.empty()) {
    std::string_view line = header;
    if (const auto cut_off = cut(header, "\r\n")) {
      line = *cut_off;
    } else {
      header = {};
    }
    if (ascii::starts_with_ignoring_case(line, "content-disposition:")) return http::header_parameter(line, "name");
  }
  return std::nullopt;
}

}  // namespace

std::vector<http::Parameter> parse_urlencoded(std::string_view text) {
  std::vector<http::Parameter> parameters;
  while (!text.empty() && parameters.size() < parameters_max) {
    const size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    parameters.push_back({.name = decode(pair.substr(0, equals)),
                          .value = equals == std::string_view::npos ? std::string() : decode(pair.substr(equals + 1))});
  }
  return parameters;
}

Result<std::vector<http::Parameter>> parse_multipart(std::string_view content_type, std::string_view body) {
  const auto boundary = http::header_parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) {
    return fail(codes::malformed_request,
                "multipart/form-data: found no boundary of 1 to 70 characters in Content-Type.");
  }
  const std::string delimiter = "--" + std::string(*boundary);
  const std::string inner_delimiter = "\r\n" + delimiter;
  std::vector<http::Parameter> parameters;
  if (!cut(body, delimiter)) return fail(codes::malformed_request, "multipart/form-data: the body has no part.");
  while (!body.starts_with("--")) {
    const auto header = cut(body, "\r\n") ? cut(body, "\r\n\r\n") : std::nullopt;
    const auto content = header ? cut(body, inner_delimiter) : std::nullopt;
    if (!content || parameters.size() == parameters_max) {
      return fail(codes::malformed_request, "multipart/form-data: the body ends within a part, or has more than {}.",
                  parameters_max);
    }
    if (const auto name = part_name(*header))
      parameters.push_back({.name = std::string(*name), .value = std::string(*content)});
  }
  return parameters;
}

Result<std::vector<http::Parameter>> form_parameters(const http::Request& request) {
  std::vector<http::Parameter> all = request.query;
  const std::string_view type = request.header("content-type").value_or("");
  std::vector<http::Parameter> sent;
  if (ascii::starts_with_ignoring_case(type, "multipart/form-data")) {
    LG_ASSIGN(sent, parse_multipart(type, request.body));
  } else {
    sent = parse_urlencoded(request.body);
  }
  for (http::Parameter& parameter : sent) all.push_back(std::move(parameter));
  return all;
}

}  // namespace lakegate::api
