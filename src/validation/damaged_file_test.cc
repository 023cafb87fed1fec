// Files that are broken by accident or on purpose: refused with the right code, and never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>

#include "columnar/format_codec.h"
#include "columnar/parquet_test_support.h"
#include "validation/judge_test_support.h"

namespace lakegate::validation {
namespace {

using columnar::FileMetaData;
using columnar::testing::read_parquet;
using columnar::testing::write_parquet;
using ::testing::ElementsAre;
using testing::field;
using ::testing::HasSubstr;
using testing::judge_bytes;
using testing::list;
using testing::object;
using testing::schema;
using testing::summary;

const CheckSchema checks = schema({field("a", TypeKind::int64), field("s", TypeKind::string),
                                   object("o", {field("x", TypeKind::int64), field("y", TypeKind::timestamptz)}),
                                   list("l", field("", TypeKind::int64))});
constexpr std::string_view columns = "a: int64, s: string, o: struct<x: int64, y: timestamp_ms>, l: list<int64>";
constexpr std::string_view rows =
    R"([{"a": 1, "s": "one", "o": {"x": 1, "y": 2}, "l": [1, 2]}, {"s": "two"}, {"a": 3, "o": {"x": 5}, "l": []},
                                      {"a": 4, "s": "four", "o": {"y": 6}, "l": [null, 7]}, {"a": 5, "s": "one", "l": [8]}])";

std::string sound_file(columnar::testing::WriteOptions options = {}) { return write_parquet(columns, rows, options); }

// The same pages under a footer that `change` has changed.
std::string with_footer(const std::string& file, const std::function<void(FileMetaData&)>& change) {
  uint32_t length = 0;
  std::memcpy(&length, file.data() + file.size() - 8, sizeof(length));
  const std::string footer = file.substr(file.size() - 8 - length, length);
  FileMetaData metadata = *columnar::decode_file_metadata(footer);
  change(metadata);
  const std::string changed = columnar::encode(metadata);
  length = static_cast<uint32_t>(changed.size());
  std::string made = file.substr(0, file.size() - 8 - footer.size()) + changed;
  made.append(reinterpret_cast<const char*>(&length), sizeof(length));
  return made + "PAR1";
}

void check(const std::string& file, std::string_view expected) {
  const auto lines = summary(judge_bytes(file, checks).report);
  ASSERT_FALSE(lines.empty()) << expected;
  EXPECT_THAT(lines[0], HasSubstr(expected));
}

void check_footer(const std::function<void(FileMetaData&)>& change, std::string_view expected) {
  check(with_footer(sound_file(), change), expected);
}

columnar::ColumnMetaData& chunk(FileMetaData& metadata, size_t column) {
  return *metadata.row_groups[0].columns[column].meta_data;
}

TEST(DamagedFile, Frame) {
  const std::string file = sound_file();
  check("", "106  0 bytes");
  check("PAR1", "LG-2000-400");
  check("hello, this is text and no Parquet", "LG-2000-400  \"hell\" at the beginning");
  check(file.substr(0, file.size() - 1), "LG-2000-400");
  check(file + "\n", "LG-2000-400");
  check("PARE" + file.substr(4), "LG-2003-400");
  check(file.substr(0, file.size() - 4) + "PARE", "LG-2003-400");
  check(file.substr(0, file.size() - 8) + std::string("\xff\xff\xff\x7f", 4) + "PAR1", "INGEST-1401-400");
  check(file.substr(0, file.size() - 8) + std::string("\x05\0\0\0", 4) + "PAR1", "INGEST-1401-400");
}

TEST(DamagedFile, EveryTruncationIsRefused) {
  const std::string file = sound_file();
  for (size_t size = 0; size < file.size(); ++size)
    EXPECT_EQ(judge_bytes(file.substr(0, size), checks).report.verdict, Verdict::bad);
}

TEST(DamagedFile, Counts) {
  check_footer([](FileMetaData& m) { m.num_rows += 1; }, "LG-2002-400");
  check_footer([](FileMetaData& m) { m.num_rows += 1, m.row_groups[0].num_rows += 1; },
               "LG-2002-400 a 5 rows in a row group");
  check_footer([](FileMetaData& m) { chunk(m, 0).num_values += 1; }, "LG-2002-400 a 5 entries");
  check_footer([](FileMetaData& m) { chunk(m, 0).num_values -= 1; }, "LG-2002-400 a a page of 5 entries");
  check_footer([](FileMetaData& m) { m.row_groups[0].columns.pop_back(); }, "LG-2002-400  a row group of 4 columns");
  check_footer([](FileMetaData& m) { m.row_groups.push_back(m.row_groups[0]), m.num_rows *= 2; },
               "INGEST-1401-400  column chunks that overlap");
  check_footer([](FileMetaData& m) { m.num_rows = -5, m.row_groups[0].num_rows = -5; }, "INGEST-1401-400");
}

