#include "auth/names.h"

#include <gtest/gtest.h>

#include <string>

namespace lakegate::auth {
namespace {

TEST(Names, OfOrgsAndKeys) {
  const auto check = [](const std::string& name, bool good) {
    EXPECT_EQ(check_name("A name", name).has_value(), good) << name;
  };
  check("Harbour", true);
  check("Über uns, 2. Stock", true);
  check(std::string(256, 'a'), true);
  check(std::string(257, 'a'), false);
  check("", false);
  check("  ", false);
  check("two\nlines", false);
  check("del\x7f", false);
}

TEST(Names, OfSandboxes) {
  const auto check = [](const std::string& name, bool good) {
    EXPECT_EQ(check_sandbox_name(name).has_value(), good) << name;
  };
  check("prod", true);
  check("acme-dev-2", true);
  check(std::string(64, 'a'), true);
  check(std::string(65, 'a'), false);
  check("", false);
  check("2nd", false);
  check("-a", false);
  check("Dev", false);
  check("dev_2", false);
  check("dev~3", false);  // what a deleted one is called
  check("dev.2", false);
  check("döv", false);
}

}  // namespace
}  // namespace lakegate::auth
