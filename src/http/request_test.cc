#include "http/request.h"

#include <gtest/gtest.h>

namespace lakegate::http {
namespace {

void check(std::string peer, std::string_view address) {
  SCOPED_TRACE(peer);
  Request request;
  request.peer = std::move(peer);
  EXPECT_EQ(request.peer_address(), address);
}

TEST(Request, KnowsItsPeerWithoutThePort) {
  check("192.0.2.7:50123", "192.0.2.7");
  check("[2001:db8::7]:50123", "2001:db8::7");
  check("gone", "gone");
  check("", "");
}

}  // namespace
}  // namespace lakegate::http
