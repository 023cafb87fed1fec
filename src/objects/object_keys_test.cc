#include "objects/object_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(ObjectKeys, AreOursAndUnique) {
  SeededRandom random(1);
  const DatasetId dataset("65f0a1b2c3d4e5f601234567");
  const ObjectKey first = new_data_key({3}, dataset, random, 1'700'000'000'000);
  EXPECT_THAT(first.text(),
              testing::MatchesRegex("3/65f0a1b2c3d4e5f601234567/data/[0-9a-f][0-9a-f]/[0-9A-Z]+\\.parquet"));
  EXPECT_NE(first, new_data_key({3}, dataset, random, 1'700'000'000'000));
  EXPECT_TRUE(is_object_key(first));
  EXPECT_EQ(metadata_key({3}, dataset, "00001-x.metadata.json").text(),
            "3/65f0a1b2c3d4e5f601234567/metadata/00001-x.metadata.json");
}

}  // namespace
}  // namespace lakegate
