#include "xdm/resolver.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "model/error_codes.h"
#include "xdm/table_mapping.h"

namespace lakegate::xdm {
namespace {

// A library written as one JSON object, $id to document.
class Library {
 public:
  explicit Library(std::string_view documents) : documents_(*parse_document(documents)) {
    for (auto& [id, document] : documents_) document.get_object()["$id"] = id;
  }
  Result<ResolvedSchema> resolve(std::string_view id, Clash clash = Clash::refuse) const {
    Resolver resolver([this](std::string_view name) { return object_member(documents_, name); }, clash);
    return resolver.resolve(*object_member(documents_, id));
  }

 private:
  JsonObject documents_;
};

// `expected` lacks the root's $id, `type` and `meta:xdmType` "object", which all have.
void check(std::string_view documents, std::string_view expected) {
  const auto resolved = Library(documents).resolve("schema");
  ASSERT_TRUE(resolved.has_value()) << resolved.error().message;
  JsonObject full = boost::json::parse(expected).get_object();
  for (const std::string_view key : {"type", "meta:xdmType"}) {
    if (!full.contains(key)) full[key] = "object";
  }
  full["$id"] = "schema";
  EXPECT_EQ(resolved->tree, full) << "got      " << resolved->tree << "\nexpected " << full;
}

TEST(Resolver, MergesAllOfInOrder) {
  check(R"({"schema": {"allOf": [
              {"properties": {"a": {"type": "string", "title": "1"}, "b": {"type": "boolean"}}, "required": ["a"]},
              {"properties": {"a": {"title": "2", "maxLength": 3}, "c": {"type": "boolean"}}, "required": ["a", "c"]}],
            "properties": {"a": {"title": "3"}}, "required": ["b"]}})",
        R"({"properties": {"a": {"type": "string", "meta:xdmType": "string", "title": "3", "maxLength": 3},
                           "b": {"type": "boolean", "meta:xdmType": "boolean"},
                           "c": {"type": "boolean", "meta:xdmType": "boolean"}},
            "required": ["a", "c", "b"]})");
}

TEST(Resolver, FollowsReferencesOfAllForms) {
  const std::string_view expected = R"({"properties": {"x": {"type": "boolean", "meta:xdmType": "boolean"}}})";
  check(R"({"schema": {"definitions": {"d": {"properties": {"x": {"type": "boolean"}}}},
            "allOf": [{"$ref": "#/definitions/d"}]}})",
        expected);
  check(R"({"schema": {"allOf": [{"$ref": "other#/definitions/d"}]},
            "other": {"definitions": {"d": {"properties": {"x": {"type": "boolean"}}}}}})",
        expected);
  check(R"({"schema": {"allOf": [{"$ref": "#/definitions/a~1b"}]  ,
            "definitions": {"a/b": {"properties": {"x": {"type": "boolean"}}}}}})",
        expected);
  check(R"({"schema": {"allOf": [{"$ref": "other"}], "properties": {}},
            "other": {"definitions": {"d": {"properties": {"x": {"type": "boolean"}}}}, "allOf": [{"$ref": "#/definitions/d"}]}})",
        R"({"properties": {"x": {"type": "boolean", "meta:xdmType": "boolean"}}, "meta:extends": ["other"]})");
}

// Pointers deeper than a definition may use XDM names, although the fields have their XED names by then.
TEST(Resolver, FollowsDeepPointers) {
  check(R"({"schema": {"allOf": [{"$ref": "#/definitions/d"}], "definitions": {"d": {"properties": {
              "xdm:p": {"properties": {"repo:g": {"type": "boolean"}, "xdm:properties": {"type": "boolean"}}},
              "q": {"$ref": "#/definitions/d/properties/xdm:p/properties/repo:g"},
              "r": {"$ref": "#/definitions/d/properties/xdm:p/properties/xdm:properties"}}}}}})",
        R"({"properties": {
              "p": {"meta:xdmField": "xdm:p", "type": "object", "meta:xdmType": "object", "properties": {
                "_repo": {"type": "object", "meta:xdmType": "object",
                          "properties": {"g": {"type": "boolean", "meta:xdmType": "boolean", "meta:xdmField": "repo:g"}}},
                "properties": {"type": "boolean", "meta:xdmType": "boolean", "meta:xdmField": "xdm:properties"}}},
              "q": {"type": "boolean", "meta:xdmType": "boolean", "meta:xdmField": "repo:g"},
              "r": {"type": "boolean", "meta:xdmType": "boolean", "meta:xdmField": "xdm:properties"}}})");
}

