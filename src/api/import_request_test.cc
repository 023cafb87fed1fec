#include "api/import_request.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace lakegate::api {
namespace {

constexpr std::array<std::string_view, 2> words = {"INITIALIZE", "COMPLETE"};

std::string read(std::vector<http::Parameter> query) {
  http::Request request;
  request.query = std::move(query);
  const auto action = read_action(request, words);
  return action ? std::string(words[*action])
                : std::string(action.error().code->id) + " " + std::string(action.error().message);
}

TEST(ImportRequest, Actions) {
  EXPECT_EQ(read({{"action", "INITIALIZE"}}), "INITIALIZE");
  EXPECT_EQ(read({{"action", "initialize"}}), "INITIALIZE");
  EXPECT_EQ(read({{"actions", "Complete"}}), "COMPLETE");
  EXPECT_EQ(read({{"x", "y"}, {"action", ""}, {"actions", "COMPLETE"}}), "COMPLETE");
  EXPECT_EQ(read({{"action", "COMPLETE"}, {"actions", "INITIALIZE"}}), "COMPLETE");
  EXPECT_EQ(read({{"action", "EXPLODE"}}),
            "LG-1106-400 Action \"EXPLODE\" is unknown here; expected one of INITIALIZE, COMPLETE.");
  EXPECT_EQ(read({{"action", "INIT"}}),
            "LG-1106-400 Action \"INIT\" is unknown here; expected one of INITIALIZE, COMPLETE.");
  EXPECT_EQ(read({}), "LG-1106-400 The query names no action; expected ?action= one of INITIALIZE, COMPLETE.");
}

bool wants(std::vector<std::string> accepts) {
  http::Request request;
  for (std::string& accept : accepts) request.headers.add("accept", std::move(accept));
  return wants_json(request);
}

TEST(ImportRequest, JsonOnlyWhereItIsNamed) {
  EXPECT_TRUE(wants({"application/json"}));
  EXPECT_TRUE(wants({"Application/JSON; charset=utf-8"}));
  EXPECT_TRUE(wants({"text/html, application/json;q=0.9, */*;q=0.8"}));
  EXPECT_TRUE(wants({"text/html", "application/json"}));
  EXPECT_FALSE(wants({}));
  EXPECT_FALSE(wants({""}));
  EXPECT_FALSE(wants({"*/*"}));
  EXPECT_FALSE(wants({"application/*"}));
  EXPECT_FALSE(wants({"application/jsonp"}));
  EXPECT_FALSE(wants({"application/problem+json"}));
  EXPECT_FALSE(wants({"application/json;q=0"}));
  EXPECT_FALSE(wants({"application/json; q=0.000"}));
}

}  // namespace
}  // namespace lakegate::api
