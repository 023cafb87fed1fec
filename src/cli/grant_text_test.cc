#include "cli/grant_text.h"

#include <gtest/gtest.h>

namespace lakegate::cli {
namespace {

TEST(GrantText, IsRead) {
  const auto check = [](const char* text, const GrantText& expected) {
    const Result<GrantText> read = parse_grant(text);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, expected) << text;
  };
  check("read", {.rights = {"read"}, .sandbox = {}, .datasets = {}});
  check("read,ingest", {.rights = {"read", "ingest"}, .sandbox = {}, .datasets = {}});
  check("read:*", {.rights = {"read"}, .sandbox = {}, .datasets = {}});
  check("manage:prod", {.rights = {"manage"}, .sandbox = "prod", .datasets = {}});
  check("manage:prod/*", {.rights = {"manage"}, .sandbox = "prod", .datasets = {}});
  check("ingest:dev-2/a,b c/d", {.rights = {"ingest"}, .sandbox = "dev-2", .datasets = {"a", "b c/d"}});
}

TEST(GrantText, IsRefused) {
  for (const char* text : {"", "write", "read,", "read:", "read:/a", "read:*/a", "read:prod/", "read:prod/a,,b"}) {
    const Result<GrantText> read = parse_grant(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code->id, "LG-1910-400") << text;
  }
}

TEST(GrantText, IsShownAsItIsRead) {
  const auto check = [](const char* grant, const char* expected) {
    EXPECT_EQ(grant_text(boost::json::parse(grant)), expected);
  };
  check(R"({"rights": ["read", "ingest"], "sandbox": null, "datasets": null})", "read,ingest");
  check(R"({"rights": ["read"], "sandbox": "prod", "datasets": null})", "read:prod");
  check(R"({"rights": ["read"], "sandbox": "prod", "datasets": ["a", "b"]})", "read:prod/a,b");
  EXPECT_EQ(grants_text(nullptr), "all rights on all");
  EXPECT_EQ(grants_text(boost::json::parse(R"([{"rights": ["read"]}, {"rights": ["manage"], "sandbox": "dev"}])")),
            "read  manage:dev");
}

}  // namespace
}  // namespace lakegate::cli
