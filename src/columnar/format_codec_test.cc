#include "columnar/format_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "columnar/parquet_test_support.h"

namespace lakegate::columnar {
namespace {

using testing::write_parquet;
using testing::WriteOptions;

std::string footer_of(std::string_view file) {
  uint32_t length = 0;
  std::memcpy(&length, file.data() + file.size() - 8, sizeof(length));
  return std::string(file.substr(file.size() - 8 - length, length));
}

void expect_round_trip(std::string_view file) {
  const std::string footer = footer_of(file);
  const auto decoded = decode_file_metadata(footer);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_FALSE(decoded->row_groups.empty());
  EXPECT_TRUE(encode(*decoded) == footer) << "not the same bytes";
}

constexpr std::string_view wide_schema =
    "id: string required, at: timestamp_ms, n: int16, tags: list<string>, m: map<string, int64>, "
    "s: struct<a: int32, b: struct<c: date, d: decimal>>, x: null, b: bool, f: double";
constexpr std::string_view wide_rows = R"([
  {"id": "a", "at": 1, "n": 3, "tags": ["x", "y"], "m": [["k", 1]], "s": {"a": 1, "b": {"c": 4, "d": "1.25"}}, "b": true},
  {"id": "b", "at": null, "tags": [], "m": [], "s": null, "f": 1.5}])";

TEST(FormatCodec, RealFootersComeBackByteForByte) {
  for (const bool page_index : {false, true}) {
    for (const bool arrow_schema : {false, true}) {
      for (const char* codec : {"none", "zstd"}) {
        expect_round_trip(write_parquet(
            wide_schema, wide_rows,
            {.codec = codec, .page_index = page_index, .row_group_rows = 1, .arrow_schema = arrow_schema}));
      }
    }
  }
}

TEST(FormatCodec, FootersOfOtherWritersComeBackByteForByte) {
  const std::filesystem::path samples = "../shared/samples";
  if (!std::filesystem::exists(samples)) GTEST_SKIP() << "no " << samples << " beside the repository";
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(samples)) {
    if (entry.path().extension() != ".parquet") continue;
    SCOPED_TRACE(entry.path());
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    expect_round_trip(text.str());
    ++files;
  }
  EXPECT_GT(files, 0);
}

TEST(FormatCodec, KeepsFieldsOfLaterVersions) {
  const std::string footer = footer_of(write_parquet("id: string", R"([{"id": "a"}])"));
  // Before the end of the outermost struct: field 30, a list of structs.
  const std::string_view field("\x09\x3c\x1c\x15\x02\x00", 6);
  const std::string extended = footer.substr(0, footer.size() - 1) + std::string(field) + std::string(1, '\0');
  const auto decoded = decode_file_metadata(extended);
  ASSERT_TRUE(decoded.has_value());
  ASSERT_EQ(decoded->others.size(), 1U);
  EXPECT_EQ(decoded->others[0].id, 30);
  EXPECT_EQ(encode(*decoded), extended);
}

TEST(FormatCodec, RefusesEveryTruncation) {
  const std::string footer = footer_of(write_parquet(wide_schema, wide_rows));
  for (size_t size = 0; size < footer.size(); ++size) {
    const std::vector<char> exact(footer.begin(),
                                  footer.begin() + static_cast<ptrdiff_t>(size));  // sanitizers see its end
    EXPECT_FALSE(decode_file_metadata({exact.data(), exact.size()}).has_value()) << size;
  }
  EXPECT_FALSE(decode_file_metadata(footer + "x").has_value());
}

// A changed byte either still makes metadata, which then encodes to what was read, or is refused.
TEST(FormatCodec, SurvivesEveryChangedByte) {
  const std::string footer = footer_of(write_parquet(wide_schema, wide_rows));
  int refused = 0;
  for (size_t at = 0; at < footer.size(); ++at) {
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged = footer;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      const auto decoded = decode_file_metadata(damaged);
      if (!decoded) ++refused;
      if (decoded) (void)encode(*decoded);
    }
  }
  EXPECT_GT(refused, static_cast<int>(footer.size()));
}

}  // namespace
}  // namespace lakegate::columnar
