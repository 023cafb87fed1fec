#include "delivery/webhook_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"

namespace lakegate::delivery {
namespace {

TEST(WebhookUrl, NamesItsHost) {
  const auto check = [](const std::string& text, const std::string& host) {
    const auto url = parse_webhook_url(text, true);
    ASSERT_TRUE(url.has_value()) << text << ": " << url.error().message;
    EXPECT_EQ(url->host, host) << text;
    EXPECT_EQ(url->text, text);
  };
  check("https://example.com", "example.com");
  check("HTTPS://example.com:8443/a/b?c=d&e=@f", "example.com");
  check("http://127.0.0.1:80/", "127.0.0.1");
  check("http://0x7f.1/", "127.0.0.1");
  check("http://2130706433/", "127.0.0.1");
  check("https://[2001:db8::1]:8443/x", "2001:db8::1");
  check("https://example.com/" + std::string(2'000, 'x'), "example.com");
}

TEST(WebhookUrl, IsHttpWithoutSurprises) {
  const auto check = [](const std::string& text, const char* about) {
    const auto url = parse_webhook_url(text, true);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().code, &codes::invalid_argument);
    EXPECT_THAT(url.error().message, testing::HasSubstr(about)) << text;
  };
  check("", "absolute address");
  check("example.com/x", "absolute address");
  check("/x", "absolute address");
  check("ftp://example.com/", "https://");
  check("file:///etc/passwd", "https://");
  check("gopher://example.com/", "https://");
  check("http:/example.com/", "slashes");
  check("http:///example.com/", "slashes");
  check("http://", "target.url");
  check("http://a:b@example.com/", "password");
  check("http://a@example.com/", "password");
  check("http://@example.com/", "password");
  check("https://example.com/#x", "fragment");
  check("https://exa mple.com/", "absolute address");
  check("https://example.com/\r\nX: y", "absolute address");
  check("https://example.com/\xc3\xa4", "absolute address");
  check(std::string("https://example.com/\0x", 22), "absolute address");
  check("https://example.com/" + std::string(2'048, 'x'), "2,048");
  check("https://example.com:99999/", "absolute address");
  EXPECT_TRUE(parse_webhook_url("https://example.com/", false).has_value());
  EXPECT_THAT(parse_webhook_url("http://example.com/", false).error().message,
              testing::HasSubstr("delivery.http_allowed"));
}

}  // namespace
}  // namespace lakegate::delivery
