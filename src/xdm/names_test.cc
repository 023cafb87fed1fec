#include "xdm/names.h"

#include <boost/json/parse.hpp>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace lakegate::xdm {
namespace {

void check_path(std::string_view name, const std::string& expected) {
  EXPECT_EQ(fmt::format("{}", fmt::join(xed_path(name), " > ")), expected) << name;
}

TEST(XedPath, FollowsTheNamespace) {
  check_path("xdm:person", "person");
  check_path("@id", "_id");
  check_path("@type", "_type");
  check_path("repo:createDate", "_repo > createDate");
  check_path("schema:latitude", "_schema > latitude");
  check_path("customerA:internalSku", "_customerA > internalSku");
  check_path("meta:enum", "_meta > enum");
  check_path("https://ns.adobe.com/experience/x/y", "_experience > x > y");
  check_path("https://ns.adobe.com/xdm/channels/application", "_channels > application");
  check_path("https://ns.adobe.com/xdm/sku", "sku");
  check_path("https://ns.adobe.com/vendora/product/stockNumber", "_vendora > product > stockNumber");
  check_path("https://ns.thirdparty.com/color", "_ns > thirdparty > com > color");
}

TEST(XedPath, TurnsDashesOfNamespacedNamesIntoCapitals) {
  check_path("xdm:direct-mail", "directMail");
  check_path("braze:in-appMessage", "_braze > inAppMessage");
  check_path("https://ns.adobe.com/xdm/channels/direct-mail", "_channels > directMail");
  check_path("xdm:-a--b-", "aB");
}

TEST(XedPath, KeepsNamesWithoutNamespace) {
  check_path("plain", "plain");
  check_path("_acme", "_acme");
  check_path("with-dash", "with-dash");
  check_path("*Pass", "*Pass");
  check_path("naïve name", "naïve name");
  check_path("", "");
  check_path(":", ":");
  check_path("a:", "a:");
  check_path(":a", ":a");
  check_path("@", "@");
  check_path("https://", "https://");
}

void check_rename(std::string_view document, std::string_view expected) {
  const auto renamed = with_xed_names(*parse_document(document));
  ASSERT_TRUE(renamed.has_value()) << renamed.error().message;
  EXPECT_EQ(JsonValue(*renamed), boost::json::parse(expected)) << JsonValue(*renamed);
  const auto again = with_xed_names(*renamed);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, *renamed) << "renaming twice changes something";
}

TEST(XedNames, ReplaceEveryProperty) {
  check_rename(R"({"properties": {"xdm:a": {"type": "string"}, "b": {"type": "string"}}})",
               R"({"properties": {"a": {"type": "string", "meta:xdmField": "xdm:a"}, "b": {"type": "string"}}})");
  check_rename(R"({"definitions": {"xdm:stays": {"properties": {"xdm:a": {"items": {"properties": {"@id": {}}}}}}}})",
               R"({"definitions": {"xdm:stays": {"properties": {"a": {"meta:xdmField": "xdm:a",
                   "items": {"properties": {"_id": {"meta:xdmField": "@id"}}}}}}}})");
  check_rename(R"({"allOf": [{"properties": {"xdm:a": {"additionalProperties": {"properties": {"xdm:b": {}}}}}}]})",
               R"({"allOf": [{"properties": {"a": {"meta:xdmField": "xdm:a",
                   "additionalProperties": {"properties": {"b": {"meta:xdmField": "xdm:b"}}}}}}]})");
}

TEST(XedNames, ShareTheFirstStruct) {
  check_rename(R"({"properties": {"repo:a": {}, "xdm:c": {}, "repo:b": {}, "_repo": {"properties": {"d": {}}}}})",
               R"({"properties": {
                   "_repo": {"type": "object", "meta:xdmType": "object", "properties": {
                     "a": {"meta:xdmField": "repo:a"}, "b": {"meta:xdmField": "repo:b"}, "d": {}}},
                   "c": {"meta:xdmField": "xdm:c"}}})");
}

TEST(XedNames, AreRequiredWhereTheirNamesWere) {
  check_rename(R"({"required": ["@id", "xdm:a"]})", R"({"required": ["_id", "a"]})");
  check_rename(R"({"required": ["repo:a", "repo:b"]})",
               R"({"required": ["_repo"], "properties": {"_repo": {"type": "object", "required": ["a", "b"]}}})");
  check_rename(R"({"required": ["https://ns.adobe.com/experience/x/y"]})",
               R"({"required": ["_experience"], "properties": {"_experience": {"type": "object", "required": ["x"],
                   "properties": {"x": {"type": "object", "required": ["y"]}}}}})");
}

TEST(XedNames, AreVerbatimInAdHocSchemas) {
  const std::string_view adhoc = R"({"properties": {"_adhoc": {"type": "object", "required": ["x:y"],
      "properties": {"x:y": {"properties": {"a-b": {}, "@c": {}}}}}}})";
  check_rename(adhoc, adhoc);
}

void check_refused(std::string_view document, std::string_view part_of_message) {
  const auto renamed = with_xed_names(*parse_document(document));
  ASSERT_FALSE(renamed.has_value()) << document;
  EXPECT_NE(renamed.error().message.find(part_of_message), std::string::npos) << renamed.error().message;
}

TEST(XedNames, RefuseWrongShapes) {
  check_refused(R"({"properties": {"repo:a": {"type": "string"}, "_repo": {"type": "string"}}})", "_repo");
  check_refused(R"({"properties": {"a": true}})", "\"a\"");
  check_refused(R"({"properties": {"_adhoc": {"properties": {"a": 3}}}})", "\"a\"");
  check_refused(R"({"required": [1]})", "required");
  check_refused(R"({"properties": {"a": {"type": "string", "required": true}}})", "required");
  check_refused(R"({"allOf": ["x"]})", "allOf");
}

}  // namespace
}  // namespace lakegate::xdm
