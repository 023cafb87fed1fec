#include "xdm/dependency_order.h"

#include <boost/json/array.hpp>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>

namespace lakegate::xdm {
namespace {

// "a: b c" is a document with the $id "a" that refers to b and c.
JsonObject document(std::string_view text) {
  const size_t colon = text.find(':');
  JsonObject made{{"$id", text.substr(0, colon)}};
  boost::json::array parts;
  for (const char c : text.substr(colon + 1)) {
    if (c != ' ') parts.push_back(JsonObject{{"$ref", std::string(1, c) + "#/definitions/x"}});
  }
  made["allOf"] = std::move(parts);
  return made;
}

void check(const std::vector<std::string>& texts, const std::string& expected) {
  std::vector<JsonObject> documents;
  documents.reserve(texts.size());
  std::vector<const JsonObject*> pointers;
  for (const std::string& text : texts) pointers.push_back(&documents.emplace_back(document(text)));
  std::string found;
  for (const std::vector<size_t>& group : dependency_order(pointers)) {
    if (!found.empty()) found += " ";
    for (const size_t at : group) found += texts[at].front();
  }
  EXPECT_EQ(found, expected) << fmt::format("{}", texts);
}

TEST(DependencyOrder, PutsWhatIsReferredToFirst) {
  check({}, "");
  check({"a:", "b:", "c:"}, "a b c");
  check({"a: b", "b: c", "c:"}, "c b a");
  check({"a: b c", "b: c", "c:", "d:"}, "c b a d");
  check({"a: z", "b: a"}, "a b");  // nobody is z
  check({"a: a", "b:"}, "a b");
}

TEST(DependencyOrder, KeepsACircleTogether) {
  check({"a: b", "b: a"}, "ab");
  check({"a: b", "b: c", "c: b", "d: a"}, "bc a d");
  check({"x: a", "a: b", "b: c", "c: a y", "y:"}, "y abc x");
  check({"a: b", "b: a", "c: d", "d: c b"}, "ab cd");
}

TEST(DependencyOrder, TakesTheFirstOfTwoWithOneId) { check({"a: b", "b:", "b: a"}, "b a b"); }

TEST(DependencyOrder, FollowsLongChains) {
  constexpr size_t count = 20'000;
  std::vector<JsonObject> documents;
  documents.reserve(count);
  std::vector<const JsonObject*> pointers;
  for (size_t at = 0; at < count; ++at) {
    documents.push_back({{"$id", std::to_string(at)}, {"$ref", std::to_string(at + 1)}});
    pointers.push_back(&documents.back());
  }
  const auto groups = dependency_order(pointers);
  ASSERT_EQ(groups.size(), count);
  EXPECT_EQ(groups.front(), std::vector<size_t>{count - 1});
}

}  // namespace
}  // namespace lakegate::xdm
