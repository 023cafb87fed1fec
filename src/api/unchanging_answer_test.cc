#include "api/unchanging_answer.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace lakegate::api {
namespace {

// gzip of "lakegate\n", without a name and a time.
constexpr std::string_view compressed(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x49\xcc\x4e\x4d\x4f\x2c\x49\xe5\x02\x00\x86\xcd\xb8\x92\x09\x00\x00"
    "\x00",
    29);

http::Request get(const std::vector<std::pair<std::string, std::string>>& headers) {
  http::Request request;
  request.method = "GET";
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

TEST(UnchangingAnswer, GzipIsTakenWhereItIsNamed) {
  const auto check = [](std::vector<std::pair<std::string, std::string>> headers, bool expected) {
    EXPECT_EQ(accepts_gzip(get(headers)), expected) << (headers.empty() ? "none" : headers.front().second);
  };
  check({}, false);
  check({{"Accept-Encoding", "gzip"}}, true);
  check({{"Accept-Encoding", "br, GZIP;q=0.5"}}, true);
  check({{"Accept-Encoding", "br"}, {"Accept-Encoding", "x-gzip"}}, true);
  check({{"Accept-Encoding", "*"}}, true);
  check({{"Accept-Encoding", "gzip;q=0"}}, false);
  check({{"Accept-Encoding", "*, gzip; q=0.000"}}, false);
  check({{"Accept-Encoding", "*;q=0"}}, false);
  check({{"Accept-Encoding", "identity"}}, false);
  check({{"Accept-Encoding", ""}}, false);
  check({{"Accept", "gzip"}}, false);
}

TEST(UnchangingAnswer, Inflates) {
  EXPECT_EQ(inflate_gzip(compressed), "lakegate\n");
  EXPECT_EQ(inflate_gzip(compressed.substr(0, 20)), "");
  EXPECT_EQ(inflate_gzip("lakegate"), "");
}

TEST(UnchangingAnswer, GoesOutAsTheClientTakesIt) {
  const UnchangingAnswer answer("text/plain", compressed, UnchangingAnswer::Stored::gzip);
  const http::Response small = answer.to(get({{"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(small.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(std::get<std::string>(small.body), compressed);
  const http::Response large = answer.to(get({}));
  EXPECT_FALSE(large.headers.find("Content-Encoding"));
  EXPECT_EQ(std::get<std::string>(large.body), "lakegate\n");
  for (const http::Response* response : {&small, &large}) EXPECT_EQ(response->headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(small.headers.find("ETag"), large.headers.find("ETag"));
}

TEST(UnchangingAnswer, IsNotSentTwice) {
  const UnchangingAnswer answer("application/json", "{}");
  const http::Response first = answer.to(get({}));
  EXPECT_EQ(first.status, 200);
  const std::string tag(first.headers.find("ETag").value());
  EXPECT_EQ(tag.front(), '"');
  const http::Response second = answer.to(get({{"If-None-Match", tag}}));
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.headers.find("ETag"), tag);
  EXPECT_EQ(answer.to(get({{"If-None-Match", "\"other\""}})).status, 200);
  EXPECT_NE(UnchangingAnswer("application/json", "[]").to(get({})).headers.find("ETag"), tag);
}

}  // namespace
}  // namespace lakegate::api
