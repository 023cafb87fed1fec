// What a disk adds to the conformance suite: durability's order, its failures, links, full disks.
#include "objects/local_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"

namespace lakegate {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string path_of(int fd) { return fs::read_symlink("/proc/self/fd/" + std::to_string(fd)).string(); }

// Notes what was made durable, and fails from call `fail_from` on.
struct Disk {
  std::vector<std::string> synced;
  int fail_from = 1 << 30;
  int fatal_calls = 0;

  int sync(int fd) {
    if (static_cast<int>(synced.size()) >= fail_from) {
      errno = EIO;
      return -1;
    }
    synced.push_back(fs::path(path_of(fd)).filename().string());
    return 0;
  }

  std::unique_ptr<ObjectStore> open(const fs::path& root) {
    const auto call = [this](int fd) { return sync(fd); };
    return *open_local_store(root, [this](const Error&) { ++fatal_calls; }, {call, call});
  }
};

const ObjectKey first("1/d/data/a7/first.parquet");
const ObjectKey second("1/d/data/a7/second.parquet");

TEST(LocalStore, SyncsEveryFolderThatGainedAnEntryOnce) {
  const TemporaryFolder folder;
  Disk disk;
  const auto store = disk.open(folder.path() / "objects");
  disk.synced.clear();
  ASSERT_TRUE(store->put(first, bytes_of("x")).has_value());
  EXPECT_EQ(disk.synced, (std::vector<std::string>{"first.parquet", "a7", "objects", "1", "d", "data"}));

  disk.synced.clear();
  ASSERT_TRUE(store->put(second, bytes_of("x")).has_value());
  EXPECT_EQ(disk.synced, (std::vector<std::string>{"second.parquet", "a7"}));

  disk.synced.clear();
  ASSERT_TRUE(store->put(ObjectKey("1/d/data/b0/x"), bytes_of("x")).has_value());
  EXPECT_EQ(disk.synced, (std::vector<std::string>{"x", "b0", "data"}));
}

TEST(LocalStore, TrustsNoFolderOfAnEarlierProcess) {
  const TemporaryFolder folder;
  Disk disk;
  ASSERT_TRUE(disk.open(folder.path() / "objects")->put(first, bytes_of("x")).has_value());
  const auto store = disk.open(folder.path() / "objects");
  disk.synced.clear();
  ASSERT_TRUE(store->put(first, bytes_of("x")).has_value());  // there already, who knows whether durably
  EXPECT_EQ(disk.synced, (std::vector<std::string>{"first.parquet", "a7", "objects", "1", "d", "data"}));
}

TEST(LocalStore, EntriesOfObjectsThatWereSyncedAreNotSyncedAgain) {
  const TemporaryFolder folder;
  Disk disk;
  const auto store = disk.open(folder.path() / "objects");
  ASSERT_TRUE(store->put(first, bytes_of("x")).has_value());
  disk.synced.clear();
  ASSERT_TRUE((*store->resume(first))->sync().has_value());
  ASSERT_TRUE(store->append_tail(first, 1, bytes_of("tail")).has_value());
  EXPECT_EQ(disk.synced, (std::vector<std::string>{"first.parquet", "first.parquet"}));
}

TEST(LocalStore, LaterSyncsOfAWriterAreOfTheFileAlone) {
  const TemporaryFolder folder;
  Disk disk;
  const auto store = disk.open(folder.path() / "objects");
  const auto writer = *store->begin(first);
  ASSERT_TRUE(writer->sync().has_value());
  disk.synced.clear();
  ASSERT_TRUE(writer->sync().has_value());
  EXPECT_EQ(disk.synced, std::vector<std::string>{"first.parquet"});
}

// Whichever of the syncs fails: the handler is called once, and nothing is accepted from then on.
TEST(LocalStore, FailedSyncIsFatal) {
  for (int fail_from = 0; fail_from < 6; ++fail_from) {
    SCOPED_TRACE(fail_from);
    const TemporaryFolder folder;
    Disk disk;
    const auto store = disk.open(folder.path() / "objects");
    disk.fail_from = static_cast<int>(disk.synced.size()) + fail_from;
    EXPECT_FALSE(store->put(first, bytes_of("x")).has_value());
    EXPECT_EQ(disk.fatal_calls, 1);
    disk.fail_from = 1 << 30;
    EXPECT_FALSE(store->put(second, bytes_of("x")).has_value());
    EXPECT_FALSE(store->begin(second).has_value());
    EXPECT_FALSE(store->append_tail(first, 0, bytes_of("x")).has_value());
    EXPECT_EQ(disk.fatal_calls, 1);
    EXPECT_TRUE(store->open(first).has_value());
  }
}

TEST(LocalStore, FollowsNoLinks) {
  const TemporaryFolder folder;
  const auto store = *open_local_store(folder.path() / "objects");
  std::ofstream(folder.path() / "secret") << "secret";
  fs::create_directory_symlink(folder.path(), folder.path() / "objects" / "1");
  EXPECT_FALSE(store->open(ObjectKey("1/secret")).has_value());
  EXPECT_FALSE(store->begin(ObjectKey("1/other")).has_value());
  fs::create_symlink(folder.path() / "secret", folder.path() / "objects" / "2");
  EXPECT_FALSE(store->open(ObjectKey("2")).has_value());
  EXPECT_FALSE(store->put(ObjectKey("2"), bytes_of("x")).has_value());
}

TEST(LocalStore, ListsNoLinksAndNoForeignNames) {
  const TemporaryFolder folder;
  const auto store = *open_local_store(folder.path() / "objects");
  ASSERT_TRUE(store->put(first, bytes_of("x")).has_value());
  fs::create_directory_symlink(folder.path(), folder.path() / "objects" / "link");
  fs::create_symlink("first.parquet", (folder.path() / "objects" / first.text()).replace_filename("other.parquet"));
  std::ofstream(folder.path() / "objects" / ".hidden") << "x";
  std::vector<ObjectKey> listed;
  ASSERT_TRUE(store->list([&](std::span<const StoredObject> helping) -> Status {
    for (const StoredObject& object : helping) listed.push_back(object.key);
    return {};
  }));
  EXPECT_EQ(listed, std::vector<ObjectKey>{first});
}

TEST(LocalStore, DescriptorsAreNotInherited) {
  const TemporaryFolder folder;
  const auto store = *open_local_store(folder.path() / "objects");
  const auto writer = *store->begin(first);
  const auto object = *store->open(first);
  EXPECT_TRUE(::fcntl(writer->fd(), F_GETFD) & FD_CLOEXEC);
  EXPECT_TRUE(::fcntl(object.fd.get(), F_GETFD) & FD_CLOEXEC);
}

TEST(LocalStore, LocationIsLiteral) {
  const TemporaryFolder folder;
  const auto store = *open_local_store(folder.path() / "with blank" / "objects");
  EXPECT_EQ(store->location(first),
            "file://" + (fs::canonical(folder.path()) / "with blank/objects").string() + "/" + first.text());
  EXPECT_EQ(open_local_store(folder.path() / "a#b").error().kind(), ErrorKind::invalid);
}

TEST(LocalStore, FullDiskIsNoSpace) {
  struct stat status{};
  if (::stat("/dev/full", &status) != 0) GTEST_SKIP() << "no /dev/full here";
  const TemporaryFolder folder;
  const auto store = *open_local_store(folder.path() / "objects");
  // A limit of our own on the file size gives EFBIG, not ENOSPC; /dev/full gives the real one through a mounted node.
  if (::mknod((folder.path() / "objects" / "full").c_str(), S_IFCHR | 0600, status.st_rdev) != 0) {
    GTEST_SKIP() << "making a device node needs root";
  }
  const auto writer = store->resume(ObjectKey("full"));
  if (!writer.has_value()) GTEST_SKIP() << "device nodes do not work here: " << writer.error().message;
  EXPECT_EQ(store->append_tail(ObjectKey("full"), 0, bytes_of("x")).error().kind(), ErrorKind::no_space);
}

}  // namespace
}  // namespace lakegate
