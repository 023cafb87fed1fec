#include "columnar/row_reader.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "columnar/footer.h"
#include "columnar/parquet_test_support.h"
#include "columnar/row_value.h"
#include "columnar/tail_test_support.h"

namespace lakegate::columnar {
namespace {

using testing::column;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::memory_file;
using testing::with_tail;
using testing::write_parquet;
using testing::WriteOptions;

Result<FileRows> read(std::string_view bytes, const RowQuery& query = {}) {
  const FileDescriptor file = memory_file(bytes);
  return read_rows(file.get(), static_cast<int64_t>(bytes.size()), query);
}

std::string text(const Result<FileRows>& rows) {
  return rows ? boost::json::serialize(rows->rows) : fmt::format("{} {}", rows.error().code->id, rows.error().message);
}

std::string normalised(std::string_view json) { return boost::json::serialize(boost::json::parse(json)); }

std::vector<WriteOptions> storages() {
  std::vector<WriteOptions> made;
  for (const char* codec : {"none", "snappy", "gzip", "zstd", "brotli", "lz4_raw"}) made.push_back({.codec = codec});
  made.push_back({.dictionary = false});
  made.push_back({.codec = "snappy", .dictionary = false, .pages_v2 = true, .checksums = true});
  made.push_back({.row_group_rows = 2});
  made.push_back({.dictionary = false, .page_bytes = 1});
  made.push_back({.row_group_rows = 3, .page_bytes = 1});
  made.push_back({.element_names = false});
  return made;
}

void check(std::string_view schema, std::string_view rows, std::string_view expected) {
  int storage = 0;
  for (const WriteOptions& options : storages()) {
    SCOPED_TRACE(::testing::Message() << schema << " storage " << storage++);
    EXPECT_EQ(text(read(write_parquet(schema, rows, options))), normalised(expected));
  }
}

void check_same(std::string_view schema, std::string_view rows) { check(schema, rows, rows); }

TEST(RowReader, ShowsValuesOfEveryType) {
  check_same("b: bool, i: int32, l: int64, f: float, d: double, s: string", R"([
      {"b": true, "i": -2147483648, "l": 9223372036854775807, "f": 0.5, "d": 1.25e20, "s": "düß \" \n"},
      {"b": null, "i": null, "l": null, "f": null, "d": null, "s": null},
      {"b": false, "i": 0, "l": -1, "f": -1.5, "d": 0.0, "s": ""}])");
  check_same("i: int64 required, s: string required", R"([{"i": 1, "s": "a"}, {"i": 2, "s": "b"}])");
  check_same("a: int8, b: int16", R"([{"a": -128, "b": 32767}])");
}

TEST(RowReader, ShowsTimes) {
  check("d: date", "[[19782], [-719162], [2932896], [null], [-1]]",
        R"([{"d": "2024-02-29"}, {"d": "0001-01-01"}, {"d": "9999-12-31"}, {"d": null}, {"d": "1969-12-31"}])");
  check("t: timestamp_us", "[[0], [1500000], [-1], [1709208000000001], [null]]",
        R"([{"t": "1970-01-01T00:00:00Z"}, {"t": "1970-01-01T00:00:01.5Z"}, {"t": "1969-12-31T23:59:59.999999Z"},
            {"t": "2024-02-29T12:00:00.000001Z"}, {"t": null}])");
  check("t: timestamp_ms", "[[1709208000120], [-62135596800000], [253402300799999]]",
        R"([{"t": "2024-02-29T12:00:00.12Z"}, {"t": "0001-01-01T00:00:00Z"}, {"t": "9999-12-31T23:59:59.999Z"}])");
}

TEST(RowReader, ShowsWhatJsonHasNoNumbersFor) {
  check("d: double, f: float", "[[NaN, -Inf], [Inf, NaN]]",
        R"([{"d": "NaN", "f": "-Infinity"}, {"d": "Infinity", "f": "NaN"}])");
}

TEST(RowReader, PutsNestedRowsTogether) {
  check_same("s: struct<a: int32, t: struct<b: string, c: int64>>", R"([
      {"s": {"a": 1, "t": {"b": "x", "c": 2}}}, {"s": null}, {"s": {"a": null, "t": null}},
      {"s": {"a": 2, "t": {"b": null, "c": null}}}])");
  check_same("l: list<int32>, after: int32", R"([
      {"l": [1, null, 3], "after": 1}, {"l": [], "after": 2}, {"l": null, "after": 3}, {"l": [4], "after": 4}])");
  check_same("l: list<list<string>>", R"([{"l": [["a", "b"], [], null, ["c"]]}, {"l": []}, {"l": [[]]}, {"l": null}])");
  check_same("l: list<struct<a: int32 required, b: list<string>>>", R"([
      {"l": [{"a": 1, "b": ["x", "y"]}, null, {"a": 2, "b": null}, {"a": 3, "b": []}]}, {"l": null}, {"l": []},
      {"l": [{"a": 4, "b": [null]}]}])");
  check("m: map<string, int64>, n: int32",
        R"([{"m": [["a", 1], ["b", null]], "n": 1}, {"m": [], "n": 2}, {"m": null, "n": 3}])",
        R"([{"m": {"a": 1, "b": null}, "n": 1}, {"m": {}, "n": 2}, {"m": null, "n": 3}])");
  check("m: map<string, struct<l: list<int32>>>", R"([{"m": [["a", {"l": [1, 2]}], ["b", {"l": []}]]}])",
        R"([{"m": {"a": {"l": [1, 2]}, "b": {"l": []}}}])");
  check("m: map<int32, string>", R"([{"m": [[1, "x"]]}])", R"([{"m": {"1": "x"}}])");
  check_same("s: struct<a: int32 required>, l: list<int32 required>",
             R"([{"s": {"a": 1}, "l": [1, 2]}, {"s": null, "l": null}, {"s": {"a": 2}, "l": []}])");
}