TEST(Resolver, PutsDataTypesIntoFields) {
  check(R"({"schema": {"properties": {
              "one": {"$ref": "type", "title": "mine"},
              "many": {"type": "array", "items": {"$ref": "type"}},
              "named": {"type": "object", "additionalProperties": {"$ref": "type"}}}},
            "type": {"type": "object", "title": "Theirs", "description": "d", "meta:status": "stable", "required": ["v"],
                     "properties": {"v": {"type": "number"}}}})",
        R"({"properties": {
              "one": {"type": "object", "meta:xdmType": "object", "title": "mine", "description": "d", "required": ["v"],
                      "properties": {"v": {"type": "number", "meta:xdmType": "number"}}, "meta:referencedFrom": "type"},
              "many": {"type": "array", "meta:xdmType": "array", "items":
                     {"type": "object", "meta:xdmType": "object", "title": "Theirs", "description": "d", "required": ["v"],
                      "properties": {"v": {"type": "number", "meta:xdmType": "number"}}, "meta:referencedFrom": "type"}},
              "named": {"type": "object", "meta:xdmType": "map", "additionalProperties":
                     {"type": "object", "meta:xdmType": "object", "title": "Theirs", "description": "d", "required": ["v"],
                      "properties": {"v": {"type": "number", "meta:xdmType": "number"}}, "meta:referencedFrom": "type"}}}})");
}

TEST(Resolver, ExtendsAllThatItRestsOn) {
  check(R"({"schema": {"title": "s", "meta:class": "class", "allOf": [{"$ref": "class"}, {"$ref": "group"}]},
            "class": {"title": "c", "meta:abstract": true, "allOf": [{"$ref": "behaviour"}, {"$ref": "base#/definitions/x"}]},
            "group": {"meta:intendedToExtend": ["class"], "allOf": [{"$ref": "#/definitions/g"}],
                      "definitions": {"g": {"properties": {"b": {"type": "boolean"}}}}},
            "behaviour": {"properties": {"a": {"type": "string"}}}, "base": {"definitions": {"x": {"oneOf": [{"type": "object"}]}}}})",
        R"({"title": "s", "meta:class": "class", "meta:extends": ["behaviour", "class", "group"],
            "properties": {"a": {"type": "string", "meta:xdmType": "string"}, "b": {"type": "boolean", "meta:xdmType": "boolean"}}})");
}

TEST(Resolver, CutsCycles) {
  check(R"({"schema": {"properties": {"next": {"$ref": "schema"}, "v": {"type": "boolean"}}}})",
        R"({"properties": {"next": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "schema"},
                           "v": {"type": "boolean", "meta:xdmType": "boolean"}}})");
  check(
      R"({"schema": {"properties": {"t": {"$ref": "tree"}}},
            "tree": {"properties": {"v": {"type": "boolean"}, "children": {"type": "array", "items": {"$ref": "tree"}}}}})",
      R"({"properties": {"t": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "tree", "properties": {
              "v": {"type": "boolean", "meta:xdmType": "boolean"},
              "children": {"type": "array", "meta:xdmType": "array",
                           "items": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "tree"}}}}}})");
  check(R"({"schema": {"allOf": [{"$ref": "schema"}, {"properties": {"v": {"type": "boolean"}}}]}})",
        R"({"properties": {"v": {"type": "boolean", "meta:xdmType": "boolean"}}, "meta:extends": ["schema"]})");
}

// a → b → a: what was cut while resolving b below a is not taken for b elsewhere.
TEST(Resolver, CutsEachPathByItself) {
  check(R"({"schema": {"properties": {"a": {"$ref": "a"}, "b": {"$ref": "b"}}},
            "a": {"properties": {"b": {"$ref": "b"}}}, "b": {"properties": {"a": {"$ref": "a"}, "v": {"type": "boolean"}}}})",
        R"({"properties": {
             "a": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "a", "properties": {
               "b": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "b", "properties": {
                 "a": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "a"},
                 "v": {"type": "boolean", "meta:xdmType": "boolean"}}}}},
             "b": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "b", "properties": {
               "a": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "a", "properties": {
                 "b": {"type": "object", "meta:xdmType": "object", "meta:referencedFrom": "b"}}},
               "v": {"type": "boolean", "meta:xdmType": "boolean"}}}}})");
}

