#include "objects/space_reserve.h"

#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "objects/fake_store.h"

namespace lakegate {
namespace {

void check(int64_t free, int64_t reserve, int64_t more, bool room) {
  SCOPED_TRACE(testing::Message() << free << " free, " << reserve << " kept, " << more << " wanted");
  FakeStore disk;
  disk.set_free_bytes(free);
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
