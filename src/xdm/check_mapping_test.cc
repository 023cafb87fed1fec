#include <fmt/core.h>
#include <gtest/gtest.h>

#include "model/check_schema_json.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

Result<CheckSchema> compile(std::string_view document) {
  Resolver resolver([](std::string_view) -> const JsonObject* { return nullptr; });
  LG_ASSIGN(const ResolvedSchema resolved, resolver.resolve(*parse_document(document)));
  FieldFacts facts;
  LG_ASSIGN(const TableSchema table, to_table_schema(resolved, facts));
  return to_check_schema(resolved, table);
}

Result<CheckSchema> compile_field(std::string_view field) {
  return compile(fmt::format(R"({{"properties": {{"f": {}}}}})", field));
}

void check(std::string_view field, const Constraints& expected) {
  const auto schema = compile_field(field);
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  EXPECT_EQ(schema->columns.at(0).constraints, expected) << field << "\n" << check_schema_to_json(*schema);
}

TEST(CheckMapping, CompilesText) {
  check(R"({"type": "string"})", {});
  check(R"({"type": "string", "format": "email", "meta:enum": {"a": "A"}, "default": "a"})", {});
  check(R"({"type": "string", "minLength": 1, "maxLength": 9})", {.length_min = 1, .length_max = 9});
  check(R"({"type": "string", "pattern": "^[A-Z]\\/$"})", {.pattern = "^[A-Z]\\/$"});
  check(R"({"type": "string", "enum": ["a", "b"]})", {.enumeration = {"a", "b"}});
  check(R"({"type": "string", "enum": ["a", null, 3]})", {.enumeration = {"a"}});
  check(R"({"type": "string", "const": ""})", {.enumeration = {""}});
  check(R"({"type": "string", "enum": ["a"], "const": "b"})", {.enumeration = {"b"}});
  check(R"({"type": "string", "const": null})", {.length_min = 1, .length_max = 0});
  check(R"({"type": "string", "format": "date", "minLength": 3, "pattern": "x"})", {});
}

TEST(CheckMapping, CompilesNumbers) {
  check(R"({"type": "number", "minimum": 0, "maximum": 1.5})", {.minimum = 0, .maximum = 1.5});
  check(R"({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1})",
        {.minimum = 0, .maximum = 1, .exclusive_minimum = true, .exclusive_maximum = true});
  check(R"({"type": "number", "minimum": 5, "exclusiveMinimum": 0})", {.minimum = 5});
  check(R"({"type": "number", "minimum": 0, "exclusiveMinimum": 0})", {.minimum = 0, .exclusive_minimum = true});
  check(R"({"type": "number", "maximum": 5, "exclusiveMaximum": true})", {.maximum = 5, .exclusive_maximum = true});
  check(R"({"type": "number", "enum": [1, 2.5]})", {.enumeration_number = {1, 2.5}});
}

TEST(CheckMapping, CompilesIntegers) {
  check(R"({"type": "integer"})", {});
  check(R"({"type": "integer", "minimum": 0})", {.minimum_integer = 0});
  check(R"({"type": "integer", "minimum": 1, "maximum": 31})", {.minimum_integer = 1, .maximum_integer = 31});
  check(R"({"type": "integer", "exclusiveMinimum": 0, "maximum": 7})", {.minimum_integer = 1, .maximum_integer = 7});
  check(R"({"type": "integer", "meta:xdmType": "byte"})", {.minimum_integer = -128, .maximum_integer = 127});
  check(R"({"type": "integer", "minimum": -32768, "maximum": 32768})",
        {.minimum_integer = -32768, .maximum_integer = 32767});
  check(R"({"type": "integer", "meta:xdmType": "long"})", {});
  check(R"({"type": "integer", "minimum": 0, "maximum": 9007199254740992})",
        {.minimum_integer = 0, .maximum_integer = 9007199254740991});
  check(R"({"type": "integer", "enum": [1, 2.0, "x"]})", {.enumeration_integer = {1, 2}});
  check(R"({"type": "integer", "const": 4})", {.enumeration_integer = {4}});
}

