// The codecs of TableSchema and CheckSchema: what goes in comes out, and nothing else is read.
#include <gtest/gtest.h>

#include <limits>

#include "model/check_schema_json.h"
#include "model/table_schema_json.h"

namespace lakegate {
namespace {

Column column(int32_t id, std::string name, TypeKind kind, std::vector<Column> children = {}) {
  return {id, name, name, kind, "", std::move(children)};
}

void check_round_trip(const TableSchema& schema) {
  const auto back = table_schema_from_json(table_schema_to_json(schema));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(*back, schema);
}

TEST(TableSchemaJson, KeepsEverything) {
  check_round_trip({});
  TableSchema schema{7, {}};
  for (int kind = 0; kind < static_cast<int>(TypeKind::structure); ++kind) {
    schema.columns.push_back(column(kind + 1, "c\"\\ü\n" + std::to_string(kind), static_cast<TypeKind>(kind)));
  }
  schema.columns.front().table_name = "C_1";
  schema.columns.front().documentation = "what it is";
  schema.columns.push_back(column(20, "s", TypeKind::structure,
                                  {column(21, "l", TypeKind::list, {column(22, "element", TypeKind::int64)})}));
  schema.columns.push_back(
      column(30, "m", TypeKind::map, {column(31, "key", TypeKind::string), column(32, "value", TypeKind::date)}));
  check_round_trip(schema);
}

TEST(TableSchemaJson, RefusesOtherThings) {
  for (
      const std::string_view text :
      {"", "[]", "{}", R"({"version":2,"schema-id":0,"columns":[]})", R"({"version":1,"schema-id":0})",
       R"({"version":1,"schema-id":-1,"columns":[]})", R"({"version":1,"schema-id":0,"columns":[3]})",
       R"({"version":1,"schema-id":0,"columns":[{"name":"a","type":"int"}]})",
       R"({"version":1,"schema-id":0,"columns":[{"id":1,"name":"a","type":"decimal"}]})",
       R"({"version":1,"schema-id":0,"columns":[{"id":4294967296,"name":"a","type":"int"}]})",
       R"({"version":1,"schema-id":0,"columns":[{"id":1,"name":"a","type":"list"}]})",
       R"({"version":1,"schema-id":0,"columns":[{"id":1,"name":"a","type":"int","children":[{"id":2,"name":"b","type":"int"}]}]})"}) {
    const auto read = table_schema_from_json(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::corrupt) << text;
  }
  std::string deep;
  for (int i = 0; i < 120; ++i) deep += R"({"id":1,"name":"a","type":"struct","children":[)";
  std::string end;
  for (int i = 0; i < 120; ++i) end += "]}";
  EXPECT_FALSE(table_schema_from_json(R"({"version":1,"schema-id":0,"columns":[)" + deep + end + "]}").has_value());
}

// One node for each constraint, so that a member forgotten in either direction is seen.
CheckSchema all_constraints() {
  CheckSchema schema;
  const auto add = [&](TypeKind kind, auto set) {
    CheckNode node{static_cast<int32_t>(schema.columns.size() + 1), "n", kind, {}, {}};
    set(node.constraints);
    schema.columns.push_back(std::move(node));
  };
  add(TypeKind::string, [](Constraints& c) { c.required = true; });
  add(TypeKind::float64, [](Constraints& c) { c.minimum = -0.1; });
  add(TypeKind::float64, [](Constraints& c) { c.minimum = 5; });
  add(TypeKind::float64, [](Constraints& c) { c.maximum = std::numeric_limits<double>::max(); });
  add(TypeKind::float64, [](Constraints& c) { c.minimum = std::numeric_limits<double>::denorm_min(); });
  add(TypeKind::int64, [](Constraints& c) { c.minimum_integer = std::numeric_limits<int64_t>::min(); });
  add(TypeKind::int64, [](Constraints& c) { c.maximum_integer = std::numeric_limits<int64_t>::max(); });
  add(TypeKind::float64, [](Constraints& c) { c.exclusive_minimum = true; });
  add(TypeKind::float64, [](Constraints& c) { c.exclusive_maximum = true; });
  add(TypeKind::string, [](Constraints& c) { c.length_min = 0; });
  add(TypeKind::string, [](Constraints& c) { c.length_max = 9; });
  add(TypeKind::string, [](Constraints& c) { c.pattern = "^\\d\"ü$"; });
  add(TypeKind::string, [](Constraints& c) { c.enumeration = {"", "a\nb", "ü"}; });
  add(TypeKind::int32, [](Constraints& c) { c.enumeration_integer = {-1, 0, 1}; });
  add(TypeKind::float64, [](Constraints& c) { c.enumeration_number = {0.1, 2, 1e300}; });
  add(TypeKind::boolean, [](Constraints& c) { c.constant_boolean = false; });
  add(TypeKind::boolean, [](Constraints& c) { c.constant_boolean = true; });
  add(TypeKind::structure, [](Constraints& c) { c.items_min = 1; });
  add(TypeKind::structure, [](Constraints& c) { c.items_max = 2; });
  add(TypeKind::structure, [](Constraints& c) { c.items_unique = true; });
  schema.columns.back().children.push_back(
      {99, "list", TypeKind::list, {}, {{100, "element", TypeKind::timestamptz, {}, {}}}});
  return schema;
}

TEST(CheckSchemaJson, KeepsEveryConstraint) {
  const CheckSchema schema = all_constraints();
  const std::string text = check_schema_to_json(schema);
  const auto back = check_schema_from_json(text);
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(*back, schema);
  EXPECT_EQ(check_schema_to_json(*back), text);
}

TEST(CheckSchemaJson, RefusesOtherThings) {
  for (const std::string_view text :
       {"{", R"({"version":1})", R"({"version":"1","columns":[]})", R"({"version":1,"columns":[{"id":1,"name":"a"}]})",
        R"({"version":1,"columns":[{"id":1,"name":"a","type":"int","surprise":1}]})",
        R"({"version":1,"columns":[{"id":1,"name":"a","type":"string","enum":[1]}]})",
        R"({"version":1,"columns":[{"id":1,"name":"a","type":"string","lengthMax":"9"}]})",
        R"({"version":1,"columns":[{"id":1,"name":"a","type":"map","children":[]}]})"}) {
    const auto read = check_schema_from_json(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().kind(), ErrorKind::corrupt) << text;
  }
}

}  // namespace
}  // namespace lakegate
