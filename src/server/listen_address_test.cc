#include "server/listen_address.h"

#include <gtest/gtest.h>

namespace lakegate::server {
namespace {

void check(std::string_view text, std::string_view host, uint16_t port, bool loopback) {
  SCOPED_TRACE(text);
  const auto address = parse_listen_address(text);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(*address, (ListenAddress{std::string(host), port}));
  EXPECT_EQ(is_loopback(*address), loopback);
}

TEST(ListenAddress, IsHostAndPort) {
  check("127.0.0.1:8080", "127.0.0.1", 8080, true);
  check("0.0.0.0:80", "0.0.0.0", 80, false);
  check("localhost:0", "localhost", 0, true);
  check("[::1]:8080", "::1", 8080, true);
  check("[::]:8080", "::", 8080, false);
  check("lake.example:65535", "lake.example", 65535, false);
}

TEST(ListenAddress, NothingElseIs) {
  for (const std::string_view text :
       {"", ":", "8080", ":8080", "host:", "host:x", "host:65536", "host:-1", "::1:8080", "[]:1", "host:80 "}) {
    EXPECT_FALSE(parse_listen_address(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace lakegate::server
