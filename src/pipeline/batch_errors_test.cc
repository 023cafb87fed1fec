#include "pipeline/batch_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

using ::testing::HasSubstr;

TEST(BatchErrors, DescribeAllThatAPersonNeeds) {
  struct Case {
    Violation violation;
    std::string description;
  };
  const Case cases[] = {
      {testing::unknown_column("extra"),
       "dir/a.parquet, column extra: Column is not in the schema. Found a string, expected no such column. Remove or "
       "rename the column, or add the field to the schema."},
      {{.code = "INGEST-1555-400",
        .column = "id",
        .rows = {0, 7},
        .row_count = 2,
        .found = "null",
        .expected = "a value"},
       "dir/a.parquet, column id, 2 rows (0, 7, counted from 0): Required field is missing or null. Found null, "
       "expected "
       "a value. Fill the field in every row in which its parent exists."},
      {{.code = "LG-2201-400", .column = "n", .rows = {3}, .row_count = 1, .found = "9", .expected = "at most 5"},
       "dir/a.parquet, column n, 1 row (3, counted from 0): Value is out of range. Found 9, expected at most 5."},
      {{.code = "LG-2201-400",
        .column = "n",
        .rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
        .row_count = 4000,
        .found = "9",
        .remedy = "Do better."},
       "dir/a.parquet, column n, 4000 rows (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, counted from 0): Value is out of range. "
       "Found 9. Do better."},
      {{.code = "106", .expected = "a Parquet file"},
       "dir/a.parquet: File is empty. Expected a Parquet file. Send the file's bytes, or leave the file out."},
  };
  for (const Case& c : cases) {
    const BatchError error = describe("dir/a.parquet", c.violation);
    EXPECT_EQ(error.description, c.description);
    EXPECT_EQ(error.code, c.violation.code);
    EXPECT_EQ(error.file, "dir/a.parquet");
    EXPECT_EQ(error.column, c.violation.column);
    EXPECT_EQ(error.rows, c.violation.rows);
    EXPECT_EQ(error.record_count, c.violation.row_count);
  }
}

TEST(BatchErrors, KeepsControlCharactersOfNamesOut) {
  EXPECT_THAT(describe("a\nb\x1b[31m.parquet", testing::unknown_column("x")).description,
              HasSubstr("a\\x0ab\\x1b[31m.parquet"));
}

ledger::FileVerdict bad_file(std::string path, int64_t violations, int64_t counted = 0) {
  std::vector<Violation> made;
  for (int64_t i = 0; i < violations; ++i) made.push_back(testing::unknown_column("c" + std::to_string(i)));
  ledger::FileVerdict bad;
  bad.file.path = std::move(path);
  bad.report = testing::bad_report(10, std::move(made));
  bad.report.violation_count = std::max(counted, violations);
  return bad;
}

// Files with so many errors each, against a limit; what the last description says.
void check(const std::vector<int64_t>& files, size_t errors_max, size_t listed, std::string_view last) {
  BatchErrors errors(errors_max, static_cast<int64_t>(files.size()));
  for (size_t i = 0; i < files.size(); ++i) {
    if (!errors.add(bad_file("f" + std::to_string(i), files[i]))) break;
  }
  const std::vector<BatchError> made = std::move(errors).finish();
  ASSERT_EQ(made.size(), listed);
  EXPECT_THAT(made.back().description, HasSubstr(last));
  EXPECT_FALSE(made.back().code.empty());
}

TEST(BatchErrors, SayHowManyAreNotListed) {
  check({1}, 10, 1, "f0, column c0");
  check({4, 6}, 10, 10, "f1, column c5");
  check({4, 7}, 10, 10, "f1: 2 more errors of this file are not listed");
  check({4, 6, 1, 1}, 10, 10, "f1: 1 more error of this file and all of 2 further bad files are not listed");
  check({15, 5}, 10, 10, "f0: 6 more errors of this file and all of 1 further bad file are not listed");
}

TEST(BatchErrors, SayWhatTheReportItselfLeftOut) {
  BatchErrors errors(10, 1);
  errors.add(bad_file("a", 3, 250));
  const std::vector<BatchError> made = std::move(errors).finish();
  ASSERT_EQ(made.size(), 3);
  EXPECT_THAT(made.back().description, HasSubstr("The file has 250 kinds of errors; the first 3 are listed."));
}

}  // namespace
}  // namespace lakegate::pipeline
