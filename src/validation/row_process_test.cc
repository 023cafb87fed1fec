// Rows read in a locked-in process are those that reading in place gives, and nothing that the process does harms this
// one.
#include "validation/row_process.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error_codes.h"
#include "columnar/file_rows_json.h"
#include "columnar/parquet_test_support.h"
#include "columnar/tail_test_support.h"
#include "validation/judge_test_support.h"

namespace lakegate::validation {
namespace {

using columnar::FileRows;
using columnar::RowQuery;
using columnar::testing::memory_file;
using columnar::testing::write_parquet;

const TableSchema table =
    testing::table_of(testing::schema({testing::field("a", TypeKind::int64), testing::field("s", TypeKind::string)}));

std::string good_file() {
  return columnar::testing::with_tail(
      write_parquet("a: int64, s: string", R"([{"a": 7, "s": "x"}, {"a": 8, "s": "ü"}, {"a": 9}])"), table);
}

RowProcessSettings settings(std::string role) {
  return {.worker_command = {"/proc/self/exe", std::move(role)},
          .start_deadline = std::chrono::seconds(30),
          .file_deadline = std::chrono::seconds(30)};
}

std::unique_ptr<columnar::RowSource> started(std::string role) {
  auto source = RowProcess::start(settings(std::move(role)));
  if (!source) throw std::runtime_error(source.error().message);
  return *std::move(source);
}

// `behind`: what the tests' worker obeys.
Result<FileRows> read(columnar::RowSource& source, const std::string& bytes, RowQuery query = {},
                      std::string_view behind = "") {
  query.table = &table;
  const FileDescriptor file = memory_file(bytes + std::string(behind));
  return source.read_rows(file.get(), static_cast<int64_t>(bytes.size()), query);
}

TEST(RowProcess, ReadsWhatReadingInPlaceReads) {
  const auto source = started("worker");
  for (const int64_t rows_max : {1, 2, 100}) {
    const FileDescriptor file = memory_file(good_file());
    const RowQuery query{.rows_max = rows_max, .table = &table};
    const auto here = columnar::read_rows(file.get(), static_cast<int64_t>(good_file().size()), query);
    const auto there = read(*source, good_file(), {.rows_max = rows_max});
    ASSERT_TRUE(here.has_value()) << here.error().message;
    ASSERT_TRUE(there.has_value()) << there.error().message;
    EXPECT_EQ(columnar::file_rows_to_json(there), columnar::file_rows_to_json(here));
    EXPECT_EQ(std::ssize(there->rows), std::min<int64_t>(rows_max, 3));
  }
}

TEST(RowProcess, TellsWhyThereAreNoRows) {
  const auto source = started("worker");
  const auto damaged = read(*source, good_file().substr(0, 60));
  ASSERT_FALSE(damaged.has_value());
  EXPECT_EQ(damaged.error().kind(), ErrorKind::corrupt);
  EXPECT_TRUE(read(*source, good_file()).has_value()) << "it goes on";
}

TEST(RowProcess, EndsAlone) {
  for (const std::string_view word : {"ABRT", "SEGV", "EXIT", "OPEN", "SOCK", "EXEC", "CODE"}) {
    const auto rows = read(*started("worker"), good_file(), {}, word);
    ASSERT_FALSE(rows.has_value()) << word;
    EXPECT_TRUE(rows.error().kind() == ErrorKind::corrupt || rows.error().kind() == ErrorKind::unavailable) << word;
  }
}

TEST(RowProcess, HasATimeLimit) {
  RowProcessSettings short_time = settings("worker");
  short_time.file_deadline = std::chrono::milliseconds(100);
  auto source = RowProcess::start(short_time);
  ASSERT_TRUE(source.has_value()) << source.error().message;
  const auto rows = read(**source, good_file(), {}, "HANG");
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().kind(), ErrorKind::unavailable);
}

TEST(RowProcess, BelievesNothing) {
  for (const std::string_view word : {"OTHR", "HUGE", "NEGA", "SHRT", "HOLD", "NONE"}) {
    const auto rows = read(*started("liar"), std::string(word) + good_file());
    ASSERT_FALSE(rows.has_value()) << word;
  }
  EXPECT_FALSE(RowProcess::start(settings("absent")).has_value());
}

TEST(FileRowsJson, RefusesWhatWasNotAskedFor) {
  const std::string rows = R"({"version":1,"columns":[[1,"a"]],"rows":[{"a":1},{"a":2}],"bytes":20,"isCut":false})";
  EXPECT_TRUE(columnar::file_rows_from_json(rows, {.rows_max = 2}).has_value());
  EXPECT_FALSE(columnar::file_rows_from_json(rows, {.rows_max = 1}).has_value());
  EXPECT_FALSE(columnar::file_rows_from_json(rows, {.rows_max = 2, .bytes_max = 19}).has_value());
  for (const std::string_view broken :
       {R"({"version":2,"columns":[],"rows":[],"bytes":0,"isCut":false})",
        R"({"version":1,"columns":[[1]],"rows":[],"bytes":0,"isCut":false})",
        R"({"version":1,"columns":[["a",1]],"rows":[],"bytes":0,"isCut":false})",
        R"({"version":1,"columns":[[-1,"a"]],"rows":[],"bytes":0,"isCut":false})",
        R"({"version":1,"columns":[],"rows":[7],"bytes":0,"isCut":false})",
        R"({"version":1,"columns":[],"rows":[],"bytes":-1,"isCut":false})",
        R"({"version":1,"columns":[],"rows":{},"bytes":0,"isCut":false})", R"([])", ""}) {
    EXPECT_FALSE(columnar::file_rows_from_json(broken, {}).has_value()) << broken;
  }
}

}  // namespace
}  // namespace lakegate::validation