TEST(Resolver, IgnoresAlternatives) {
  check(
      R"({"schema": {"properties": {"a": {"type": "object", "oneOf": [{"$ref": "nowhere"}]}}, "anyOf": [{"required": ["a"]}]}})",
      R"({"properties": {"a": {"type": "object", "meta:xdmType": "object"}}})");
}

void check_refused(std::string_view documents, const ErrorCode& code, std::vector<std::string_view> parts_of_message) {
  const auto resolved = Library(documents).resolve("schema");
  ASSERT_FALSE(resolved.has_value()) << documents;
  EXPECT_EQ(resolved.error().code, &code) << resolved.error().code->id;
  for (const std::string_view part : parts_of_message) {
    EXPECT_NE(resolved.error().message.find(part), std::string::npos) << part << " in: " << resolved.error().message;
  }
}

TEST(Resolver, NamesUnknownReferences) {
  check_refused(R"({"schema": {"allOf": [{"$ref": "nowhere"}]}})", codes::schema_reference_unknown,
                {"\"schema\"", "\"nowhere\""});
  check_refused(R"({"schema": {"allOf": [{"$ref": "a"}]}, "a": {"properties": {"x": {"$ref": "nowhere"}}}})",
                codes::schema_reference_unknown, {"\"a\"", "\"nowhere\""});
  check_refused(R"({"schema": {"allOf": [{"$ref": "#/definitions/x"}]}})", codes::schema_reference_unknown,
                {"\"schema\"", "#/definitions/x"});
  check_refused(R"({"schema": {"allOf": [{"$ref": "a#x"}]}, "a": {"x": {}}})", codes::schema_reference_unknown,
                {"a#x"});
}

TEST(Resolver, RefusesClashesNamingBothSources) {
  check_refused(R"({"schema": {"allOf": [{"$ref": "a"}, {"$ref": "other"}, {"$ref": "b"}]},
                    "a": {"properties": {"s": {"properties": {"t": {"type": "number"}}}}}, "other": {"properties": {"s": {"type": "object"}}},
                    "b": {"properties": {"s": {"properties": {"t": {"type": "string"}}}}}})",
                codes::schema_type_clash, {"\"s.t\"", "number and string", "\"a\"", "\"b\""});
  check_refused(
      R"({"schema": {"allOf": [{"$ref": "a"}], "properties": {"x": {"type": "string", "format": "date-time"}}},
                    "a": {"properties": {"x": {"type": "string"}}}})",
      codes::schema_type_clash, {"\"x\"", "string and date-time", "\"a\"", "\"schema\""});
  check_refused(R"({"schema": {"allOf": [{"$ref": "g"}]}, "g": {"allOf": [{"$ref": "a"}, {"$ref": "b"}]},
                    "a": {"properties": {"x": {"type": "array", "items": {"type": "string"}}}},
                    "b": {"properties": {"x": {"type": "array", "items": {"type": "integer"}}}}})",
                codes::schema_type_clash, {"\"x.[]\"", "string and int", "\"a\"", "\"b\""});
  check_refused(
      R"({"schema": {"properties": {"x": {"$ref": "a", "type": "string"}}}, "a": {"properties": {"v": {"type": "string"}}}})",
      codes::schema_type_clash, {"object and string", "\"a\"", "\"schema\""});
  check_refused(
      R"({"schema": {"allOf": [{"properties": {"x": {"type": "object", "additionalProperties": {"type": "string"}}}},
                                         {"properties": {"x": {"properties": {"v": {"type": "string"}}}}}]}})",
      codes::schema_type_clash, {"\"x\"", "map and object"});
}

TEST(Resolver, LetsTheLaterOneWinWhereAskedTo) {
  const Library library(R"({"schema": {"allOf": [{"properties": {"x": {"type": "number", "minimum": 3}}},
                                                 {"properties": {"x": {"type": "string"}}}]}})");
  const auto resolved = library.resolve("schema", Clash::later_wins);
  ASSERT_TRUE(resolved.has_value());
  EXPECT_EQ(resolved->tree.at("properties"),
            boost::json::parse(R"({"x": {"type": "string", "meta:xdmType": "string"}})"));
}

