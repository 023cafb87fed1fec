#include "http/request_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <charconv>
#include <cstdint>
#include <string>

#include "http/target.h"
#include "model/error_codes.h"

namespace lakegate::http {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

// Collects a head; the body is read by SocketBody.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  explicit HeadParser(Request& request) : request_(request) {}

  bool http_1_1() const { return version_ >= 11; }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override {
    version_ = version;
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    request_.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(uint64_t, beast::string_view, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  int version_ = 0;
};

std::string explain(const error_code& code) {
  using beast::http::error;
  if (code == error::bad_method) return "the method is not a word of letters";
  if (code == error::bad_target) return "the URL has a character that must be percent-encoded, or is missing";
  if (code == error::bad_version) return "the request line does not end with HTTP/1.1 or HTTP/1.0";
  if (code == error::bad_field) return "a header name has a character that is not allowed there";
  if (code == error::bad_value) return "a header value has a character that is not allowed there";
  if (code == error::bad_content_length) return "Content-Length is not a whole number";
  return "it is not HTTP/1.1 (" + code.message() + ")";
}

Status parse_with_beast(HeadParser& parser, std::span<const char> block) {
  parser.header_limit(static_cast<uint32_t>(block.size() + 1));
  parser.body_limit(boost::none);
  error_code error;
  parser.put(boost::asio::const_buffer(block.data(), block.size()), error);
  if (error || !parser.is_header_done()) {
    return fail(codes::malformed_request, "The request cannot be read: {}.", explain(error));
  }
  return {};
}

Status read_body_framing(Request& request, bool http_1_1) {
  if (const auto coding = request.header("transfer-encoding")) {
    if (!equal_ignoring_case(*coding, "chunked") || !http_1_1) {
      return fail(codes::malformed_request, "Transfer-Encoding is '{}'; only 'chunked', with HTTP/1.1, is understood.",
                  *coding);
    }
    request.chunked = true;
  }
  if (const auto length = request.header("content-length")) {
    int64_t bytes = 0;
    const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), bytes);
    if (error != std::errc() || end != length->data() + length->size() || bytes < 0) {
      return fail(codes::malformed_request, "Content-Length is '{}'; a whole number of bytes is expected.", *length);
    }
    request.content_length = bytes;
  }
  return {};
}

Status read_host(Request& request, bool http_1_1) {
  const auto host = request.header("host");
  if (!host && http_1_1) {
    return fail(codes::malformed_request, "The Host header is missing; HTTP/1.1 asks for it.");
  }
  if (request.host.empty() && host) request.host = *host;
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]";
  if (request.host.find_first_not_of(allowed) != std::string::npos) {
    request.host.clear();
    return fail(codes::malformed_request, "The Host header is not a host name with an optional port.");
  }
  return {};
}

}  // namespace

Result<Framing> parse_head(std::span<char> block, const Settings& settings, Request& request) {
  LG_TRY(check_and_mend_lines(block));
  HeadParser parser(request);
  LG_TRY(parse_with_beast(parser, block));
  request.http_1_1 = parser.http_1_1();
  if (request.target.size() > settings.target_bytes_max) {
    return fail(codes::uri_too_long, "The URL has {} characters; at most {} are accepted.", request.target.size(),
                settings.target_bytes_max);
  }
  LG_TRY(split_target(request));
  LG_TRY(read_body_framing(request, parser.http_1_1()));
  LG_TRY(read_host(request, parser.http_1_1()));
  Framing framing;
  framing.keep_alive = parser.keep_alive();
  const auto expect = request.header("expect");
  framing.expects_continue = parser.http_1_1() && expect && equal_ignoring_case(*expect, "100-continue");
  return framing;
}

Error describe_long_head(std::string_view begin, const Settings& settings) {
  const std::string_view line = begin.substr(0, begin.find('\n'));
  if (line.size() > settings.target_bytes_max) {
    return {&codes::uri_too_long, fmt::format("The request line has {} characters or more; a URL may have {}.",
                                              line.size(), settings.target_bytes_max)};
  }
  return {&codes::header_too_large,
          fmt::format("The request line and its headers have more than {} bytes; send fewer or shorter headers.",
                      settings.header_bytes_max)};
}

}  // namespace lakegate::http
