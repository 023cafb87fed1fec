#include "validation/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "columnar/parquet_test_support.h"
#include "validation/judge_test_support.h"

namespace lakegate::validation {
namespace {

using columnar::testing::write_parquet;
using columnar::testing::WriteOptions;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::field;
using ::testing::IsEmpty;
using testing::judge_bytes;
using testing::list;
using testing::map;
using testing::object;
using testing::required;
using testing::schema;
using testing::summary;

using Lines = std::vector<std::string>;

// Every check is judged in each of the ways in which values can be stored.
const std::vector<WriteOptions> storages = {{},
                                            {.dictionary = false},
                                            {.codec = "zstd", .pages_v2 = true, .checksums = true},
                                            {.row_group_rows = 2},
                                            {.dictionary = false, .page_bytes = 1}};

void check(const CheckSchema& checks, std::string_view file_schema, std::string_view rows, const Lines& expected) {
  for (const WriteOptions& options : storages) {
    SCOPED_TRACE(::testing::Message() << file_schema << " " << rows << " storage " << &options - storages.data());
    const auto judged = judge_bytes(write_parquet(file_schema, rows, options), checks);
    EXPECT_THAT(summary(judged.report), ElementsAreArray(expected));
    EXPECT_EQ(judged.report.verdict == Verdict::good, expected.empty());
    EXPECT_EQ(judged.report.violation_count, static_cast<int64_t>(expected.size()));
  }
}

TEST(Judge, TextConstraints) {
  const auto text = [](Constraints constraints, std::string_view rows, const Lines& expected) {
    check(schema({field("t", TypeKind::string, std::move(constraints))}), "t: string", rows, expected);
  };
  text({}, R"([{"t": "a"}, {}, {"t": ""}])", {});
  text({.length_min = 2}, R"([{"t": "ab"}, {"t": "a"}, {}, {"t": "ü"}, {"t": "üü"}])", {"LG-2202-400 t [1,3] \"a\""});
  text({.length_max = 2}, R"([{"t": "abc"}, {"t": "üü"}, {"t": "\ud83d\ude00\ud83d\ude00"}])",
       {"LG-2202-400 t [0] \"abc\""});
  text({.pattern = "^[A-Z]{2}$"}, R"([{"t": "AB"}, {"t": "AB\n"}, {"t": "xABx"}])",
       {"LG-2203-400 t [1,2] \"AB\\x0a\""});
  text({.pattern = "b+"}, R"([{"t": "abba"}, {"t": "aa"}])", {"LG-2203-400 t [1] \"aa\""});
  text({.enumeration = {"red", "green"}}, R"([{"t": "red"}, {"t": "Red"}, {"t": "green"}, {"t": ""}])",
       {"LG-2204-400 t [1,3] \"Red\""});
  text({.length_min = 3, .enumeration = {"red"}}, R"([{"t": "no"}, {"t": "red"}])",
       {"LG-2202-400 t [0] \"no\"", "LG-2204-400 t [0] \"no\""});
}

TEST(Judge, NumberConstraints) {
  const auto integer = [](Constraints constraints, std::string_view rows, const Lines& expected) {
    check(schema({field("n", TypeKind::int64, constraints)}), "n: int64", rows, expected);
    check(schema({field("n", TypeKind::int64, constraints)}), "n: int32", rows, expected);
    check(schema({field("n", TypeKind::int64, constraints)}), "n: int8", rows, expected);
    check(schema({field("n", TypeKind::int32, constraints)}), "n: int16", rows, expected);
  };
  integer({}, R"([{"n": 127}, {"n": -128}, {}])", {});
  integer({.minimum_integer = 1, .maximum_integer = 5}, R"([{"n": 1}, {"n": 0}, {"n": 5}, {"n": 6}, {}])",
          {"LG-2201-400 n [1,3] 0"});
  integer({.minimum_integer = 1, .exclusive_minimum = true}, R"([{"n": 1}, {"n": 2}])", {"LG-2201-400 n [0] 1"});
  integer({.maximum_integer = 1, .exclusive_maximum = true}, R"([{"n": 1}, {"n": 0}])", {"LG-2201-400 n [0] 1"});
  integer({.enumeration_integer = {1, 2}}, R"([{"n": 1}, {"n": 3}, {"n": 2}])", {"LG-2204-400 n [1] 3"});

  const auto number = [](Constraints constraints, std::string_view rows, const Lines& expected) {
    check(schema({field("n", TypeKind::float64, constraints)}), "n: double", rows, expected);
    check(schema({field("n", TypeKind::float64, constraints)}), "n: float", rows, expected);
  };
  number({}, R"([{"n": 1.5}, {"n": -0.0}, {}])", {});
  number({}, R"([{"n": 1.5}, {"n": NaN}, {"n": Inf}, {"n": -Inf}])", {"LG-2201-400 n [1,2,3] nan"});
  number({.minimum = 0, .maximum = 1}, R"([{"n": 0}, {"n": 1}, {"n": 1.5}, {"n": -0.25}])",
         {"LG-2201-400 n [2,3] 1.5"});
  number({.minimum = 0, .exclusive_minimum = true}, R"([{"n": 0}, {"n": 0.5}])", {"LG-2201-400 n [0] 0"});
  number({.maximum = 1, .exclusive_maximum = true}, R"([{"n": 1}, {"n": 0.5}])", {"LG-2201-400 n [0] 1"});
  number({.enumeration_number = {0.5}}, R"([{"n": 0.5}, {"n": 0.25}])", {"LG-2204-400 n [1] 0.25"});
  check(schema({field("b", TypeKind::boolean, {.constant_boolean = true})}), "b: bool",
        R"([{"b": true}, {"b": false}, {}])", {"LG-2204-400 b [1] false"});
}

TEST(Judge, Times) {
  const CheckSchema date = schema({field("d", TypeKind::date)});
  check(date, "d: date", R"([{"d": -719162}, {"d": 2932896}, {"d": 0}])", {});
  check(date, "d: date", R"([{"d": -719163}, {"d": 2932897}, {"d": 0}])", {"LG-2205-400 d [0,1] -719163"});
  const CheckSchema time = schema({field("t", TypeKind::timestamptz)});
  check(time, "t: timestamp_ms", R"([{"t": -62135596800000}, {"t": 253402300799999}])", {});
  check(time, "t: timestamp_ms", R"([{"t": -62135596800001}, {"t": 253402300800000}])",
        {"LG-2205-400 t [0,1] -62135596800001"});
  check(time, "t: timestamp_us", R"([{"t": -62135596800000000}, {"t": 253402300799999999}])", {});
  check(time, "t: timestamp_us", R"([{"t": 253402300800000000}])", {"LG-2205-400 t [0] 253402300800000000"});
}

TEST(Judge, RequiredAtAnyDepth) {
  check(schema({field("a", TypeKind::string, required)}), "a: string", R"([{"a": "x"}, {}, {"a": ""}, {}])",
        {"INGEST-1555-400 a [1,3] null"});
  check(schema({field("a", TypeKind::string, required)}), "a: string required", R"([{"a": "x"}])", {});
  check(schema({field("a", TypeKind::string, required)}), "a: string", "[]", {});
  const CheckSchema nested =
      schema({object("s", {field("a", TypeKind::int64, required), field("b", TypeKind::int64)})});
  check(nested, "s: struct<a: int64, b: int64>", R"([{"s": {"a": 1}}, {"s": null}, {"s": {"b": 1}}, {"s": {}}])",
        {"INGEST-1555-400 s.a [2,3] null"});
  check(nested, "s: struct<b: int64>", R"([{"s": null}, {"s": {"b": 1}}, {"s": {}}])",
        {"INGEST-1555-400 s.a [1,2] no such column, although its parent is there"});
  check(nested, "s: struct<b: int64>", R"([{"s": null}])", {});
  const CheckSchema strict = schema({object("s", {object("t", {field("a", TypeKind::int64)}, required)}, required)});
  check(strict, "s: struct<t: struct<a: int64>>", R"([{"s": {"t": {}}}, {"s": {"t": null}}, {"s": null}])",
        {"INGEST-1555-400 s.t [1] null", "INGEST-1555-400 s [2] null"});
  const CheckSchema listed =
      schema({list("l", object("", {field("a", TypeKind::int64, required), field("b", TypeKind::int64)}), required)});
  check(listed, "l: list<struct<a: int64, b: int64>>",
        R"([{"l": [{"a": 1}, {"b": 1}]}, {"l": []}, {"l": null}, {"l": [{"a": 1}]}, {"l": [null]}])",
        {"INGEST-1555-400 l.element.a [0] null", "INGEST-1555-400 l [2] null"});
  check(listed, "l: list<struct<b: list<int64>>>", R"([{"l": [{"b": [1, 2]}, {"b": [1]}]}])",
        {"LG-2101-400 l.element.b LIST"});
  const CheckSchema twice =
      schema({list("l", object("", {field("a", TypeKind::int64, required), list("b", field("", TypeKind::int64))}))});
  check(twice, "l: list<struct<b: list<int64>>>",
        R"([{"l": [{"b": [1, 2]}, {"b": []}]}, {"l": []}, {"l": [null]}, {"l": [{"b": null}]}])",
        {"INGEST-1555-400 l.element.a [0,3] no such column, although its parent is there"});
  check(schema({list("l", field("", TypeKind::int64, required))}), "l: list<int64>",
        R"([{"l": [1, null]}, {"l": []}, {}, {"l": [null]}])", {"INGEST-1555-400 l.element [0,3] null"});
  check(schema({map("m", field("", TypeKind::int64, required))}), "m: map<string, int64>",
        R"([{"m": [["k", 1]]}, {"m": [["k", null]]}])", {"INGEST-1555-400 m.value [1] null"});
}

TEST(Judge, MissingRequiredColumns) {
  const CheckSchema checks =
      schema({field("a", TypeKind::string, required), object("o", {field("b", TypeKind::string)}, required),
              field("c", TypeKind::string)});
  check(checks, "c: string", R"([{"c": "x"}, {}])",
        {"INGEST-1555-400 a [0,1] no such column", "INGEST-1555-400 o [0,1] no such column"});
  check(checks, "c: string", "[]", {});
}

TEST(Judge, ListsAndMaps) {
  const CheckSchema sized = schema({list("l", field("", TypeKind::int64), {.items_min = 1, .items_max = 2})});
  check(sized, "l: list<int64>", R"([{"l": [1]}, {"l": []}, {}, {"l": [1, 2, 3]}, {"l": [null, null]}])",
        {"LG-2206-400 l [1,3] 0 items"});
  const CheckSchema outer =
      schema({list("l", list("", field("", TypeKind::int64), {.items_max = 2}), {.items_max = 2})});
  check(outer, "l: list<list<int64>>", R"([{"l": [[1, 2], [1, 2, 3]]}, {"l": [[], [], []]}, {"l": [[1], [2]]}])",
        {"LG-2206-400 l.element [0] 3 items", "LG-2206-400 l [1] 3 items"});
  const CheckSchema unique = schema({list("l", field("", TypeKind::string), {.items_unique = true})});
  check(unique, "l: list<string>",
        R"([{"l": ["a", "b"]}, {"l": ["a", "b", "a"]}, {"l": []}, {"l": ["b"]}, {"l": [null, null]}])",
        {"LG-2207-400 l [1] equal ones among 3"});
  const CheckSchema keyed = schema({map("m", field("", TypeKind::string), {.items_min = 1})});
  check(keyed, "m: map<string, string>",
        R"([{"m": [["a", "x"], ["b", "x"]]}, {"m": [["a", "x"], ["a", "y"]]}, {"m": []}, {}])",
        {"LG-2206-400 m [2] 0 items", "LG-2208-400 m [1] equal ones among 2"});
  check(schema({map("m", field("", TypeKind::string, {.length_max = 1}))}), "m: map<string, string>",
        R"([{"m": [["a", "xx"]]}])", {"LG-2202-400 m.value [0] \"xx\""});
  check(schema({list("l", field("", TypeKind::int64, {.maximum_integer = 2}))}), "l: list<int64>",
        R"([{"l": [1, 2]}, {"l": [3, 3, 1]}, {"l": null}, {"l": [2, 4]}])", {"LG-2201-400 l.element [1,3] 3"});
}

// contract/README.md, "Parquet against the schema".
TEST(Judge, TypesAgainstTheSchema) {
  const auto type = [](TypeKind kind, std::string_view file_type, std::string_view value, const Lines& expected) {
    const std::string rows = std::string(R"([{"c": )") + std::string(value) + "}]";
    check(schema({field("c", kind)}), "c: " + std::string(file_type), rows, expected);
  };
  type(TypeKind::int64, "int32", "1", {});
  type(TypeKind::int64, "int16", "1", {});
  type(TypeKind::int32, "int8", "1", {});
  type(TypeKind::float64, "float", "1.5", {});
  type(TypeKind::int32, "int64", "1", {"LG-2101-400 c INT64"});
  type(TypeKind::float64, "int64", "1", {"LG-2101-400 c INT64"});
  type(TypeKind::float64, "int32", "1", {"LG-2101-400 c INT32"});
  type(TypeKind::int64, "double", "1", {"LG-2101-400 c DOUBLE"});
  type(TypeKind::string, "int64", "1", {"LG-2101-400 c INT64"});
  type(TypeKind::date, "string", "\"2020-01-01\"", {"LG-2101-400 c BYTE_ARRAY STRING"});
  type(TypeKind::timestamptz, "date", "1", {"LG-2101-400 c INT32 DATE"});
  type(TypeKind::date, "timestamp_ms", "1", {"LG-2101-400 c INT64 TIMESTAMP(milliseconds, UTC)"});
  type(TypeKind::timestamptz, "int64", "1", {"LG-2101-400 c INT64"});
  type(TypeKind::timestamptz, "timestamp_ms_local", "1", {"LG-2102-400 c INT64 TIMESTAMP(milliseconds, local time)"});
  type(TypeKind::timestamptz, "timestamp_ns", "1", {"LG-2102-400 c INT64 TIMESTAMP(nanoseconds, UTC)"});
  type(TypeKind::float64, "decimal", "\"1.25\"", {"LG-2101-400 c FIXED_LEN_BYTE_ARRAY DECIMAL"});
  type(TypeKind::int64, "uint32", "1", {"LG-2101-400 c INT32 unsigned INT(32)"});
  type(TypeKind::int64, "uint64", "1", {"LG-2101-400 c INT64 unsigned INT(64)"});
  type(TypeKind::int32, "uint8", "1", {"LG-2101-400 c INT32 unsigned INT(8)"});
  type(TypeKind::string, "binary", "\"x\"", {"LG-2101-400 c BYTE_ARRAY"});
  type(TypeKind::string, "fixed", "\"xxxx\"", {"LG-2101-400 c FIXED_LEN_BYTE_ARRAY"});
  type(TypeKind::string, "null", "null", {"LG-2102-400 c INT32 UNKNOWN"});
  type(TypeKind::boolean, "int32", "1", {"LG-2101-400 c INT32"});
  type(TypeKind::int32, "bool", "true", {"LG-2101-400 c BOOLEAN"});
  type(TypeKind::string, "list<string>", "[]", {"LG-2101-400 c LIST"});
  type(TypeKind::string, "struct<a: string>", "{}", {"LG-2101-400 c group"});
  check(schema({list("c", field("", TypeKind::string))}), "c: string", R"([{"c": "x"}])",
        {"LG-2101-400 c BYTE_ARRAY STRING"});
  check(schema({map("c", field("", TypeKind::string))}), "c: list<string>", "[]", {"LG-2101-400 c LIST"});
}

TEST(Judge, Names) {
  const CheckSchema checks = schema({field("Name", TypeKind::string), object("s", {field("a", TypeKind::int64)}),
                                     list("l", object("", {field("a", TypeKind::int64)}))});
  check(checks, "name: string", "[{}]", {"LG-2100-400 name a column of type BYTE_ARRAY STRING"});
  check(checks, "s: struct<a: int64, b: int64>", "[{}]", {"LG-2100-400 s.b a column of type INT64"});
  check(checks, "l: list<struct<a: int64, x: list<int64>>>", "[{}]", {"LG-2100-400 l.element.x a column of type LIST"});
  check(checks, "Name: string, Name: string", R"([["a", "b"]])", {"LG-2004-400 Name a second column of this name"});
  check(checks, "s: struct<a: int64>, Name: string", R"([{"Name": "x"}])", {});
  const auto judged = judge_bytes(write_parquet("name: string", "[{}]"), checks);
  EXPECT_EQ(judged.report.violations[0].remedy, "Names are case-sensitive: the schema spells it \"Name\".");
}

TEST(Judge, ListsWithOtherElementNames) {
  const CheckSchema checks = schema({list("l", field("", TypeKind::int64, {.maximum_integer = 1}))});
  const auto judged =
      judge_bytes(write_parquet("l: list<int64>", R"([{"l": [1, 2]}])", {.element_names = false}), checks);
  EXPECT_THAT(summary(judged.report), ElementsAre("LG-2201-400 l.element [0] 2"));
}

TEST(Judge, KeepsTheFirstHundredRows) {
  std::string rows = "[";
  for (int i = 0; i < 250; ++i) rows += R"({"a": 5},{"a": 1},)";
  rows += R"({"a": 1}])";
  const auto judged = judge_bytes(write_parquet("a: int64", rows, {.row_group_rows = 100}),
                                  schema({field("a", TypeKind::int64, {.maximum_integer = 1})}));
  ASSERT_EQ(judged.report.violations.size(), 1U);
  const Violation& violation = judged.report.violations[0];
  EXPECT_EQ(violation.row_count, 250);
  ASSERT_EQ(violation.rows.size(), 100U);
  EXPECT_EQ(violation.rows.back(), 198);
  EXPECT_EQ(judged.report.failed_record_count, 250);
  EXPECT_EQ(judged.report.record_count, 501);
  EXPECT_EQ(violation.expected, "a number at most 1");
}

TEST(Judge, CountsRowsOverAllRules) {
  const CheckSchema checks =
      schema({field("a", TypeKind::int64, {.maximum_integer = 1}), field("b", TypeKind::int64, required)});
  const auto judged = judge_bytes(
      write_parquet("a: int64, b: int64", R"([{"a": 2}, {"a": 1, "b": 1}, {"a": 3, "b": 1}, {"a": 1}])"), checks);
  EXPECT_EQ(judged.report.failed_record_count, 3);
}

TEST(Judge, OtherFormats) {
  const CheckSchema checks = schema({field("a", TypeKind::int64)});
  const TableSchema table = testing::table_of(checks);
  const FileDescriptor file = columnar::testing::memory_file("{}");
  for (const InputFormat format : {InputFormat::json, InputFormat::csv}) {
    testing::StringSink sink;
    const auto judged =
        judge({.fd = file.get(), .sent_bytes = 2, .format = format, .checks = &checks, .table = &table}, sink);
    ASSERT_TRUE(judged.has_value());
    EXPECT_EQ(judged->report.violations.at(0).code, violations::format_unsupported.id);
  }
}

}  // namespace
}  // namespace lakegate::validation
