#include "xdm/table_mapping.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace lakegate::xdm {
namespace {

std::string describe(const std::vector<Column>& columns);

std::string describe(const Column& column) {
  switch (column.kind) {
    case TypeKind::structure: return "struct<" + describe(column.children) + ">";
    case TypeKind::list: return "list<" + describe(column.children[0]) + ">";
    case TypeKind::map: return "map<" + describe(column.children[0]) + ", " + describe(column.children[1]) + ">";
    default: return std::string(to_string(column.kind));
  }
}

std::string describe(const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) text += (text.empty() ? "" : ", ") + column.name + " " + describe(column);
  return text;
}

ResolvedSchema resolve(std::string_view document) {
  Resolver resolver([](std::string_view) -> const JsonObject* { return nullptr; });
  auto resolved = resolver.resolve(*parse_document(document));
  EXPECT_TRUE(resolved.has_value()) << resolved.error().message;
  return std::move(*resolved);
}

void check(std::string_view field, std::string_view expected) {
  FieldFacts facts;
  const auto table = to_table_schema(resolve(fmt::format(R"({{"properties": {{"f": {}}}}})", field)), facts);
  ASSERT_TRUE(table.has_value()) << table.error().message;
  EXPECT_EQ(describe(table->columns), expected.empty() ? "" : "f " + std::string(expected)) << field;
}

TEST(TableMapping, MapsEveryType) {
  check(R"({"type": "string"})", "string");
  check(R"({"type": "string", "format": "uri-reference"})", "string");
  check(R"({"type": "string", "format": "date"})", "date");
  check(R"({"type": "string", "format": "date-time"})", "timestamptz");
  check(R"({"type": "boolean"})", "boolean");
  check(R"({"type": "number"})", "double");
  check(R"({"type": "integer"})", "int");
  check(R"({"type": "integer", "minimum": 0, "maximum": 100})", "int");
  check(R"({"type": "integer", "minimum": -32768, "maximum": 32768})", "int");
  check(R"({"type": "integer", "minimum": -2147483648, "maximum": 2147483648})", "int");
  check(R"({"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991})", "long");
  check(R"({"type": "integer", "meta:xdmType": "long"})", "long");
  check(R"({"type": "array", "items": {"type": "integer"}})", "list<int>");
  check(R"({"type": "array", "items": {"type": "array", "items": {"properties": {"a": {"type": "string"}}}}})",
        "list<list<struct<a string>>>");
  check(R"({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "number"}}})",
        "struct<a string, b double>");
  check(R"({"type": "object", "additionalProperties": {"type": "integer"}})", "map<string, int>");
  check(
      R"({"type": "object", "additionalProperties": {"type": "array", "items": {"properties": {"a": {"type": "date", "type": "string"}}}}})",
      "map<string, list<struct<a string>>>");
  check(R"({"type": "object", "meta:xdmType": "map"})", "map<string, string>");
  check(R"({"type": "object", "patternProperties": {".+_.+": {"type": "boolean"}}})", "map<string, boolean>");
}

TEST(TableMapping, LeavesOutWhatWouldBeEmpty) {
  check(R"({"type": "object"})", "");
  check(R"({"type": "object", "properties": {}})", "");
  check(R"({"type": "object", "properties": {"a": {"type": "object"}}})", "");
  check(R"({"type": "array", "items": {"type": "object"}})", "");
  check(R"({"type": "array"})", "");
  check(R"({"type": "object", "additionalProperties": {"type": "object"}})", "");
  check(R"({})", "");
  check(R"({"oneOf": [{"type": "string"}, {"type": "array"}]})", "");
  check(R"({"type": "object", "properties": {"a": {"type": "object"}, "b": {"type": "string"}}})", "struct<b string>");
  check(R"({"enum": ["a"]})", "string");
}

TEST(TableMapping, GivesIdsAndNamesThatStay) {
  FieldFacts facts;
  const auto first = to_table_schema(
      resolve(
          R"({"properties": {"b": {"type": "string"}, "s": {"properties": {"x": {"type": "string"}}}, "B": {"type": "string"}}})"),
      facts);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(describe(first->columns), "b string, s struct<x string>, B string");
  EXPECT_EQ(first->columns[2].table_name, "B_1");
  EXPECT_EQ(last_column_id(*first), 4);

  // The document's order changed and fields came: the old keep id and place, the new come last.
  FieldFacts later(std::vector(facts.added().begin(), facts.added().end()));
  const auto second = to_table_schema(
      resolve(R"({"properties": {"a": {"type": "string"}, "B": {"type": "string"}, "b": {"type": "string"},
      "s": {"properties": {"y": {"type": "number"}, "x": {"type": "string"}}}}})"),
      later);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(describe(second->columns), "b string, s struct<x string, y double>, B string, a string");
  EXPECT_EQ(second->columns[2], first->columns[2]);
  EXPECT_EQ(later.added().size(), 2u);
}

TEST(TableMapping, PutsAdHocColumnsAtTheRoot) {
  ResolvedSchema schema = resolve(R"({"properties": {"_id": {"type": "string"},
      "_adhoc": {"type": "object", "required": ["a b"], "properties": {"a b": {"type": "string"}, "x:y": {"type": "number"}}}}})");
  schema.is_adhoc = true;
  FieldFacts facts;
  const auto table = to_table_schema(schema, facts);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(describe(table->columns), "a b string, x:y double");
  const auto checks = to_check_schema(schema, *table);
  ASSERT_TRUE(checks.has_value());
  EXPECT_TRUE(checks->columns[0].constraints.required);
  EXPECT_FALSE(checks->columns[1].constraints.required);
}

TEST(TableMapping, CountsLeaves) {
  FieldFacts facts;
  const auto table = to_table_schema(resolve(R"({"properties": {
      "a": {"type": "string"}, "m": {"type": "object", "additionalProperties": {"type": "string"}},
      "l": {"type": "array", "items": {"properties": {"x": {"type": "string"}, "y": {"type": "string"}}}}}})"),
                                     facts);
  EXPECT_EQ(leaf_count(*table), 4u);
}

TEST(TableMapping, RefusesNamelessFields) {
  FieldFacts facts;
  const auto table =
      to_table_schema(resolve(R"({"properties": {"s": {"properties": {"": {"type": "string"}}}}})"), facts);
  ASSERT_FALSE(table.has_value());
  EXPECT_NE(table.error().message.find("\"s\""), std::string::npos);
}

}  // namespace
}  // namespace lakegate::xdm
