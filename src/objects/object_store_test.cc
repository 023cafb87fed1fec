// The conformance suite: what every ObjectStore must do. A new store adds a row at the end.
#include "objects/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "base/error_codes.h"
#include "base/temporary_folder.h"
#include "objects/fake_store.h"
#include "objects/file_io.h"
#include "objects/local_store.h"

namespace lakegate {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string text_of(ObjectStore& store, const ObjectKey& key) {
  const auto object = store.open(key);
  if (!object) return "error: " + std::string(to_string(object.error().kind()));
  const auto bytes = objects::read_up_to(object->fd.get(), 0, object->size_bytes, key.text());
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

std::string kind_of(const auto& result) {
  return result.has_value() ? "fine" : std::string(to_string(result.error().kind()));
}

const ObjectKey key("1/65f0a1b2c3d4e5f601234567/data/a7/01JABCDEFGHJKMNPQRSTVWXYZ0.parquet");

struct StoreCase {
  std::string name;
  std::function<std::unique_ptr<ObjectStore>(const std::filesystem::path&)> open;
};

class ObjectStoreTest : public testing::TestWithParam<StoreCase> {
 protected:
  TemporaryFolder folder_;
  std::unique_ptr<ObjectStore> store_ = GetParam().open(folder_.path());
};

TEST_P(ObjectStoreTest, WritesAndReads) {
  auto writer = store_->begin(key);
  ASSERT_TRUE(writer.has_value()) << writer.error().message;
  ASSERT_EQ(::pwrite((*writer)->fd(), "world", 5, 6), 5);
  ASSERT_EQ(::pwrite((*writer)->fd(), "hello ", 6, 0), 6);
  EXPECT_EQ(kind_of((*writer)->sync()), "fine");
  EXPECT_EQ(kind_of((*writer)->sync()), "fine");
  EXPECT_EQ(text_of(*store_, key), "hello world");
}

TEST_P(ObjectStoreTest, ReaderCannotWrite) {
  ASSERT_EQ(kind_of(store_->put(key, bytes_of("x"))), "fine");
  const auto object = store_->open(key);
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(::pwrite(object->fd.get(), "y", 1, 0), -1);
  EXPECT_EQ(text_of(*store_, key), "x");
}

TEST_P(ObjectStoreTest, ResumesWhereOthersWrite) {
  auto first = store_->begin(key);
  ASSERT_TRUE(first.has_value());
  auto second = store_->resume(key);
  ASSERT_TRUE(second.has_value());
  ASSERT_EQ(::pwrite((*first)->fd(), "ab", 2, 0), 2);
  ASSERT_EQ(::pwrite((*second)->fd(), "cd", 2, 2), 2);
  EXPECT_EQ(kind_of((*first)->sync()), "fine");
  EXPECT_EQ(kind_of((*second)->sync()), "fine");
  EXPECT_EQ(text_of(*store_, key), "abcd");
}

TEST_P(ObjectStoreTest, BeginsOnce) {
  ASSERT_EQ(kind_of(store_->begin(key)), "fine");
  EXPECT_EQ(kind_of(store_->begin(key)), "conflict");
}

TEST_P(ObjectStoreTest, MissingIsNotFound) {
  EXPECT_EQ(kind_of(store_->open(key)), "not_found");
  EXPECT_EQ(kind_of(store_->resume(key)), "not_found");
  EXPECT_EQ(kind_of(store_->append_tail(key, 0, bytes_of("x"))), "not_found");
  EXPECT_EQ(kind_of(store_->remove(key)), "fine");
}

TEST_P(ObjectStoreTest, AppendsTails) {
  struct Row {
    int64_t sent;
    std::string tail;
    std::string expected;
  };
  ASSERT_EQ(kind_of(store_->put(key, bytes_of("sent"))), "fine");
  for (const Row& row : std::vector<Row>{{4, "|long tail", "sent|long tail"},
                                         {4, "|tail", "sent|tail"},  // again, after a crash: cut first
                                         {4, "", "sent"},
                                         {9, "|x", "corrupt"}}) {
    SCOPED_TRACE(row.expected);
    const auto size = store_->append_tail(key, row.sent, bytes_of(row.tail));
    if (row.expected == "corrupt") {
      EXPECT_EQ(kind_of(size), "corrupt");
      EXPECT_EQ(text_of(*store_, key), "sent");
      continue;
    }
    ASSERT_TRUE(size.has_value()) << size.error().message;
    EXPECT_EQ(*size, static_cast<int64_t>(row.expected.size()));
    EXPECT_EQ(text_of(*store_, key), row.expected);
  }
}

TEST_P(ObjectStoreTest, PutsWholeObjectsOnce) {
  EXPECT_EQ(kind_of(store_->put(key, bytes_of("one"))), "fine");
  EXPECT_EQ(kind_of(store_->put(key, bytes_of("one"))), "fine");
  EXPECT_EQ(kind_of(store_->put(key, bytes_of("two"))), "conflict");
  EXPECT_EQ(kind_of(store_->put(key, bytes_of("one and more"))), "conflict");
  EXPECT_EQ(kind_of(store_->put(key, bytes_of("on"))), "conflict");
  EXPECT_EQ(text_of(*store_, key), "one");
}

TEST_P(ObjectStoreTest, Removes) {
  ASSERT_EQ(kind_of(store_->put(key, bytes_of("one"))), "fine");
  const auto open = store_->open(key);
  EXPECT_EQ(kind_of(store_->remove(key)), "fine");
  EXPECT_EQ(kind_of(store_->remove(key)), "fine");
  EXPECT_EQ(kind_of(store_->open(key)), "not_found");
  const auto bytes = objects::read_up_to(open->fd.get(), 0, 3, key.text());
  EXPECT_EQ(bytes->size(), 3U);  // who has it open reads on
}

TEST_P(ObjectStoreTest, RefusesWhatIsNoKey) {
  for (const std::string text : {"", "/", "a//b", "../a", "a/../b", "a/.b", "a/b/", "/a", "a b", "a#b", "a?b", "ä"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(kind_of(store_->begin(ObjectKey(text))), "internal");
    EXPECT_FALSE(store_->open(ObjectKey(text)).has_value());
  }
  EXPECT_EQ(kind_of(store_->begin(ObjectKey(std::string(256, 'a')))), "internal");
}

TEST_P(ObjectStoreTest, TellsLocationAndSpace) {
  EXPECT_THAT(store_->location(key), testing::EndsWith("/" + key.text()));
  const auto space = store_->space();
  ASSERT_TRUE(space.has_value());
  EXPECT_GT(space->total_bytes, 0);
  EXPECT_LE(space->free_bytes, space->total_bytes);
}

TEST_P(ObjectStoreTest, ManyThreadsAtOnce) {
  constexpr int threads = 8;
  constexpr int objects_each = 20;
  std::vector<std::jthread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      for (int i = 0; i < objects_each; ++i) {
        const ObjectKey own("1/d/data/0" + std::to_string(i % 3) + "/" + std::to_string(thread * 100 + i));
        EXPECT_EQ(kind_of(store_->put(own, bytes_of(own.text()))), "fine");
      }
    });
  }
  running.clear();
  for (int thread = 0; thread < threads; ++thread) {
    for (int i = 0; i < objects_each; ++i) {
      const ObjectKey own("1/d/data/0" + std::to_string(i % 3) + "/" + std::to_string(thread * 100 + i));
      EXPECT_EQ(text_of(*store_, own), own.text());
    }
  }
}

