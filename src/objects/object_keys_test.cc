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

TEST(ObjectKeys, LocationMeansTheSameObjectWhereverTheStoreWas) {
  const ObjectKey folder("1/65f0a1b2c3d4e5f601234567");
  const auto check = [&](std::string_view location, std::string_view expected) {
    SCOPED_TRACE(location);
    EXPECT_EQ(key_of_location(location, folder).value_or(ObjectKey()).text(), expected);
  };
  const std::string key = folder.text() + "/data/a7/01J.parquet";
  check("file:///srv/lake/objects/" + key, key);
  check("file:///1/65f0a1b2c3d4e5f601234567/objects/" + key, key);
  check("memory:///" + key, key);
  check("file:///srv/lake/objects/2/65f0a1b2c3d4e5f601234567/data/a7/01J.parquet", "");
  check("file:///srv/lake/objects/" + folder.text() + "/../secret", "");
  check("file:///srv/lake/objects/" + folder.text() + "/", "");
  check("", "");
}

}  // namespace
}  // namespace lakegate
