#include "api/replay_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate::api {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReplayJson, FormsOfIds) {
  const auto order = read_replay(json::parse(
      R"({"predecessors": ["01A", "$01B", "${01C}", "a$b"], "predecessorsByExternalId": ["$x", "y"], "reason": null})"));
  ASSERT_TRUE(order.has_value()) << order.error().message;
  EXPECT_EQ(order->reason, "replace");
  EXPECT_THAT(order->ids, ElementsAre("01A", "01B", "01C", "a$b"));
  EXPECT_THAT(order->external_ids, ElementsAre("x", "y"));
}

TEST(ReplayJson, NothingToReplace) {
  for (const char* text :
       {"{}", R"({"reason": "replace"})", R"({"predecessors": [], "predecessorsByExternalId": null})"}) {
    const auto order = read_replay(json::parse(text));
    ASSERT_TRUE(order.has_value()) << text;
    EXPECT_TRUE(order->empty()) << text;
  }
}

TEST(ReplayJson, Refusals) {
  struct Case {
    std::string_view text;
    std::string_view names;
  };
  for (const Case& bad :
       {Case{"[]", "replay is not an object"}, Case{R"({"reason": "consolidation"})", "replay.reason"},
        Case{R"({"reason": 1})", "replay.reason"}, Case{R"({"predecessors": "01A"})", "predecessors"},
        Case{R"({"predecessors": [1]})", "predecessors"}, Case{R"({"predecessors": ["$"]})", "0 bytes"},
        Case{R"({"predecessorsByExternalId": [""]})", "predecessorsByExternalId"}}) {
    const auto refused = read_replay(json::parse(bad.text));
    ASSERT_FALSE(refused.has_value()) << bad.text;
    EXPECT_EQ(refused.error().kind(), ErrorKind::invalid);
    EXPECT_THAT(refused.error().message, HasSubstr(bad.names));
  }
  json::array many(1'001, json::value("01A"));
  EXPECT_THAT(read_replay({{"predecessors", many}}).error().message, HasSubstr("1000 at most"));
}

TEST(ReplayJson, AsClientsSeeIt) {
  const Replay replay{.reason = "replace", .predecessors = {{BatchId("A"), ""}, {BatchId("B"), "feed-1"}}};
  EXPECT_EQ(json::serialize(render_replay(replay)),
            R"({"predecessors":["A"],"predecessorsByExternalId":["feed-1"],"predecessorListingType":"IMMEDIATE",)"
            R"("reason":"replace"})");
}

}  // namespace
}  // namespace lakegate::api
