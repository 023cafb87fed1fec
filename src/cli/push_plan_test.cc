#include "cli/push_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lakegate::cli {
namespace {

using testing::HasSubstr;

class PushPlan : public testing::Test {
 protected:
  PushPlan() {
    for (const char* name :
         {"a.parquet", "b.parquet", "note.txt", "sub/c.parquet", "sub/deep/d.parquet", "sub/_SUCCESS",
          "sub/.part.parquet", "_temporary/e.parquet", "other/a.parquet", "empty/x.csv"}) {
      const auto path = folder_ / name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path) << name;
    }
  }
  ~PushPlan() override { std::filesystem::remove_all(folder_); }

  void check(const std::vector<std::string>& sources, const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& source : sources) paths.push_back(folder_ / source);
    const auto files = plan_push(paths);
    ASSERT_TRUE(files.has_value()) << files.error().message;
    std::vector<std::string> found;
    for (const PushFile& file : *files) {
      found.push_back(file.name);
      EXPECT_EQ(file.bytes, static_cast<int64_t>(std::filesystem::file_size(file.source)));
    }
    EXPECT_EQ(found, names);
  }

  void check_refused(const std::vector<std::string>& sources, std::string_view expected) {
    std::vector<std::string> paths;
    for (const std::string& source : sources) paths.push_back(folder_ / source);
    const auto files = plan_push(paths);
    ASSERT_FALSE(files.has_value());
    EXPECT_THAT(files.error().message, HasSubstr(expected));
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("lakegate-push-plan-" + std::to_string(::getpid()));
};

TEST_F(PushPlan, FilesKeepTheirNames) {
  check({"a.parquet"}, {"a.parquet"});
  check({"note.txt", "sub/c.parquet"}, {"note.txt", "c.parquet"});
}

TEST_F(PushPlan, FoldersGiveTheirParquetFilesByRelativePath) {
  check({"sub"}, {"c.parquet", "deep/d.parquet"});
  check({""}, {"a.parquet", "b.parquet", "other/a.parquet", "sub/c.parquet", "sub/deep/d.parquet"});
}

TEST_F(PushPlan, PatternsGiveWhatTheyMatch) {
  check({"*.parquet"}, {"a.parquet", "b.parquet"});
  check({"sub/[a-c].parquet"}, {"c.parquet"});
}

TEST_F(PushPlan, RefusesWhatIsNotThereOrAmbiguous) {
  check_refused({"missing.parquet"}, "missing.parquet: No such file");
  check_refused({"x*.parquet"}, "No file matches");
  check_refused({"empty"}, "no *.parquet file");
  check_refused({"a.parquet", "other/a.parquet"}, "would both be called a.parquet");
}

}  // namespace
}  // namespace lakegate::cli
