#include "model/json_patch.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace lakegate {
namespace {

namespace json = boost::json;

// `expected`: the document afterwards, or the code of the refusal.
void check(const char* document, const char* patch, std::string_view expected) {
  const auto patched = apply_json_patch(json::parse(document), json::parse(patch).as_array());
  const std::string seen = patched ? json::serialize(*patched) : std::string(patched.error().code->id);
  EXPECT_EQ(seen, expected) << patch;
}

TEST(JsonPatch, Operations) {
  check(R"({"a":1})", R"([])", R"({"a":1})");
  check(R"({"a":1})", R"([{"op":"add","path":"/b","value":[2]}])", R"({"a":1,"b":[2]})");
  check(R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})");
  check(R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/-","value":4}])",
        R"({"a":[1,2,3,4]})");
  check(R"({"a":1,"b":2})", R"([{"op":"remove","path":"/a"}])", R"({"b":2})");
  check(R"({"a":[1,2,3]})", R"([{"op":"remove","path":"/a/1"}])", R"({"a":[1,3]})");
  check(R"({"a":{"b":1}})", R"([{"op":"replace","path":"/a/b","value":null}])", R"({"a":{"b":null}})");
  check(R"({"a":1})", R"([{"op":"replace","path":"","value":{}}])", R"({})");
  check(R"({"a":{"x":1},"b":{}})", R"([{"op":"move","from":"/a/x","path":"/b/y"}])", R"({"a":{},"b":{"y":1}})");
  check(R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/0","value":0}])",
        R"({"a":[1],"b":[0,1]})");
  check(R"({"a":1})", R"([{"op":"test","path":"/a","value":1}])", R"({"a":1})");
}

TEST(JsonPatch, Pointers) {
  check(R"({"adobe/pqs":1,"~1":2,"":3})",
        R"([{"op":"remove","path":"/adobe~1pqs"},{"op":"remove","path":"/~01"},{"op":"remove","path":"/"}])", "{}");
  check(R"({"tags":{"unifiedProfile":["enabled:true"]}})",
        R"([{"op":"add","path":"/tags/unifiedIdentity","value":["enabled:true"]}])",
        R"({"tags":{"unifiedProfile":["enabled:true"],"unifiedIdentity":["enabled:true"]}})");
}

TEST(JsonPatch, Refusals) {
  for (const char* patch :
       {R"([7])", R"([{"path":"/a"}])", R"([{"op":"add","value":1}])", R"([{"op":"add","path":"/b"}])",
        R"([{"op":"add","path":"b","value":1}])", R"([{"op":"add","path":"/x/y","value":1}])",
        R"([{"op":"add","path":"/l/3","value":1}])", R"([{"op":"add","path":"/l/01","value":1}])",
        R"([{"op":"add","path":"/a/b","value":1}])", R"([{"op":"remove","path":"/b"}])",
        R"([{"op":"remove","path":"/l/-"}])", R"([{"op":"replace","path":"/b","value":1}])",
        R"([{"op":"move","from":"/o","path":"/o/x"}])", R"([{"op":"explode","path":"/a"}])",
        R"([{"op":"add","path":"/b~2","value":1}])", R"([{"op":"add","path":"/b~","value":1}])",
        R"([{"op":"copy","from":"/a~x","path":"/b"}])"}) {
    check(R"({"a":1,"l":[1,2],"o":{}})", patch, "LG-1000-400");
  }
  check(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])", "LG-1002-409");
}

TEST(JsonPatch, DoublingEnds) {
  json::array patch;
  for (int i = 0; i < 100; ++i) {
    patch.push_back({{"op", "copy"}, {"from", ""}, {"path", "/copy" + std::to_string(i)}});
  }
  const auto patched = apply_json_patch(json::parse(R"({"a":"some text"})"), patch);
  ASSERT_FALSE(patched.has_value());
  EXPECT_EQ(patched.error().code->id, "LG-1008-413");
}

TEST(JsonMerge, MembersAndDeep) {
  const json::object before = json::parse(R"({"a":{"x":1,"y":2},"b":1,"c":[1]})").as_object();
  const json::object change = json::parse(R"({"a":{"x":7,"y":null},"b":null,"c":[2],"d":{"e":null}})").as_object();
  json::object flat = before;
  merge_members(flat, change);
  EXPECT_EQ(json::serialize(flat), R"({"a":{"x":7,"y":null},"c":[2],"d":{"e":null}})");
  json::object deep = before;
  merge_deeply(deep, change);
  EXPECT_EQ(json::serialize(deep), R"({"a":{"x":7},"c":[2],"d":{}})");
}

}  // namespace
}  // namespace lakegate
