#include "pipeline/schema_cache.h"

#include <gtest/gtest.h>

#include "pipeline/pipeline_test_support.h"

namespace lakegate::pipeline {
namespace {

TEST(SchemaCache, KeepsTheMostRecentlyUsed) {
  testing::World world;
  const std::vector<DatasetId> ids{world.dataset(), world.create_dataset("b"), world.create_dataset("c")};
  SchemaCache cache(2);
  const auto get = [&](size_t i) {
    return must(world.ledger().read([&](ReadTx& tx) { return cache.get(tx, ids[i], 1); }));
  };
  const auto first = get(0);
  const auto second = get(1);
  EXPECT_EQ(get(0), first);
  get(2);  // the second one goes
  EXPECT_EQ(cache.size(), 2);
  EXPECT_EQ(get(0), first);
  EXPECT_NE(get(1), second);
  EXPECT_EQ(cache.size(), 2);
}

TEST(SchemaCache, KeepsNothingOfAVersionThatIsNotThere) {
  testing::World world;
  SchemaCache cache(2);
  EXPECT_FALSE(world.ledger().read([&](ReadTx& tx) { return cache.get(tx, world.dataset(), 9); }));
  EXPECT_EQ(cache.size(), 0);
}

}  // namespace
}  // namespace lakegate::pipeline