TEST(DamagedFile, Places) {
  check_footer(
      [](FileMetaData& m) { chunk(m, 0).data_page_offset = 1 << 30, chunk(m, 0).dictionary_page_offset.reset(); },
      "INGEST-1401-400 a a column chunk at byte");
  check_footer([](FileMetaData& m) { chunk(m, 0).total_compressed_size = INT64_MAX; },
               "INGEST-1401-400 a a column chunk at byte");
  check_footer([](FileMetaData& m) { chunk(m, 0).total_compressed_size -= 1; }, "INGEST-1401-400 a a page at byte");
  check_footer([](FileMetaData& m) { chunk(m, 0).total_compressed_size = -1; }, "INGEST-1401-400 a a negative");
  check_footer([](FileMetaData& m) { chunk(m, 0).dictionary_page_offset.reset(); },
               "INGEST-1401-400  column chunks that overlap");
  check_footer([](FileMetaData& m) { m.row_groups[0].columns[0].file_path = "other.parquet"; },
               "INGEST-1401-400 a a column chunk in another file");
  check_footer([](FileMetaData& m) { m.row_groups[0].columns[0].meta_data.reset(); }, "LG-2003-400");
  check_footer([](FileMetaData& m) { std::swap(m.row_groups[0].columns[0], m.row_groups[0].columns[1]); },
               "INGEST-1401-400 a a column chunk of another type");
}

TEST(DamagedFile, Kinds) {
  check_footer([](FileMetaData& m) { chunk(m, 0).codec = 5; }, "LG-2006-400 a LZ4 (the deprecated one)");
  check_footer([](FileMetaData& m) { chunk(m, 0).codec = 3; }, "LG-2006-400 a LZO");
  check_footer([](FileMetaData& m) { chunk(m, 0).codec = 77; }, "LG-2006-400 a codec 77");
  check_footer([](FileMetaData& m) { chunk(m, 0).codec = 6; },
               "INGEST-1401-400 a a page at byte 4 that does not decompress");
  check_footer(
      [](FileMetaData& m) { m.encryption_algorithm = columnar::RawValue{columnar::ThriftType::structure, {"\0", 1}}; },
      "LG-2003-400");
  check_footer([](FileMetaData& m) { m.schema[1].type = 3, chunk(m, 0).type = 3; }, "LG-2102-400 a INT96");
  check_footer([](FileMetaData& m) { m.schema[1].type = 9; }, "INGEST-1401-400  column a of no known type");
  check_footer([](FileMetaData& m) { m.schema[1].repetition_type = 7; }, "INGEST-1401-400");
  check_footer([](FileMetaData& m) { m.schema[0].num_children = 1000; }, "INGEST-1401-400");
  check_footer([](FileMetaData& m) { m.schema[0].num_children = 3; }, "INGEST-1401-400");
  check_footer([](FileMetaData& m) { m.schema[3].num_children = -2; }, "INGEST-1401-400");
}

TEST(DamagedFile, Lists) {
  // schema elements: root, a, s, o, x, y, l, list, element
  check_footer([](FileMetaData& m) { m.schema[7].name = "array"; }, "LG-2102-400 l list of two levels");
  check_footer([](FileMetaData& m) { m.schema[7].name = "l_tuple"; }, "LG-2102-400 l list of two levels");
  check_footer([](FileMetaData& m) { m.schema[6].logical_type.reset(), m.schema[6].converted_type.reset(); },
               "LG-2101-400 l group");
  check_footer([](FileMetaData& m) { m.schema[1].repetition_type = 2; },
               "LG-2102-400 a repeated column outside of a list");
  const auto lines = summary(
      judge_bytes(with_footer(sound_file(),
                              [](FileMetaData& m) { m.schema[7].name = "bag", m.schema[8].name = "array_element"; }),
                  checks)
          .report);
  EXPECT_THAT(lines, ElementsAre());
}

TEST(DamagedFile, Statistics) {
  const auto bound = [](int64_t value) { return std::string(reinterpret_cast<const char*>(&value), sizeof(value)); };
  const std::string two = bound(2);
  check_footer([&](FileMetaData& m) { chunk(m, 0).statistics->min_value = two; },
               "LG-2005-400 a 1 below the minimum 2");
  check_footer([&](FileMetaData& m) { chunk(m, 0).statistics->max_value = two; },
               "LG-2005-400 a 5 above the maximum 2");
  check_footer([&](FileMetaData& m) { chunk(m, 1).statistics->max_value = "a"; },
               "LG-2005-400 s two above the maximum a");
  check_footer([&](FileMetaData& m) { chunk(m, 0).statistics->null_count = 0; }, "LG-2005-400 a 1 nulls");
}

