#include "ledger/object_reserve.h"

#include <gtest/gtest.h>

namespace lakegate::ledger {
namespace {

const DatasetId people("people");
const DatasetId places("places");

TEST(ObjectReserve, GivesEachObjectOnceAndToItsDataset) {
  ObjectReserve reserve(10);
  reserve.add(people, ObjectKey("a"));
  reserve.add(people, ObjectKey("b"));
  reserve.add(places, ObjectKey("c"));
  EXPECT_EQ(reserve.take(people), ObjectKey("b"));
  EXPECT_EQ(reserve.take(people), ObjectKey("a"));
  EXPECT_EQ(reserve.take(people), std::nullopt);
  EXPECT_EQ(reserve.take(places), ObjectKey("c"));
  EXPECT_EQ(reserve.size(), 0U);
}

TEST(ObjectReserve, GivesAwayTheOldestOnceItIsFull) {
  ObjectReserve reserve(2);
  reserve.add(people, ObjectKey("a"));
  EXPECT_EQ(reserve.make_room(), std::nullopt);
  reserve.add(places, ObjectKey("b"));
  EXPECT_EQ(reserve.make_room(), ObjectKey("a"));
  EXPECT_EQ(reserve.take(people), std::nullopt) << "whoever was given it condemns it";
  EXPECT_EQ(reserve.make_room(), std::nullopt);
  EXPECT_EQ(reserve.take(places), ObjectKey("b"));
}

}  // namespace
}  // namespace lakegate::ledger
