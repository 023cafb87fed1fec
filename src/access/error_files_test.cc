#include "access/error_files.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lakegate::access {
namespace {

BatchError error(std::string code, std::string file, std::string column, std::vector<int64_t> rows) {
  BatchError made;
  made.description = "about " + code;
  made.code = std::move(code);
  made.file = std::move(file);
  made.column = std::move(column);
  made.rows = std::move(rows);
  made.found = "x";
  made.expected = "y";
  return made;
}

TEST(ErrorFiles, ByKindOfError) {
  const BatchError errors[] = {
      error("INGEST-1401-400", "bad.parquet", "", {}), error("LG-2101-400", "types.parquet", "a", {}),
      error("INGEST-1555-400", "rows.parquet", "a.b", {5, 7}), error("LG-2201-400", "rows.parquet", "c/d", {2, 5})};
  const std::vector<ErrorFile> files = row_error_files(errors);
  ASSERT_EQ(files.size(), 3);
  EXPECT_EQ(files[0].name, "parsing_errors_0.json");
  EXPECT_EQ(files[0].text, R"({"_corrupt_record":"x","_errors":[{"code":"1401","message":"about INGEST-1401-400"}],)"
                           R"("_filename":"bad.parquet"})"
                           "\n");
  EXPECT_EQ(files[1].name, "conversion_errors_0.json");
  EXPECT_EQ(files[1].text, R"({"_corrupt_record":"x","_errors":[{"code":"LG-2101-400","message":"about LG-2101-400"}],)"
                           R"("_filename":"types.parquet"})"
                           "\n");
  EXPECT_EQ(files[2].name, "validation_errors_0.json");
  EXPECT_TRUE(files[2].text.starts_with(R"({"_filename":"rows.parquet","_row":2,"_errors":[{"code":"LG-2201-400")"));
  EXPECT_EQ(std::ranges::count(files[2].text, '\n'), 3);
  EXPECT_EQ(row_error_sample(errors), files[0].text + files[1].text + files[2].text);

  const std::string rows = failed_rows(errors);
  EXPECT_EQ(std::ranges::count(rows, '\n'), 3);
  EXPECT_NE(rows.find(R"("_row":5,"_validationErrors":[{"code":"INGEST-1555-400","message":"about INGEST-1555-400",)"
                      R"("pointerToViolation":"#/a/b","found":"x","expected":"y","causingExceptions":[]},)"
                      R"({"code":"LG-2201-400","message":"about LG-2201-400","pointerToViolation":"#/c~1d")"),
            std::string::npos)
      << rows;
}

TEST(ErrorFiles, NothingWhereNothingIsKnown) {
  EXPECT_TRUE(row_error_files({}).empty());
  EXPECT_EQ(failed_rows({}), "");
  const BatchError whole[] = {error("LG-1109-400", "", "", {})};
  EXPECT_EQ(failed_rows(whole), "");
  EXPECT_EQ(row_error_files(whole).size(), 1);
}

TEST(ErrorFiles, AreBounded) {
  std::vector<int64_t> rows(100);
  std::vector<BatchError> errors;
  for (int64_t i = 0; i < 120; ++i) {
    for (int64_t row = 0; row < 100; ++row) rows[static_cast<size_t>(row)] = i * 100 + row;
    errors.push_back(error("LG-2201-400", "a", "b", rows));
  }
  EXPECT_EQ(std::ranges::count(failed_rows(errors), '\n'), 10'000);
  EXPECT_EQ(std::ranges::count(row_error_files(errors)[0].text, '\n'), 10'000);
  EXPECT_EQ(std::ranges::count(row_error_sample(errors), '\n'), 100);
}

}  // namespace
}  // namespace lakegate::access
