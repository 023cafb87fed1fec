#include "backup/object_copy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/temporary_folder.h"

namespace lakegate::backup {
namespace {

namespace fs = std::filesystem;

class ObjectCopyTest : public testing::Test {
 protected:
  void write(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }
  std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  TemporaryFolder folder_;
  const fs::path from_ = folder_.path() / "from";
  const fs::path to_ = folder_.path() / "to";
};

TEST_F(ObjectCopyTest, LinkIsTheSameFile) {
  write(from_, "all of it");
  EXPECT_EQ(copy_object(from_, to_, 3, true), Copied::linked);
  EXPECT_TRUE(fs::equivalent(from_, to_));
}

// What the server appends later, or what nobody answered for, is not in it.
TEST_F(ObjectCopyTest, CopyHasWhatWasAnsweredFor) {
  write(from_, "sent, and a tail");
  fs::last_write_time(from_, fs::file_time_type::clock::now() - std::chrono::hours(5));
  EXPECT_EQ(copy_object(from_, to_, 4, false), Copied::copied);
  EXPECT_EQ(read(to_), "sent");
  EXPECT_EQ(fs::last_write_time(to_), fs::last_write_time(from_));
  write(from_, "others");
  EXPECT_EQ(read(to_), "sent");
}

TEST_F(ObjectCopyTest, LostIsMissingOrShort) {
  for (const bool link : {true, false}) {
    EXPECT_EQ(copy_object(from_, to_, 0, link), Copied::lost);
    write(from_, "abc");
    EXPECT_EQ(copy_object(from_, to_, 4, link), Copied::lost);
    EXPECT_FALSE(fs::exists(to_));
    fs::remove(from_);
  }
}

TEST_F(ObjectCopyTest, NothingIsWrittenOver) {
  write(from_, "abc");
  write(to_, "there");
  EXPECT_FALSE(copy_object(from_, to_, 3, true).has_value());
  EXPECT_FALSE(copy_object(from_, to_, 3, false).has_value());
  EXPECT_EQ(read(to_), "there");
}

}  // namespace
}  // namespace lakegate::backup