TEST(Resolver, AgreesOnWhatIsNoClash) {
  check(
      R"({"schema": {"allOf": [{"properties": {"i": {"type": "integer"}, "o": {"type": "object"}, "u": {"type": "string"}}},
                                 {"properties": {"i": {"type": "integer", "minimum": 0, "maximum": 5000000000},
                                                 "o": {"type": "object", "additionalProperties": {"type": "string"}},
                                                 "u": {"const": ""}}}]}})",
      R"({"properties": {"i": {"type": "integer", "minimum": 0, "maximum": 5000000000, "meta:xdmType": "long"},
                           "o": {"type": "object", "meta:xdmType": "map", "additionalProperties": {"type": "string", "meta:xdmType": "string"}},
                           "u": {"type": "string", "meta:xdmType": "string", "const": ""}}})");
}

TEST(Resolver, RefusesWrongShapes) {
  check_refused(R"({"schema": {"properties": {"a": {"properties": {"b": {"type": "strng"}}}}}})", codes::schema_invalid,
                {"\"a.b\"", "strng"});
  check_refused(R"({"schema": {"properties": {"a": {"type": "string", "meta:xdmType": "int"}}}})",
                codes::schema_invalid, {"\"a\"", "\"string\"", "\"int\""});
  check_refused(R"({"schema": {"properties": {"a": {"type": "array", "items": [{"type": "string"}]}}}})",
                codes::schema_invalid, {"\"a[]\"", "items"});
  check_refused(R"({"schema": {"allOf": [3]}})", codes::schema_invalid, {"allOf"});
}