TEST(RowReader, ReadsFilesWithoutRows) {
  const Result<FileRows> rows = read(write_parquet("a: int32, s: struct<b: string>", "[]"));
  EXPECT_EQ(text(rows), "[]");
  EXPECT_THAT(rows->columns, ElementsAre(RowColumn{0, "a"}, RowColumn{0, "s"}));
  EXPECT_FALSE(rows->is_cut);
}

std::string many_rows(int count) {
  std::string rows = "[";
  for (int i = 0; i < count; ++i) rows += fmt::format("{}[{}, \"text {}\", [{}]]", i == 0 ? "" : ",", i, i, i);
  return rows + "]";
}

constexpr const char* many_schema = "i: int64, s: string, l: list<int32>";

TEST(RowReader, StopsAfterTheRowsThatWereAskedFor) {
  for (const WriteOptions& options : storages()) {
    const std::string file = write_parquet(many_schema, many_rows(50), options);
    EXPECT_EQ(text(read(file, {.rows_max = 0})), "[]");
    EXPECT_EQ(text(read(file, {.rows_max = 2})), R"([{"i":0,"s":"text 0","l":[0]},{"i":1,"s":"text 1","l":[1]}])");
    EXPECT_EQ(read(file, {.rows_max = 49})->rows.size(), 49U);
    EXPECT_EQ(read(file, {.rows_max = 51})->rows.size(), 50U);
  }
}

// What is not read can be no hindrance: all pages behind the first row group and of other columns are broken here.
TEST(RowReader, ReadsLittle) {
  const std::string file = write_parquet(many_schema, many_rows(1000), {.dictionary = false, .row_group_rows = 10});
  const FileDescriptor whole = memory_file(file);
  const Checked<Footer> footer = read_footer(whole.get(), static_cast<int64_t>(file.size()));
  ASSERT_TRUE(footer.has_value());
  const auto chunk = [&](size_t group, size_t leaf) {
    return chunk_range(*footer->metadata.row_groups[group].columns[leaf].meta_data);
  };
  std::string damaged = file;
  for (int64_t at = chunk(1, 0).begin; at < footer->begin; ++at) damaged[static_cast<size_t>(at)] = '\xff';
  EXPECT_EQ(read(damaged, {.rows_max = 10})->rows.size(), 10U);
  EXPECT_THAT(text(read(damaged, {.rows_max = 11})), HasSubstr("LG-1005-500"));

  for (int64_t at = chunk(0, 1).begin; at < chunk(0, 1).end; ++at) damaged[static_cast<size_t>(at)] = '\xff';
  EXPECT_THAT(text(read(damaged, {.rows_max = 1})), HasSubstr("LG-1005-500"));
  EXPECT_EQ(text(read(damaged, {.rows_max = 1, .columns = {"l", "i", "none"}})), R"([{"i":0,"l":[0]}])");
}

