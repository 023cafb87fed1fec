// FakeStore forgets what a disk would forget.
#include "objects/fake_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "objects/file_io.h"

namespace lakegate {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string text_of(ObjectStore& store, const ObjectKey& key) {
  const auto object = store.open(key);
  if (!object) return "gone";
  const auto bytes = objects::read_up_to(object->fd.get(), 0, object->size_bytes, key.text());
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

const ObjectKey key("1/d/data/00/x");

TEST(FakeStore, ForgetsWhatWasNotSynced) {
  FakeStore store;
  {
    const auto writer = *store.begin(key);
    ASSERT_EQ(::pwrite(writer->fd(), "one", 3, 0), 3);
    ASSERT_TRUE(writer->sync().has_value());
    ASSERT_EQ(::pwrite(writer->fd(), "two", 3, 3), 3);
    ASSERT_TRUE(store.begin(ObjectKey("never-synced")).has_value());
  }
  EXPECT_EQ(text_of(store, key), "onetwo");
  store.crash();
  EXPECT_EQ(text_of(store, key), "one");
  EXPECT_EQ(store.keys(), std::vector{key});
}

TEST(FakeStore, RemovedObjectsMayComeBack) {
  FakeStore store;
  ASSERT_TRUE(store.put(key, bytes_of("x")).has_value());
  ASSERT_TRUE(store.remove(key).has_value());
  EXPECT_EQ(text_of(store, key), "gone");
  store.crash();
  EXPECT_EQ(text_of(store, key), "x");
}

TEST(FakeStore, DiskFull) {
  FakeStore store;
  ASSERT_TRUE(store.put(key, bytes_of("x")).has_value());
  store.fill_disk(true);
  EXPECT_EQ(store.begin(ObjectKey("y")).error().kind(), ErrorKind::no_space);
  EXPECT_EQ(store.put(ObjectKey("y"), bytes_of("y")).error().kind(), ErrorKind::no_space);
  EXPECT_EQ(store.append_tail(key, 1, bytes_of("y")).error().kind(), ErrorKind::no_space);
  store.fill_disk(false);
  EXPECT_TRUE(store.append_tail(key, 1, bytes_of("y")).has_value());
}

}  // namespace
}  // namespace lakegate
