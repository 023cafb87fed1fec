#include "promotion/known_tables.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TableState table(const char* dataset, int64_t version) {
  return {.dataset_id = DatasetId(dataset), .version = version};
}

TEST(KnownTables, GivesOutTheVersionThatIsAskedForAndNoOther) {
  KnownTables known(4);
  known.keep(table("a", 7));
  EXPECT_FALSE(known.take(DatasetId("b"), 7));
  EXPECT_FALSE(known.take(DatasetId("a"), 8)) << "another process of its life moved it on";
  EXPECT_FALSE(known.take(DatasetId("a"), 7)) << "it is of no use any more";
  known.keep(table("a", 8));
  EXPECT_EQ(known.take(DatasetId("a"), 8)->version, 8);
  EXPECT_FALSE(known.take(DatasetId("a"), 8)) << "it was the other's";
}

TEST(KnownTables, ForgetsTheOldest) {
  KnownTables known(2);
  for (const char* dataset : {"a", "b", "a", "c"}) known.keep(table(dataset, 1));
  EXPECT_FALSE(known.take(DatasetId("b"), 1));
  EXPECT_TRUE(known.take(DatasetId("a"), 1));
  EXPECT_TRUE(known.take(DatasetId("c"), 1));
}

}  // namespace
}  // namespace lakegate