TEST(CheckMapping, CompilesBooleansListsAndMaps) {
  check(R"({"type": "boolean", "const": true})", {.constant_boolean = true});
  check(R"({"type": "boolean", "enum": [false]})", {.constant_boolean = false});
  check(R"({"type": "boolean", "enum": [false, true]})", {});
  check(R"({"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "uniqueItems": true})",
        {.items_min = 1, .items_max = 3, .items_unique = true});
  check(R"({"type": "array", "items": {"properties": {"a": {"type": "string"}}}, "uniqueItems": true})", {});
  check(R"({"type": "array", "items": {"type": "string"}, "const": []})", {.items_max = 0});
  check(
      R"({"meta:xdmType": "map", "additionalProperties": {"type": "string"}, "minProperties": 1, "maxProperties": 2})",
      {.items_min = 1, .items_max = 2});
}

TEST(CheckMapping, RequiresWithinAnExistingParent) {
  const auto schema = compile(R"({"required": ["s", "absent"], "properties": {
      "s": {"required": ["b"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
      "l": {"type": "array", "items": {"required": ["c"], "properties": {"c": {"type": "string"}}}},
      "m": {"additionalProperties": {"required": ["d"], "properties": {"d": {"type": "string", "maxLength": 2}}}}}})");
  ASSERT_TRUE(schema.has_value()) << schema.error().message;
  const auto& columns = schema->columns;
  EXPECT_TRUE(columns[0].constraints.required);
  EXPECT_FALSE(columns[0].children[0].constraints.required);
  EXPECT_TRUE(columns[0].children[1].constraints.required);
  EXPECT_FALSE(columns[1].constraints.required);
  EXPECT_TRUE(columns[1].children[0].children[0].constraints.required);
  EXPECT_TRUE(columns[2].children[1].children[0].constraints.required);
  EXPECT_EQ(columns[2].children[1].children[0].constraints.length_max, 2);
  EXPECT_EQ(columns[2].children[0].name, "key");
}

TEST(CheckMapping, ChecksKeysOfMaps) {
  const auto key = [](std::string_view field) {
    return compile_field(field)->columns.at(0).children.at(0).constraints;
  };
  EXPECT_EQ(key(R"({"additionalProperties": {"type": "string"}})"), Constraints{});
  EXPECT_EQ(key(R"({"additionalProperties": {"type": "string"}, "propertyNames": {"maxLength": 3}})"),
            (Constraints{.length_max = 3}));
  EXPECT_EQ(
      key(R"({"type": "object", "patternProperties": {"^a": {"type": "string"}, "b$": {"type": "string"}}, "additionalProperties": false})"),
      (Constraints{.pattern = "(?:^a)|(?:b$)"}));
  EXPECT_EQ(key(R"({"type": "object", "patternProperties": {"^a": {"type": "string"}}})"), Constraints{});
}

void check_refused(std::string_view field, std::string_view part_of_message) {
  const auto schema = compile_field(field);
  ASSERT_FALSE(schema.has_value()) << field;
  EXPECT_NE(schema.error().message.find("\"f"), std::string::npos) << schema.error().message;
  EXPECT_NE(schema.error().message.find(part_of_message), std::string::npos) << schema.error().message;
}

TEST(CheckMapping, RefusesWhatCannotBeChecked) {
  check_refused(R"x({"type": "string", "pattern": "(?=a)"})x", "looks ahead");
  check_refused(R"({"type": "string", "pattern": 3})", "pattern");
  check_refused(R"({"type": "string", "minLength": -1})", "minLength");
  check_refused(R"({"type": "string", "minLength": "1"})", "minLength");
  check_refused(R"({"type": "string", "enum": "a"})", "enum");
  check_refused(R"({"type": "string", "enum": [1]})", "no value of \"enum\"");
  check_refused(R"({"type": "string", "enum": []})", "no value of \"enum\"");
  check_refused(R"({"type": "boolean", "const": "x"})", "no value of \"const\"");
  check_refused(R"({"type": "number", "minimum": "0"})", "minimum");
  check_refused(R"({"type": "integer", "maximum": {}})", "maximum");
  check_refused(R"({"type": "string", "format": "date", "enum": ["2020-01-01"]})", "date");
  check_refused(R"({"type": "array", "items": {"type": "string", "pattern": "(a)\\1"}})", "f[]");
}

}  // namespace
}  // namespace lakegate::xdm