TEST_P(ObjectStoreTest, ListsWhatIsThereInHelpings) {
  std::vector<std::string> put;
  for (size_t i = 0; i <= listed_objects_max; ++i) {
    const ObjectKey made(fmt::format("1/d/data/{:02x}/{}.parquet", i % 3, i));
    ASSERT_EQ(kind_of(store_->put(made, bytes_of("four"))), "fine");
    put.push_back(made.text());
  }
  ASSERT_EQ(kind_of(store_->remove(ObjectKey(put.back()))), "fine");
  put.pop_back();
  ASSERT_EQ(kind_of(store_->put(key, bytes_of("x"))), "fine");
  std::vector<std::string> listed;
  const Status status = store_->list([&](std::span<const StoredObject> helping) -> Status {
    EXPECT_LE(helping.size(), listed_objects_max);
    for (const StoredObject& object : helping) {
      listed.push_back(object.key.text());
      EXPECT_EQ(object.size_bytes, object.key == key ? 1 : 4);
    }
    return {};
  });
  EXPECT_EQ(kind_of(status), "fine");
  put.push_back(key.text());
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(put));
}

TEST_P(ObjectStoreTest, ListingEndsWithItsCallersError) {
  ASSERT_EQ(kind_of(store_->put(key, bytes_of("x"))), "fine");
  const auto stop = [](std::span<const StoredObject>) -> Status { return fail(codes::unavailable, "stop"); };
  EXPECT_EQ(kind_of(store_->list(stop)), "unavailable");
}

INSTANTIATE_TEST_SUITE_P(
    All, ObjectStoreTest,
    testing::Values(StoreCase{"Local", [](const auto& path) { return *open_local_store(path / "objects"); }},
                    StoreCase{"Fake", [](const auto&) { return std::make_unique<FakeStore>(); }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace lakegate
