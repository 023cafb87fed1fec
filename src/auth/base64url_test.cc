#include "auth/base64url.h"

#include <gtest/gtest.h>

namespace lakegate::auth {
namespace {

void check(std::string_view bytes, std::string_view text) {
  SCOPED_TRACE(text);
  EXPECT_EQ(to_base64url(bytes), text);
  EXPECT_EQ(from_base64url(text), bytes);
}

TEST(Base64Url, WritesAndReadsTheVectorsOfRfc4648) {
  check("", "");
  check("f", "Zg");
  check("fo", "Zm8");
  check("foo", "Zm9v");
  check("foob", "Zm9vYg");
  check("fooba", "Zm9vYmE");
  check("foobar", "Zm9vYmFy");
  check("\xfb\xff\xbf", "-_-_");
}

TEST(Base64Url, RefusesEveryOtherSpelling) {
  for (const std::string_view text : {"Z", "Zg==", "Zg=", "Zh", "Zm9", "+/+/", "Zm 9v", "Zm9v\n", "Zm9vY"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace lakegate::auth
