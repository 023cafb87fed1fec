#include "validation/level_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace lakegate::validation {
namespace {

struct Levels {
  std::vector<int16_t> definition;
  std::vector<int16_t> repetition;  // empty: the leaf is in no list
};

// The levels in batches of random lengths, those of full ones left out as readers may.
uint64_t digest(const Levels& levels, const SiblingRule& rule, int16_t definition_max, int16_t repetition_max,
                unsigned seed) {
  columnar::FileNode leaf;
  leaf.definition_level = definition_max;
  leaf.repetition_level = repetition_max;
  LevelDigest digest(rule, leaf);
  std::minstd_rand random(seed);
  digest.begin();
  for (size_t at = 0; at < levels.definition.size();) {
    const size_t count = std::min<size_t>(levels.definition.size() - at, 1 + random() % 4096);
    columnar::Batch batch;
    batch.entries = static_cast<int32_t>(count);
    batch.definition_levels = std::span(levels.definition).subspan(at, count);
    if (repetition_max > 0) batch.repetition_levels = std::span(levels.repetition).subspan(at, count);
    batch.rows =
        repetition_max > 0 ? static_cast<int32_t>(std::ranges::count(batch.repetition_levels, 0)) : batch.entries;
    batch.least_definition_level = std::ranges::min(batch.definition_levels);
    if (repetition_max == 0 && batch.least_definition_level == definition_max && seed % 2 == 0)
      batch.definition_levels = {};
    digest.add(batch);
    at += count;
  }
  return digest.finish();
}

// Group at level 1, outside of lists. What its leaves have below it does not count.
TEST(LevelDigest, SeesTheGroupAndNotItsInside) {
  std::minstd_rand random(1);
  const SiblingRule rule{.group = 0, .level_max = 1, .repetition_level = 0};
  for (const unsigned absent_of_100 : {0U, 1U, 50U, 100U}) {
    Levels plain;
    Levels optional;  // with a level more
    Levels listed;    // with a list of up to two
    for (int row = 0; row < 20'000; ++row) {
      const bool absent = random() % 100 < absent_of_100;
      plain.definition.push_back(absent ? 0 : 1);
      optional.definition.push_back(absent ? 0 : static_cast<int16_t>(1 + random() % 2));
      listed.definition.push_back(absent ? 0 : 3);
      listed.repetition.push_back(0);
      if (absent || random() % 2 == 0) continue;
      listed.definition.push_back(3);
      listed.repetition.push_back(1);
    }
    const uint64_t expected = digest(plain, rule, 1, 0, 2);
    for (const unsigned seed : {1U, 2U, 3U, 4U}) {
      EXPECT_EQ(digest(plain, rule, 1, 0, seed), expected);
      EXPECT_EQ(digest(optional, rule, 2, 0, seed), expected);
      EXPECT_EQ(digest(listed, rule, 3, 1, seed), expected);
    }
    for (const size_t row : {0UZ, 4095UZ, 4096UZ, 10'000UZ, 19'999UZ}) {
      Levels other = plain;
      other.definition[row] = static_cast<int16_t>(1 - other.definition[row]);
      EXPECT_NE(digest(other, rule, 1, 0, 5), expected) << row;
    }
    plain.definition.pop_back();
    EXPECT_NE(digest(plain, rule, 1, 0, 6), expected);
  }
}

// Group within a list's elements: where each list begins and ends counts too.
TEST(LevelDigest, SeesTheListAroundTheGroup) {
  std::minstd_rand random(2);
  const SiblingRule rule{.group = 0, .level_max = 3, .repetition_level = 1};
  Levels levels;
  for (int entry = 0; entry < 20'000; ++entry) {
    levels.definition.push_back(static_cast<int16_t>(random() % 5));
    levels.repetition.push_back(static_cast<int16_t>(entry == 0 ? 0 : random() % 2));
  }
  const uint64_t expected = digest(levels, rule, 4, 1, 1);
  EXPECT_EQ(digest(levels, rule, 4, 1, 2), expected);
  for (const size_t entry : {1UZ, 4096UZ, 19'999UZ}) {
    Levels other = levels;
    other.repetition[entry] = static_cast<int16_t>(1 - other.repetition[entry]);
    EXPECT_NE(digest(other, rule, 4, 1, 3), expected);
  }
  for (int16_t& level : levels.definition) level = level == 4 ? 3 : level;
  EXPECT_EQ(digest(levels, rule, 4, 1, 4), expected);
}

}  // namespace
}  // namespace lakegate::validation