// Whatever stands where a schema should, the answer is a tree or an error.
TEST(Resolver, SurvivesAnyShape) {
  const std::vector<std::string_view> values = {"null",
                                                "true",
                                                "3",
                                                R"("x")",
                                                "[]",
                                                "[3]",
                                                R"([{"a": 3}])",
                                                "{}",
                                                R"({"a": 3})",
                                                R"({"a": {"a": []}})",
                                                R"({"$ref": 3})",
                                                R"({"$ref": "#/x"})",
                                                R"({"$ref": "##"})"};
  for (const std::string_view key :
       {"properties", "required", "allOf", "$ref", "definitions", "items", "additionalProperties", "patternProperties",
        "type", "meta:xdmType", "enum", "const", "minimum", "oneOf", "$id"}) {
    for (const std::string_view value : values) {
      for (const std::string_view form : {R"({"a": {"X": V}})", R"({"a": {"properties": {"b": {"X": V}}}})",
                                          R"({"a": {"allOf": [{"$ref": "#/x/y"}], "x": {"y": {"X": V}}}})"}) {
        std::string text(form);
        text.replace(text.find('V'), 1, value);
        text.replace(text.find('X'), 1, key);
        const JsonObject document = *parse_document(text);
        Resolver resolver([&](std::string_view) { return object_member(document, "a"); });
        const auto resolved = resolver.resolve(document.at("a").get_object());
        if (!resolved) continue;
        FieldFacts facts;
        const auto table = to_table_schema(*resolved, facts);
        if (table) (void)to_check_schema(*resolved, *table);
      }
    }
  }
}

TEST(Resolver, IsBounded) {
  std::string name = "https://ns.adobe.com";
  for (int i = 0; i < 100'000; ++i) name += "/a";
  check_refused(R"({"schema": {"properties": {")" + name + R"(": {}}}})", codes::schema_invalid, {"100000 segments"});
  check_refused(R"({"schema": {"required": [")" + name + R"("]}})", codes::schema_invalid, {"100000 segments"});

  // Doubles at every step: 2^40 fields if it were done.
  std::string bomb = R"({"schema": {"$ref": "d0"})";
  for (int i = 0; i < 40; ++i) {
    const std::string next = R"({"$ref": "d)" + std::to_string(i + 1) + R"("})";
    bomb += R"(, "d)" + std::to_string(i) + R"(": {"properties": {"a": )" + next + R"(, "b": )" + next + "}}";
  }
  check_refused(bomb + R"(, "d40": {"properties": {"v": {"type": "string"}}}})", codes::schema_invalid, {"100000"});

  std::string chain = R"({"schema": {"$ref": "c0"})";
  for (int i = 0; i < 80; ++i)
    chain += R"(, "c)" + std::to_string(i) + R"(": {"$ref": "c)" + std::to_string(i + 1) + R"("})";
  check_refused(chain + R"(, "c80": {}})", codes::schema_invalid, {"chain"});

  std::string nested = R"({"schema": {"$ref": "n0"})";
  for (int i = 0; i < 3; ++i) {
    nested += R"(, "n)" + std::to_string(i) + "\": ";
    for (int level = 0; level < 25; ++level) nested += R"({"properties": {"p": )";
    nested += R"({"$ref": "n)" + std::to_string(i + 1) + R"("})";
    for (int level = 0; level < 25; ++level) nested += "}}";
  }
  check_refused(nested + R"(, "n3": {"type": "string"}})", codes::schema_invalid, {"levels deep", "64"});
}

TEST(Resolver, ServesManySchemas) {
  JsonObject documents = *parse_document(R"({"type": {"properties": {"back": {"$ref": "one#/definitions/d"}}}})");
  Resolver resolver([&](std::string_view id) { return object_member(documents, id); });
  const auto resolve = [&](std::string_view document) {
    auto resolved = resolver.resolve(*parse_document(document));
    EXPECT_TRUE(resolved.has_value());
    return boost::json::serialize(resolved->tree.at("properties"));
  };
  // The second document has the $id of the first but other definitions.
  const std::string first =
      resolve(R"({"$id": "one", "definitions": {"d": {"type": "string"}}, "properties": {"t": {"$ref": "type"}}})");
  const std::string second =
      resolve(R"({"$id": "one", "definitions": {"d": {"type": "number"}}, "properties": {"t": {"$ref": "type"}}})");
  EXPECT_NE(first.find("string"), std::string::npos);
  EXPECT_NE(second.find("number"), std::string::npos) << second;
}

TEST(Resolver, KnowsAdHocSchemas) {
  const Library library(R"({"schema": {"allOf": [{"$ref": "class"}]},
      "class": {"allOf": [{"$ref": "https://ns.adobe.com/xdm/data/adhoc"},
                          {"properties": {"_adhoc": {"type": "object", "required": ["x:y"], "properties": {"x:y": {"type": "string"}}}}}]},
      "https://ns.adobe.com/xdm/data/adhoc": {"type": "object"}})");
  const auto resolved = library.resolve("schema");
  ASSERT_TRUE(resolved.has_value()) << resolved.error().message;
  EXPECT_TRUE(resolved->is_adhoc);
  EXPECT_NE(object_member(*object_member(resolved->record(), "properties"), "x:y"), nullptr);
}

TEST(ResolvedSchema, GoesThroughText) {
  const Library library(R"({"schema": {"properties": {"a": {"type": "number", "minimum": 0.1}}}})");
  const auto resolved = library.resolve("schema");
  const auto back = resolved_schema_from_text(to_text(*resolved));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->tree, resolved->tree);
  EXPECT_EQ(back->id, resolved->id);
  EXPECT_FALSE(back->is_adhoc);
  EXPECT_FALSE(resolved_schema_from_text("{}").has_value());
  EXPECT_FALSE(resolved_schema_from_text("nonsense").has_value());
}

TEST(References, AreListedOnce) {
  const JsonObject document = *parse_document(
      R"({"$id": "me", "allOf": [{"$ref": "a"}, {"$ref": "#/definitions/x"}, {"$ref": "me"}, {"$ref": "b#/definitions/y"}],
          "definitions": {"x": {"properties": {"p": {"items": {"$ref": "a"}}, "q": {"$ref": "c"}}}}})");
  EXPECT_EQ(references(document), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Document, IsParsedUnderLimits) {
  const auto message = [](std::string_view text) { return parse_document(text).error().message; };
  EXPECT_NE(message("{\"a\": }").find("byte 6"), std::string::npos) << message("{\"a\": }");
  EXPECT_NE(message("[]").find("not an object"), std::string::npos);
  EXPECT_FALSE(parse_document("").has_value());
  EXPECT_FALSE(parse_document("{").has_value());
  EXPECT_FALSE(parse_document("{} x").has_value());
  EXPECT_TRUE(parse_document(" {} \n").has_value());
  EXPECT_FALSE(parse_document("{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}").has_value());
}

}  // namespace
}  // namespace lakegate::xdm
