// What readers see of a sent file and its tail.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "columnar/parquet_test_support.h"
#include "model/bounds.h"
#include "validation/judge_test_support.h"

namespace lakegate::validation {
namespace {

using columnar::testing::read_parquet;
using columnar::testing::show_codecs;
using columnar::testing::show_schema;
using columnar::testing::write_parquet;
using columnar::testing::WriteOptions;
using ::testing::ElementsAre;
using testing::field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::judge_bytes;
using testing::Judged;
using testing::list;
using testing::map;
using ::testing::Not;
using testing::object;
using testing::schema;
using ::testing::StartsWith;
using testing::summary;

std::vector<WriteOptions> storages() {
  std::vector<WriteOptions> made;
  for (const char* codec : {"none", "snappy", "gzip", "zstd", "brotli", "lz4_raw"}) made.push_back({.codec = codec});
  made.push_back({.dictionary = false});
  made.push_back({.codec = "snappy", .dictionary = false, .pages_v2 = true, .checksums = true});
  made.push_back({.codec = "zstd", .pages_v2 = true, .checksums = true, .page_index = true});
  made.push_back({.codec = "brotli", .pages_v2 = true, .checksums = true, .page_index = true});
  made.push_back({.codec = "brotli", .dictionary = false, .pages_v2 = true, .page_bytes = 1});
  made.push_back({.row_group_rows = 2});
  made.push_back({.dictionary = false, .page_bytes = 1});
  made.push_back({.page_index = true, .row_group_rows = 3, .page_bytes = 1});
  made.push_back({.arrow_schema = true});
  made.push_back({.element_names = false});
  made.push_back({.statistics = false});
  return made;
}

// Those whose pages stay where the type does.
std::vector<WriteOptions> storages_that_stay() {
  std::vector<WriteOptions> made = storages();
  std::erase_if(made, [](const WriteOptions& options) { return options.codec == "brotli"; });
  return made;
}

// Sent as `sent_schema` with `sent_rows`, readers see `table_schema` with `table_rows`.
void check(const CheckSchema& checks, std::string_view sent_schema, std::string_view sent_rows,
           std::string_view table_schema, std::string_view table_rows,
           const std::vector<WriteOptions>& stored = storages()) {
  const std::string expected = read_parquet(write_parquet(table_schema, table_rows));
  ASSERT_THAT(expected, Not(StartsWith("error")));
  int storage = 0;
  for (const WriteOptions& options : stored) {
    SCOPED_TRACE(::testing::Message() << sent_schema << " storage " << storage++);
    const std::string sent = write_parquet(sent_schema, sent_rows, options);
    const Judged judged = judge_bytes(sent, checks);
    EXPECT_THAT(summary(judged.report), IsEmpty());
    EXPECT_THAT(judged.table_file, StartsWith(sent));
    EXPECT_EQ(judged.report.table_bytes, static_cast<int64_t>(judged.table_file.size()));
    EXPECT_EQ(read_parquet(judged.table_file), expected);
    // What the table holds is itself a file that can be judged: statistics, counts and offsets hold.
    const Judged again = judge_bytes(judged.table_file, checks);
    EXPECT_THAT(summary(again.report), IsEmpty());
    EXPECT_EQ(again.report.statistics.size(), judged.report.statistics.size());
    EXPECT_EQ(again.report.origin, FileOrigin::as_sent);
  }
}

TEST(Tail, KeepsValuesAndMakesMicroseconds) {
  const CheckSchema checks =
      schema({field("t", TypeKind::timestamptz), field("u", TypeKind::timestamptz), field("a", TypeKind::int64)});
  check(checks, "a: int64, t: timestamp_ms, u: timestamp_us",
        R"([{"a": 1, "t": 5, "u": 6}, {}, {"t": -62135596800000}, {"t": 253402300799999}, {"t": 5}])",
        "a: int64, t: timestamp_us, u: timestamp_us",
        R"([{"a": 1, "t": 5000, "u": 6}, {}, {"t": -62135596800000000}, {"t": 253402300799999000}, {"t": 5000}])");
}

TEST(Tail, MakesMicrosecondsAtAnyDepth) {
  const CheckSchema checks =
      schema({object("s", {field("t", TypeKind::timestamptz), field("x", TypeKind::string)}),
              list("l", field("", TypeKind::timestamptz)), map("m", object("", {field("t", TypeKind::timestamptz)}))});
  check(
      checks, "s: struct<x: string, t: timestamp_ms>, l: list<timestamp_ms>, m: map<string, struct<t: timestamp_ms>>",
      R"([{"s": {"x": "a", "t": 1}, "l": [1, null, 2], "m": [["k", {"t": 3}], ["n", null]]}, {"s": null, "l": [], "m": []}, {"s": {}, "l": null}])",
      "s: struct<x: string, t: timestamp_us>, l: list<timestamp_us>, m: map<string, struct<t: timestamp_us>>",
      R"([{"s": {"x": "a", "t": 1000}, "l": [1000, null, 2000], "m": [["k", {"t": 3000}], ["n", null]]}, {"s": null, "l": [], "m": []}, {"s": {}, "l": null}])");
}

TEST(Tail, PutsAColumnThatStaysFirst) {
  const CheckSchema checks =
      schema({field("t", TypeKind::timestamptz), field("a", TypeKind::int64), field("b", TypeKind::int64)});
  check(checks, "t: timestamp_ms, b: int64, a: int64", R"([{"a": 1, "b": 2, "t": 5}])",
        "b: int64, t: timestamp_us, a: int64", R"([{"a": 1, "b": 2, "t": 5000}])", storages_that_stay());
  const Judged judged = judge_bytes(
      write_parquet("t: timestamp_ms, b: int64", R"([{"b": 2, "t": 5}, {"t": 6}, {}])", {.row_group_rows = 1}), checks);
  EXPECT_EQ(judged.report.split_offsets.size(), 3U);
  for (const int64_t offset : judged.report.split_offsets) EXPECT_LT(offset, judged.report.sent_bytes);
}

TEST(Tail, DropsNarrowIntegersAndWidens) {
  const CheckSchema checks =
      schema({field("a", TypeKind::int64), field("b", TypeKind::int32), field("f", TypeKind::float64)});
  check(checks, "a: int8, b: int16, f: float", R"([{"a": 1, "b": -2, "f": 1.5}])", "a: int32, b: int32, f: float",
        R"([{"a": 1, "b": -2, "f": 1.5}])");
}

TEST(Tail, HasOurNamesAndIds) {
  CheckSchema checks = schema({list("l", object("", {field("a", TypeKind::string)})),
                               map("m", field("", TypeKind::int64)), field("d", TypeKind::date)});
  const Judged judged =
      judge_bytes(write_parquet("d: date, l: list<struct<a: string>>, m: map<string, int64>",
                                R"([{"d": 1, "l": [{"a": "x"}], "m": [["k", 1]]}])", {.element_names = false}),
                  checks);
  EXPECT_EQ(show_schema(judged.table_file), R"(required group field_id=-1 schema {
  optional int32 field_id=7 d (Date);
  optional group field_id=1 l (List) {
    repeated group field_id=-1 list {
      optional group field_id=2 element {
        optional binary field_id=3 a (String);
      }
    }
  }
  optional group field_id=4 m (Map) {
    repeated group field_id=-1 key_value {
      required binary field_id=5 key (String);
      optional int64 field_id=6 value;
    }
  }
}
)");
}

TEST(Tail, IsAFooterAloneWhereNothingChanges) {
  const Judged judged = judge_bytes(write_parquet("a: int64", R"([{"a": 1}])"), schema({field("a", TypeKind::int64)}));
  EXPECT_EQ(judged.report.origin, FileOrigin::as_sent);
  EXPECT_LT(judged.table_file.size() - static_cast<size_t>(judged.report.sent_bytes), 400U);
  const Judged times =
      judge_bytes(write_parquet("a: timestamp_ms", R"([{"a": 1}])"), schema({field("a", TypeKind::timestamptz)}));
  EXPECT_EQ(times.report.origin, FileOrigin::normalised);
}

// `codecs`: of the table's columns as the tail has them. A row group must begin in what was sent wherever a column
// stays.
void check_codecs(const WriteOptions& options, std::string_view codecs, FileOrigin origin, bool some_stay) {
  SCOPED_TRACE(codecs);
  const CheckSchema checks = schema(
      {field("a", TypeKind::int64), object("s", {field("b", TypeKind::string)}), field("t", TypeKind::timestamptz)});
  const Judged judged = judge_bytes(write_parquet("a: int64, s: struct<b: string>, t: timestamp_us",
                                                  R"([{"a": 1, "s": {"b": "x"}, "t": 5}, {"a": 2}, {}])", options),
                                    checks);
  EXPECT_THAT(summary(judged.report), IsEmpty());
  EXPECT_EQ(show_codecs(judged.table_file), codecs);
  EXPECT_EQ(judged.report.origin, origin);
  for (const int64_t offset : judged.report.split_offsets) EXPECT_EQ(offset < judged.report.sent_bytes, some_stay);
}

TEST(Tail, CompressesAnewWhatNotAllReadersKnow) {
  using enum FileOrigin;
  for (const char* codec : {"snappy", "gzip", "zstd", "lz4_raw"})
    check_codecs({.codec = codec}, std::string(codec) + " " + codec + " " + codec, as_sent, true);
  check_codecs({.codec = "brotli"}, "zstd zstd zstd", normalised, false);
  check_codecs({.codec = "brotli", .row_group_rows = 2}, "zstd zstd zstd / zstd zstd zstd", normalised, false);
  check_codecs({.codec = "snappy", .column_codecs = {{"a", "brotli"}}}, "snappy zstd snappy", normalised, true);
  check_codecs({.codec = "brotli", .column_codecs = {{"s.b", "gzip"}}}, "gzip zstd zstd", normalised, true);
}

// One column of `type`, kept in `encoding`.
void check_encoding(std::string_view type, TypeKind kind, const std::string& encoding, std::string_view value,
                    FileOrigin origin) {
  SCOPED_TRACE(::testing::Message() << type << ' ' << encoding);
  const CheckSchema checks = schema({list("l", field("", kind)), field("c", kind)});
  const std::string sent = fmt::format("l: list<{}>, c: {}", type, type);
  const std::string rows =
      fmt::format(R"([{{"c": {}, "l": [{}, null, {}]}}, {{}}, {{"c": {}, "l": []}}])", value, value, value, value);
  for (const bool pages_v2 : {false, true}) {
    const WriteOptions options{
        .codec = "snappy", .dictionary = false, .encoding = encoding, .pages_v2 = pages_v2, .checksums = pages_v2};
    check(checks, sent, rows, sent, rows, {options});
    EXPECT_EQ(judge_bytes(write_parquet(sent, rows, options), checks).report.origin, origin);
  }
}

TEST(Tail, WritesPlainWhatNotAllReadersDecode) {
  using enum FileOrigin;
  using enum TypeKind;
  check_encoding("bool", boolean, "RLE", "true", normalised);
  check_encoding("bool", boolean, "PLAIN", "true", as_sent);
  check_encoding("string", string, "DELTA_BYTE_ARRAY", R"("text")", normalised);
  check_encoding("string", string, "DELTA_LENGTH_BYTE_ARRAY", R"("text")", normalised);
  check_encoding("string", string, "PLAIN", R"("text")", as_sent);
  check_encoding("double", float64, "BYTE_STREAM_SPLIT", "1.5", normalised);
  check_encoding("float", float64, "BYTE_STREAM_SPLIT", "1.5", normalised);
  check_encoding("int32", int32, "BYTE_STREAM_SPLIT", "-7", normalised);
  check_encoding("int32", int32, "DELTA_BINARY_PACKED", "-7", as_sent);
  check_encoding("int64", int64, "BYTE_STREAM_SPLIT", "-7", normalised);
  check_encoding("int64", int64, "DELTA_BINARY_PACKED", "-7", as_sent);
  check_encoding("timestamp_us", timestamptz, "BYTE_STREAM_SPLIT", "5", normalised);
}

TEST(Tail, SaysWhyTooMuchIsWrittenAnew) {
  const auto check_full = [](std::string_view type, TypeKind kind, std::string_view value, const WriteOptions& options,
                             const char* found) {
    const std::string sent = write_parquet(fmt::format("c: {}", type), fmt::format(R"([{{"c": {}}}])", value), options);
    EXPECT_THAT(summary(judge_bytes(sent, schema({field("c", kind)}), 10).report),
                ElementsAre(std::string("LG-2008-400 c ") + found));
  };
  check_full("int64", TypeKind::int64, "1", {.codec = "brotli"},
             "too much in Brotli, which has to be written again for readers without it");
  check_full("timestamp_ms", TypeKind::timestamptz, "1", {},
             "too many times in milliseconds, which have to be written again");
  check_full("double", TypeKind::float64, "1", {.dictionary = false, .encoding = "BYTE_STREAM_SPLIT"},
             "too much in encodings that not all readers know, which has to be written again");
}

TEST(Tail, Statistics) {
  const CheckSchema checks =
      schema({field("a", TypeKind::int64), field("t", TypeKind::timestamptz), field("s", TypeKind::string),
              field("f", TypeKind::float64), field("b", TypeKind::boolean), list("l", field("", TypeKind::int64))});
  for (const WriteOptions& options : storages()) {
    const Judged judged = judge_bytes(
        write_parquet(
            "a: int32, t: timestamp_ms, s: string, f: float, b: bool, l: list<int64>",
            R"([{"a": 5, "t": 7, "s": "x"}, {"a": -1, "t": 2, "s": "a long text of many letters", "f": 0.5, "b": true, "l": [1, 2]}, {}, {"f": 0}])",
            options),
        checks);
    ASSERT_EQ(judged.report.statistics.size(), 6U);
    const auto expect = [&](size_t at, int32_t id, int64_t values, int64_t nulls, std::optional<std::string> lower,
                            std::optional<std::string> upper) {
      const ColumnStatistics& column = judged.report.statistics[at];
      EXPECT_EQ(column.field_id, id);
      EXPECT_EQ(column.value_count, values);
      EXPECT_EQ(column.null_count, nulls);
      EXPECT_EQ(column.nan_count, 0);
      EXPECT_EQ(column.lower_bound, lower) << at;
      EXPECT_EQ(column.upper_bound, upper) << at;
      EXPECT_GT(column.size_bytes, 0);
    };
    expect(0, 1, 4, 2, encode_bound(int64_t{-1}), encode_bound(int64_t{5}));
    expect(1, 2, 4, 2, encode_bound(int64_t{2000}), encode_bound(int64_t{7000}));
    expect(2, 3, 4, 2, "a long text of m", "x");
    expect(3, 4, 4, 2, encode_bound(-0.0), encode_bound(0.5));
    expect(4, 5, 4, 3, encode_bound(true), encode_bound(true));
    expect(5, 7, 5, 3, std::nullopt, std::nullopt);
    EXPECT_EQ(judged.report.columns_present, (std::vector<int32_t>{1, 2, 3, 4, 5, 7}));
  }
}

TEST(Tail, CaseTwinsHaveTheTablesNames) {
  CheckSchema checks = schema({field("poi", TypeKind::int64), field("POI", TypeKind::int64)});
  const Judged judged = judge_bytes(write_parquet("POI: int64, poi: int64", R"([{"POI": 1, "poi": 2}])"), checks);
  EXPECT_THAT(show_schema(judged.table_file), HasSubstr("field_id=2 POI"));
  EXPECT_THAT(show_schema(judged.table_file), HasSubstr("field_id=1 poi"));
}

}  // namespace
}  // namespace lakegate::validation
