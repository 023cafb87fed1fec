#include "xdm/field_type.h"

#include <gtest/gtest.h>

namespace lakegate::xdm {
namespace {

void check(std::string_view field, std::string_view expected) {
  EXPECT_EQ(to_string(field_type(*parse_document(field))), expected) << field;
}

TEST(FieldType, FollowsTypeAndFormat) {
  check(R"({"type": "string"})", "string");
  check(R"({"type": "string", "format": "uri"})", "string");
  check(R"({"type": "string", "format": "date"})", "date");
  check(R"({"type": "string", "format": "date-time"})", "date-time");
  check(R"({"type": "string", "meta:xdmType": "date"})", "date");
  check(R"({"type": "number"})", "number");
  check(R"({"type": "number", "minimum": 0, "maximum": 1})", "number");
  check(R"({"type": "boolean"})", "boolean");
  check(R"({"type": "array", "items": {"type": "string"}})", "array");
  check(R"({"type": ["string", "null"]})", "string");
  check(R"({"type": ["null", "integer"]})", "int");
}

TEST(FieldType, TellsObjectsFromMaps) {
  check(R"({"type": "object"})", "object");
  check(R"({"type": "object", "properties": {"a": {}}})", "object");
  check(R"({"type": "object", "properties": {"a": {}}, "additionalProperties": false})", "object");
  check(R"({"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}})", "object");
  check(R"({"type": "object", "additionalProperties": {"type": "string"}})", "map");
  check(R"({"type": "object", "properties": {}, "additionalProperties": {"type": "string"}})", "map");
  check(R"({"type": "object", "additionalProperties": true})", "object");
  check(R"({"type": "object", "meta:xdmType": "map"})", "map");
  check(R"({"type": "object", "patternProperties": {".+": {"type": "string"}}})", "map");
}

// The tightest type that holds the bounds; documented upper bounds are one past.
TEST(FieldType, FitsIntegers) {
  check(R"({"type": "integer"})", "int");
  check(R"({"type": "integer", "minimum": 0})", "int");
  check(R"({"type": "integer", "maximum": 5})", "int");
  check(R"({"type": "integer", "minimum": 1, "maximum": 31})", "byte");
  check(R"({"type": "integer", "minimum": -128, "maximum": 127})", "byte");
  check(R"({"type": "integer", "minimum": -128, "maximum": 128})", "byte");
  check(R"({"type": "integer", "minimum": 0, "maximum": 128})", "short");
  check(R"({"type": "integer", "minimum": 1, "maximum": 32767})", "short");
  check(R"({"type": "integer", "minimum": -32768, "maximum": 32768})", "short");
  check(R"({"type": "integer", "minimum": 0, "maximum": 32768})", "int");
  check(R"({"type": "integer", "minimum": -2147483648, "maximum": 2147483648})", "int");
  check(R"({"type": "integer", "minimum": -2147483648, "maximum": 2147483647})", "int");
  check(R"({"type": "integer", "minimum": 0, "maximum": 2147483648})", "long");
  check(R"({"type": "integer", "minimum": -9007199254740992, "maximum": 9007199254740992})", "long");
  check(R"({"type": "integer", "maximum": 9007199254740991})", "long");
  check(R"({"type": "integer", "minimum": -2147483649})", "long");
  check(R"({"type": "integer", "exclusiveMinimum": -129, "exclusiveMaximum": 128})", "byte");
  check(R"({"type": "integer", "minimum": 0, "maximum": 2e2})", "short");
  check(R"({"type": "integer", "minimum": 0, "maximum": 1e300})", "long");
}

TEST(FieldType, TakesTheStatedIntegerUnlessBoundsExceedIt) {
  check(R"({"type": "integer", "meta:xdmType": "long"})", "long");
  check(R"({"type": "integer", "meta:xdmType": "long", "minimum": 0, "maximum": 5})", "long");
  check(R"({"type": "integer", "meta:xdmType": "int", "minimum": 0, "maximum": 5})", "int");
  check(R"({"type": "integer", "meta:xdmType": "byte"})", "byte");
  check(R"({"type": "integer", "meta:xdmType": "byte", "minimum": 0, "maximum": 128})", "byte");
  check(R"({"type": "integer", "meta:xdmType": "byte", "minimum": 0, "maximum": 255})", "short");
  check(R"({"type": "integer", "meta:xdmType": "short", "minimum": 0, "maximum": 32768})", "short");
  check(R"({"type": "integer", "meta:xdmType": "int", "maximum": 4294967295})", "long");
  check(R"({"meta:xdmType": "short"})", "short");
}

TEST(FieldType, GuessesWhereNoTypeIsGiven) {
  check(R"({})", "");
  check(R"({"title": "a"})", "");
  check(R"({"oneOf": [{"type": "string"}, {"type": "array"}]})", "");
  check(R"({"properties": {"a": {}}})", "object");
  check(R"({"items": {"type": "string"}})", "array");
  check(R"({"additionalProperties": {"type": "string"}})", "map");
  check(R"({"enum": ["a", "b"]})", "string");
  check(R"({"const": ""})", "string");
  check(R"({"const": null})", "");
  check(R"({"const": 3})", "int");
  check(R"({"enum": [true]})", "boolean");
  check(R"({"pattern": "a"})", "string");
  check(R"({"format": "date"})", "date");
  check(R"({"minimum": 0})", "number");
  check(R"({"meta:xdmType": "date-time"})", "date-time");
  check(R"({"meta:xdmType": "map"})", "map");
  EXPECT_EQ(stated_type(*parse_document(R"({"const": ""})")), FieldType::none);
  EXPECT_EQ(stated_type(*parse_document(R"({"minimum": 0})")), FieldType::none);
}

void check_bounds(std::string_view field, std::optional<int64_t> minimum, std::optional<int64_t> maximum) {
  const JsonObject parsed = *parse_document(field);
  const IntegerBounds bounds = integer_bounds(parsed, field_type(parsed));
  EXPECT_EQ(bounds.minimum, minimum) << field;
  EXPECT_EQ(bounds.maximum, maximum) << field;
}

TEST(IntegerBounds, AreClampedToTheType) {
  check_bounds(R"({"type": "integer"})", {}, {});
  check_bounds(R"({"type": "integer", "minimum": 0})", 0, {});
  check_bounds(R"({"type": "integer", "meta:xdmType": "long"})", {}, {});
  check_bounds(R"({"type": "integer", "meta:xdmType": "byte"})", -128, 127);
  check_bounds(R"({"type": "integer", "meta:xdmType": "short", "minimum": 0})", 0, 32767);
  check_bounds(R"({"type": "integer", "minimum": -128, "maximum": 128})", -128, 127);
  check_bounds(R"({"type": "integer", "minimum": -2147483648, "maximum": 2147483648})", -2147483648, 2147483647);
  check_bounds(R"({"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740992})", -9007199254740991,
               9007199254740991);
  check_bounds(R"({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10})", 1, 9);
  check_bounds(R"({"type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9})", 1, 9);
  check_bounds(R"({"type": "integer", "minimum": 0.5, "maximum": 9.5})", 1, 9);
  check_bounds(R"({"type": "integer", "exclusiveMinimum": 0.5, "exclusiveMaximum": 9.5})", 1, 9);
}

}  // namespace
}  // namespace lakegate::xdm