// Columns of one group that contradict each other: y takes its levels from another file.
TEST(DamagedFile, SiblingsThatContradict) {
  const CheckSchema pair = schema({object("o", {field("x", TypeKind::int64), field("y", TypeKind::int64)})});
  const auto write = [](std::string_view text) {
    return write_parquet("o: struct<x: int64, y: int64>", text, {.dictionary = false, .statistics = false});
  };
  const std::string first = write(R"([{"o": {"x": 1, "y": 1}}, {"o": {"x": 2}}, {"o": {}}])");
  const std::string second = write(R"([{"o": {"x": 1, "y": 1}}, {}, {"o": {}}])");
  FileMetaData layout;
  uint32_t length = 0;
  std::memcpy(&length, second.data() + second.size() - 8, sizeof(length));
  const std::string footer = second.substr(second.size() - 8 - length, length);
  layout = *columnar::decode_file_metadata(footer);
  const auto& y = chunk(layout, 1);
  const std::string pages =
      second.substr(static_cast<size_t>(y.data_page_offset), static_cast<size_t>(y.total_compressed_size));
  std::string mixed = first;
  uint32_t first_length = 0;
  std::memcpy(&first_length, first.data() + first.size() - 8, sizeof(first_length));
  const FileMetaData first_layout =
      *columnar::decode_file_metadata(std::string_view(first).substr(first.size() - 8 - first_length, first_length));
  const auto& place = *first_layout.row_groups[0].columns[1].meta_data;
  ASSERT_EQ(static_cast<size_t>(place.total_compressed_size), pages.size());
  mixed.replace(static_cast<size_t>(place.data_page_offset), pages.size(), pages);
  EXPECT_THAT(summary(judge_bytes(mixed, pair).report),
              ElementsAre("LG-2002-400 o.y levels that contradict other columns of o"));
}

TEST(DamagedFile, Checksums) {
  std::string file = sound_file({.checksums = true});
  FileMetaData metadata;
  with_footer(file, [&](FileMetaData& m) {
    file[static_cast<size_t>(chunk(m, 1).data_page_offset + chunk(m, 1).total_compressed_size -
                             chunk(m, 1).data_page_offset + *chunk(m, 1).dictionary_page_offset - 1)] ^= 1;
  });
  check(file, "LG-2001-400 s");
}

// What is said to be good reads as what was sent, wherever one byte was changed.
void expect_same_values(const std::string& damaged, const std::string& values, size_t at) {
  const auto judged = judge_bytes(damaged, checks);
  if (judged.report.verdict == Verdict::bad) return;
  EXPECT_EQ(read_parquet(judged.table_file), values) << "changed byte " << at;
}

TEST(DamagedFile, NoChangedByteGoesUnnoticedUnderChecksums) {
  for (const bool pages_v2 : {false, true}) {
    const std::string file = sound_file({.codec = "snappy", .pages_v2 = pages_v2, .checksums = true});
    const std::string values = read_parquet(judge_bytes(file, checks).table_file);
    ASSERT_THAT(values, HasSubstr("one"));
    int good = 0;
    for (size_t at = 0; at < file.size(); ++at) {
      for (const int change : {0x01, 0x02, 0x10, 0x80}) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ change);
        expect_same_values(damaged, values, at);
        good += judge_bytes(damaged, checks).report.verdict == Verdict::good ? 1 : 0;
      }
    }
    RecordProperty("good", good);
  }
}

TEST(DamagedFile, SurvivesRandomDamage) {
  std::mt19937 random(20260101);
  const std::vector<std::string> files = {
      sound_file(), sound_file({.codec = "zstd", .pages_v2 = true, .page_index = true}),
      sound_file({.codec = "gzip", .dictionary = false}), sound_file({.codec = "brotli", .row_group_rows = 2}),
      sound_file({.codec = "lz4_raw", .dictionary = false, .page_bytes = 1})};
  int bad = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = files[random() % files.size()];
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto judged = judge_bytes(damaged, checks);
    bad += judged.report.verdict == Verdict::bad ? 1 : 0;
    if (judged.report.verdict == Verdict::good) {
      EXPECT_THAT(read_parquet(judged.table_file), ::testing::Not(::testing::StartsWith("error"))) << i;
    }
  }
  EXPECT_GT(bad, 1500);
}

}  // namespace
}  // namespace lakegate::validation