TEST(RowReader, KeepsTheAnswerSmall) {
  const std::string wide = std::string(1000, 'x');
  std::string rows = "[";
  for (int i = 0; i < 10; ++i) rows += fmt::format("{}[{}, \"{}\", [1,2,3]]", i == 0 ? "" : ",", i, wide);
  const std::string file = write_parquet(many_schema, rows + "]", {.row_group_rows = 4});
  const auto count = [&](int64_t bytes_max, bool is_cut) {
    const Result<FileRows> read_back = read(file, {.bytes_max = bytes_max});
    EXPECT_EQ(read_back->is_cut, is_cut) << bytes_max;
    EXPECT_LE(read_back->bytes, bytes_max);
    EXPECT_GE(read_back->bytes, static_cast<int64_t>(boost::json::serialize(read_back->rows).size()) - 2);
    return read_back->rows.size();
  };
  EXPECT_EQ(count(1 << 20, false), 10U);
  EXPECT_EQ(count(5000, true), 4U);
  EXPECT_EQ(count(6500, true), 5U);
  EXPECT_EQ(count(500, true), 0U);
  EXPECT_EQ(count(0, true), 0U);
  // One row whose list alone is too long.
  std::string list = "[[0, \"\", [0";
  for (int i = 0; i < 10'000; ++i) list += ",1";
  EXPECT_TRUE(read(write_parquet(many_schema, list + "]]]"), {.bytes_max = 5000})->is_cut);
}

Column renamed(Column column, std::string table_name) {
  column.table_name = std::move(table_name);
  return column;
}

TEST(RowReader, ReadsTailsByTheNamesOfClients) {
  const TableSchema table{
      .schema_id = 0,
      .columns = {column(7, "at", TypeKind::timestamptz), renamed(column(1, "Id", TypeKind::int64), "id_1"),
                  column(3, "id", TypeKind::string),
                  column(4, "s", TypeKind::structure,
                         {renamed(column(6, "B", TypeKind::timestamptz), "b_1"), column(5, "b", TypeKind::int32)}),
                  column(9, "absent", TypeKind::string)}};
  const std::string sent =
      write_parquet("id: string, s: struct<b: int32, B: timestamp_ms>, at: timestamp_ms, Id: int64",
                    R"([{"id": "x", "s": {"b": 1, "B": 1500}, "at": 1709208000120, "Id": 1},
          {"id": "y", "s": null, "at": null, "Id": 2}])",
                    {.row_group_rows = 1});
  const std::string file = with_tail(sent, table);
  const Result<FileRows> rows = read(file, {.table = &table});
  EXPECT_EQ(text(rows), normalised(R"([
      {"at": "2024-02-29T12:00:00.12Z", "Id": 1, "id": "x", "s": {"B": "1970-01-01T00:00:01.5Z", "b": 1}},
      {"at": null, "Id": 2, "id": "y", "s": null}])"));
  EXPECT_THAT(rows->columns,
              ElementsAre(RowColumn{7, "at"}, RowColumn{1, "Id"}, RowColumn{3, "id"}, RowColumn{4, "s"}));
  // Columns that are not known keep the names that readers of the table see.
  const TableSchema none;
  EXPECT_THAT(text(read(file, {.rows_max = 1, .columns = {"id_1"}, .table = &none})), R"([{"id_1":1}])");
}

TEST(RowReader, RefusesWhatWasNeverJudgedGood) {
  EXPECT_THAT(text(read("no Parquet file at all")), HasSubstr("LG-1005-500"));
  EXPECT_THAT(text(read("")), HasSubstr("LG-1005-500"));
  for (const char* type : {"decimal", "uint32", "time", "fixed", "timestamp_ns", "timestamp_ms_local", "null"}) {
    const std::string file = write_parquet(std::string("a: ") + type, "[[null]]");
    EXPECT_THAT(text(read(file)), HasSubstr("at column a")) << type;
    EXPECT_THAT(text(read(file)), HasSubstr("LG-1005-500")) << type;
  }
  EXPECT_THAT(text(read(write_parquet("d: date", "[[2932897]]"))), HasSubstr("2932897"));
  EXPECT_THAT(text(read(write_parquet("t: timestamp_ms", "[[9223372036854775807]]"))), HasSubstr("LG-1005-500"));
  std::string no_text = write_parquet("s: binary", R"([["QQQQ"]])");
  for (size_t at = no_text.find("QQQQ"); at != std::string::npos; at = no_text.find("QQQQ")) no_text[at] = '\x80';
  EXPECT_THAT(text(read(no_text)), HasSubstr("UTF-8"));
  const std::string file = write_parquet(many_schema, many_rows(10));
  const FileDescriptor short_file = memory_file(file.substr(0, file.size() / 2));
  EXPECT_EQ(read_rows(short_file.get(), static_cast<int64_t>(file.size()), {}).error().kind(), ErrorKind::unavailable);
}

// Whatever stands on the disk, there is an answer.
TEST(RowReader, SurvivesDamage) {
  for (const WriteOptions& options : {WriteOptions{}, WriteOptions{.dictionary = false, .pages_v2 = true}}) {
    const std::string file = write_parquet("l: list<struct<a: int32, m: map<string, date>>>, s: string",
                                           R"([{"l": [{"a": 1, "m": [["k", 3]]}, null], "s": "x"}, {"l": [], "s": "y"},
                                               {"l": null, "s": null}, {"l": [{"a": 2, "m": []}], "s": "x"}])",
                                           options);
    for (size_t at = 0; at < file.size(); ++at) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
      const Result<FileRows> rows = read(damaged);
      EXPECT_LE(rows ? rows->rows.size() : 0U, 100U);
    }
  }
}

TEST(RowReader, WritesTimesAtTheBorders) {
  EXPECT_EQ(date_text(-719'163), std::nullopt);
  EXPECT_EQ(date_text(2'932'897), std::nullopt);
  EXPECT_EQ(timestamp_text(-62'135'596'800'000'001), std::nullopt);
  EXPECT_EQ(timestamp_text(253'402'300'800'000'000), std::nullopt);
  EXPECT_EQ(timestamp_text(253'402'300'799'999'999), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(timestamp_text(INT64_MIN), std::nullopt);
  EXPECT_EQ(timestamp_text(100'000), "1970-01-01T00:00:00.1Z");
}

}  // namespace
}  // namespace lakegate::columnar
