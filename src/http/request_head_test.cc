#include "http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace lakegate::http {
namespace {

using testing::HasSubstr;

// The block without its empty line; expected: the value of `name`, or "!" and a part of the refusal's message.
void check(std::string block, std::string_view name, std::string_view expected) {
  SCOPED_TRACE(block);
  block += "\r\n\r\n";
  Request request;
  const auto framing = parse_head(block, Settings(), request);
  if (expected.starts_with('!')) {
    ASSERT_FALSE(framing);
    EXPECT_EQ(framing.error().code, &codes::malformed_request);
    EXPECT_THAT(framing.error().message, HasSubstr(std::string(expected.substr(1))));
    return;
  }
  ASSERT_TRUE(framing) << framing.error().message;
  EXPECT_EQ(request.header(name).value_or("absent"), expected);
}

const std::string get = "GET /a HTTP/1.1\r\nHost: lake\r\n";

TEST(RequestHead, MendsTheApiKeyOnly) {
  check(get + "x-api-key: KEY", "x-api-key", "KEY");
  check(get + "x-api-key : KEY", "x-api-key", "KEY");
  check(get + "X-API-Key \t : KEY\r\nAccept: */*", "x-api-key", "KEY");
  check(get + "x-api-key :", "x-api-key", "");
  check(get + "Authorization : Bearer x", "", "!The header 'Authorization' has a blank before its colon");
  check(get + "Accept\t: x", "", "!'Accept' has a blank");
  check(get + "x-api-key-2 : x", "", "!has a blank");
  check("GET /a HTTP/1.1\r\nHost : lake", "", "!'Host' has a blank");
  check(get + "x-api-key x: KEY", "", "!a header name has a character");
  check(get + "x-api-key: a\r\nx-api-key : b", "", "!'x-api-key' was sent more than once");
}

TEST(RequestHead, RefusesWhatIsAmbiguous) {
  for (const std::string name : {"Authorization", "x-gw-ims-org-id", "x-sandbox-name", "Content-Length", "Content-Type",
                                 "Content-Range", "Idempotency-Key", "Transfer-Encoding"}) {
    check(get + name + ": 1\r\nAccept: a\r\n" + name + ": 1", "", "!was sent more than once");
  }
  check(get + "host: lake", "", "!'host' was sent more than once");
  check(get + "Accept: a\r\nAccept: b", "accept", "a");
  check(get + "Content-Length: 1\r\nTransfer-Encoding: chunked", "", "!both Content-Length and Transfer-Encoding");
  check(get + "Transfer-Encoding: chunked\r\nContent-Length: 1", "", "!both Content-Length and Transfer-Encoding");
  check(get + "Accept: a\r\n  b", "", "!Folded headers");
  check("GET /a HTTP/1.1\r\n Host: lake", "", "!Folded headers");
  check(get + "Transfer-Encoding: gzip, chunked", "", "!Transfer-Encoding is 'gzip, chunked'");
  check("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked", "", "!Transfer-Encoding is 'chunked'");
}

TEST(RequestHead, RefusesWhatIsMalformed) {
  check("GET /a HTTP/1.1", "", "!The Host header is missing");
  check("GET /a HTTP/1.1\r\nHost: la ke", "", "!not a host name");
  check("GET /a HTTP/1.1\r\nHost: a/b", "", "!not a host name");
  check("GET /a HTTP/2.0\r\nHost: lake", "", "!HTTP/1.1 or HTTP/1.0");
  check("GET /a\r\nHost: lake", "", "!cannot be read");
  check("GET  HTTP/1.1\r\nHost: lake", "", "!cannot be read");
  check("G(T /a HTTP/1.1\r\nHost: lake", "", "!the method");
  check("GET a HTTP/1.1\r\nHost: lake", "", "!begins with '/'");
  check(get + "no colon", "", "!'no colon' is not 'name: value'");
  check(get + ": x", "", "!is not 'name: value'");
  check(get + "na(me: x", "", "!a header name");
  check(get + std::string("name: a\0b", 9), "", "!a header value");
  check(get + "name: a\nother: b", "", "!LF alone");
  check(get + "name: a\rb", "", "!cannot be read");
  for (const std::string length : {"", "-1", "+1", "0x10", "1 2", "5, 5", "99999999999999999999"}) {
    check(get + "Content-Length: " + length, "", "!Content-Length");
  }
}

TEST(RequestHead, FillsTheRequest) {
  std::string block =
      "PATCH /a/b%20c?x=1&y HTTP/1.1\r\nHost: lake:8080\r\nContent-Length: 17\r\nEXPECT: 100-Continue\r\n\r\n";
  Request request;
  const auto framing = parse_head(block, Settings(), request);
  ASSERT_TRUE(framing);
  EXPECT_TRUE(framing->keep_alive);
  EXPECT_TRUE(framing->expects_continue);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/a/b%20c?x=1&y");
  EXPECT_EQ(request.path, "/a/b%20c");
  EXPECT_EQ(request.query_value("x"), "1");
  EXPECT_EQ(request.query_value("y"), "");
  EXPECT_EQ(request.query_value("z"), std::nullopt);
  EXPECT_EQ(request.host, "lake:8080");
  EXPECT_EQ(request.content_length, 17);
  EXPECT_FALSE(request.chunked);
}

void check_keep_alive(std::string head, bool expected) {
  SCOPED_TRACE(head);
  head += "\r\n\r\n";
  Request request;
  const auto framing = parse_head(head, Settings(), request);
  ASSERT_TRUE(framing);
  EXPECT_EQ(framing->keep_alive, expected);
}

TEST(RequestHead, KeepAlive) {
  check_keep_alive("GET / HTTP/1.1\r\nHost: a", true);
  check_keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close", false);
  check_keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close", false);
  check_keep_alive("GET / HTTP/1.0", false);
  check_keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive", true);
}

TEST(RequestHead, LengthOfTheUrl) {
  for (const size_t length : {2000, 2001}) {
    std::string block = "GET /" + std::string(length - 1, 'a') + " HTTP/1.1\r\nHost: lake\r\n\r\n";
    Request request;
    const auto framing = parse_head(block, Settings(), request);
    EXPECT_EQ(framing ? nullptr : framing.error().code, length == 2000 ? nullptr : &codes::uri_too_long);
  }
  EXPECT_EQ(describe_long_head("GET /" + std::string(3000, 'a'), Settings()).code, &codes::uri_too_long);
  EXPECT_EQ(describe_long_head(get + std::string(3000, 'a'), Settings()).code, &codes::header_too_large);
}

}  // namespace
}  // namespace lakegate::http
