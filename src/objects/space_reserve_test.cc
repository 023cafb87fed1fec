#include "objects/space_reserve.h"

#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "objects/fake_store.h"

namespace lakegate {
namespace {

// A disk with so much room.
class DiskWith final : public ObjectStore {
 public:
  explicit DiskWith(int64_t free) : free_(free) {}
  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override { return store_.begin(key); }
  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override { return store_.resume(key); }
  Result<OpenObject> open(const ObjectKey& key) override { return store_.open(key); }
  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) override {
    return store_.append_tail(key, sent_bytes, tail);
  }
  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override { return store_.put(key, bytes); }
  Status remove(const ObjectKey& key) override { return store_.remove(key); }
  std::string location(const ObjectKey& key) const override { return store_.location(key); }
  Result<StoreSpace> space() const override { return StoreSpace{free_, 1'000}; }

 private:
  FakeStore store_;
  const int64_t free_;
};

void check(int64_t free, int64_t reserve, int64_t more, bool room) {
  SCOPED_TRACE(testing::Message() << free << " free, " << reserve << " kept, " << more << " wanted");
  const DiskWith disk(free);
  const Status status = SpaceReserve(disk, reserve).check(more);
  EXPECT_EQ(status.has_value(), room);
  if (status) return;
  EXPECT_EQ(status.error().code, &codes::no_space);
  EXPECT_TRUE(status.error().retry_after.has_value());
}

TEST(SpaceReserve, KeepsItsBytes) {
  check(100, 40, 0, true);
  check(100, 40, 60, true);
  check(100, 40, 61, false);
  check(39, 40, 0, false);
  check(0, 40, 0, false);
}

TEST(SpaceReserve, WithoutOneTheWholeDiskMayBeUsed) {
  check(0, 0, 0, true);
  check(10, 0, 10, true);
  check(10, 0, 11, false);
}

}  // namespace
}  // namespace lakegate
