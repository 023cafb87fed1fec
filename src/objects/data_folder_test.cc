#include "objects/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/temporary_folder.h"

namespace lakegate {
namespace {

namespace fs = std::filesystem;

TEST(DataFolder, MakesAndKeepsForItself) {
  const TemporaryFolder parent;
  const fs::path path = parent.path() / "data";
  {
    const auto folder = DataFolder::open(path);
    ASSERT_TRUE(folder.has_value()) << folder.error().message;
    EXPECT_TRUE(folder->is_new());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);

    const auto second = DataFolder::open(path);  // flock is per open file, so this is like another process
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind(), ErrorKind::conflict);
    EXPECT_THAT(second.error().message, testing::HasSubstr("process " + std::to_string(::getpid())));
    std::ofstream(folder->ledger_file()) << "x";
  }
  const auto again = DataFolder::open(path.string() + "/");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_FALSE(again->is_new());
  EXPECT_EQ(again->path(), path);
}

TEST(DataFolder, LockGoesWithTheProcess) {
  const TemporaryFolder parent;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto folder = DataFolder::open(parent.path() / "data");
    ::_exit(folder.has_value() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(DataFolder::open(parent.path() / "data").has_value());
}

TEST(DataFolder, RefusesWhatIsSomebodyElses) {
  const TemporaryFolder parent;
  fs::create_directory(parent.path() / "empty");
  EXPECT_TRUE(DataFolder::open(parent.path() / "empty").has_value());
  fs::create_directories(parent.path() / "disk" / "lost+found");
  EXPECT_TRUE(DataFolder::open(parent.path() / "disk").has_value());

  fs::create_directory(parent.path() / "foreign");
  std::ofstream(parent.path() / "foreign" / "holiday.jpg") << "x";
  EXPECT_EQ(DataFolder::open(parent.path() / "foreign").error().kind(), ErrorKind::invalid);
  std::ofstream(parent.path() / "file") << "x";
  EXPECT_EQ(DataFolder::open(parent.path() / "file").error().kind(), ErrorKind::invalid);
  EXPECT_EQ(DataFolder::open(parent.path() / "no" / "parent").error().kind(), ErrorKind::invalid);
}

}  // namespace
}  // namespace lakegate
