#include "xdm/compare.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace lakegate::xdm {
namespace {

ResolvedSchema resolve(std::string_view document) {
  Resolver resolver([](std::string_view) -> const JsonObject* { return nullptr; });
  return std::move(*resolver.resolve(*parse_document(document)));
}

// `expected`: the paths that are reported.
void check(std::string_view before, std::string_view after, std::vector<std::string> expected) {
  std::vector<std::string> paths;
  for (const Incompatibility& found : compare(resolve(before), resolve(after))) paths.push_back(found.path);
  EXPECT_EQ(paths, expected) << before << "\n" << after;
}

void check_field(std::string_view before, std::string_view after, bool compatible) {
  const auto whole = [](std::string_view field) { return fmt::format(R"({{"properties": {{"f": {}}}}})", field); };
  check(whole(before), whole(after), compatible ? std::vector<std::string>{} : std::vector<std::string>{"f"});
}

TEST(Compare, AllowsWhatOnlyAdds) {
  check(R"({"properties": {"a": {"type": "string"}}})",
        R"({"properties": {"b": {"type": "string"}, "a": {"type": "string"}}})", {});
  check(R"({"properties": {"a": {"type": "string"}}})",
        R"({"required": ["b"], "properties": {"b": {"type": "string"}, "a": {"type": "string", "title": "new"}}})", {});
  check(R"({"required": ["a"], "properties": {"a": {"type": "string"}}})",
        R"({"properties": {"a": {"type": "string"}}})", {});
}

TEST(Compare, FindsWhatIsGoneOrRetyped) {
  check(R"({"properties": {"a": {"type": "string"}}})", R"({"properties": {}})", {"a"});
  check(R"({"properties": {"s": {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}}})",
        R"({"properties": {"s": {"properties": {"b": {"type": "number"}}}}})", {"s.a", "s.b"});
  check(
      R"({"properties": {"l": {"type": "array", "items": {"type": "string"}}, "m": {"additionalProperties": {"type": "string"}}}})",
      R"({"properties": {"l": {"type": "array", "items": {"type": "number"}}, "m": {"additionalProperties": {"type": "number"}}}})",
      {"l[]", "m{}"});
  check(R"({"properties": {"a": {"type": "string"}}})",
        R"({"required": ["a"], "properties": {"a": {"type": "string"}}})", {"a"});
}

TEST(Compare, FindsNarrowing) {
  const auto field = [](std::string_view type, std::string_view more) {
    return fmt::format(R"({{"type": "{}"{}}})", type, more);
  };
  const auto narrower = [&](std::string_view type, std::string_view wide, std::string_view narrow) {
    check_field(field(type, wide), field(type, narrow), false);
    check_field(field(type, narrow), field(type, wide), true);
    check_field(field(type, narrow), field(type, narrow), true);
  };
  narrower("number", "", R"(, "minimum": 0)");
  narrower("number", R"(, "minimum": 0)", R"(, "minimum": 1)");
  narrower("number", R"(, "maximum": 2)", R"(, "maximum": 1)");
  narrower("number", "", R"(, "exclusiveMaximum": 1)");
  narrower("string", "", R"(, "maxLength": 1)");
  narrower("string", R"(, "minLength": 1)", R"(, "minLength": 2)");
  narrower("string", "", R"(, "enum": ["a"])");
  narrower("string", R"(, "enum": ["a", "b"])", R"(, "enum": ["a"])");
  narrower("string", "", R"(, "const": "a")");
  narrower("string", "", R"(, "pattern": "a")");
  narrower("array", R"(, "items": {"type": "string"})", R"(, "items": {"type": "string"}, "maxItems": 1)");
  narrower("array", R"(, "items": {"type": "string"})", R"(, "items": {"type": "string"}, "uniqueItems": true)");
  check_field(R"({"type": "string", "pattern": "a"})", R"({"type": "string", "pattern": "b"})", false);
}

TEST(Compare, WidensIntegersWithinTheirStorage) {
  check_field(R"({"type": "integer", "meta:xdmType": "byte"})", R"({"type": "integer", "meta:xdmType": "short"})",
              true);
  check_field(R"({"type": "integer", "meta:xdmType": "short"})", R"({"type": "integer", "meta:xdmType": "byte"})",
              false);
  check_field(R"({"type": "integer"})", R"({"type": "integer", "meta:xdmType": "long"})", false);
  check_field(R"({"type": "string"})", R"({"type": "string", "format": "date"})", false);
}

}  // namespace
}  // namespace lakegate::xdm
