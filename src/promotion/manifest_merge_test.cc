#include "promotion/manifest_merge.h"

#include <gtest/gtest.h>

#include <vector>

namespace lakegate {
namespace {

constexpr PromotionSettings by_three{.manifests_to_merge = 3, .manifest_bytes_max = 1000};

// Manifests by their live files; ten bytes each file.
std::vector<ManifestFile> manifests_of(const std::vector<int>& files) {
  std::vector<ManifestFile> manifests;
  for (const int count : files) {
    manifests.push_back({.length_bytes = 10 * count, .counts = {.existing_files = count}});
  }
  return manifests;
}

void check(const std::vector<int>& files, std::optional<ManifestRun> expected) {
  SCOPED_TRACE(::testing::PrintToString(files));
  EXPECT_EQ(choose_merge(manifests_of(files), by_three), expected);
}

TEST(ManifestMerge, ThreeOfOneSizeBecomeOne) {
  check({}, std::nullopt);
  check({1, 1}, std::nullopt);
  check({1, 1, 1}, ManifestRun{0, 3});
  check({2, 1, 2, 1}, ManifestRun{0, 3});  // the oldest three
  check({3, 1, 1}, std::nullopt);          // another size
  check({3, 1, 1, 1}, ManifestRun{1, 3});
  check({3, 3, 3}, ManifestRun{0, 3});
  check({3, 3, 3, 1, 1}, ManifestRun{0, 3});  // smaller ones behind wait
  check({9, 3, 1, 3, 1}, ManifestRun{1, 3});  // a smaller one among them goes along
  check({9, 1, 9, 1, 1}, ManifestRun{0, 3});
  check({1, 9, 1, 9, 1, 1}, ManifestRun{0, 3});
  check({27, 9, 9, 3, 3, 1, 1}, std::nullopt);
}

TEST(ManifestMerge, StopsAtTheLimitOfBytes) {
  check({60, 60, 60}, std::nullopt);       // full ones stay
  check({40, 40, 40}, ManifestRun{0, 2});  // as many as fit
  check({60, 1, 1, 1}, ManifestRun{1, 3});
}

TEST(ManifestMerge, AListStaysShortAndEntriesAreRewrittenSeldom) {
  std::vector<int> files;
  int64_t rewritten = 0;
  constexpr int rounds = 3'000;
  for (int round = 0; round < rounds; ++round) {
    if (const auto run = choose_merge(manifests_of(files), {.manifests_to_merge = 8})) {
      int total = 0;
      for (size_t i = 0; i < run->count; ++i) total += files[run->first + i];
      const auto first = files.begin() + static_cast<ptrdiff_t>(run->first);
      files.erase(first, first + static_cast<ptrdiff_t>(run->count));
      files.insert(files.begin() + static_cast<ptrdiff_t>(run->first), total);
      rewritten += total;
    }
    files.push_back(1);
    EXPECT_LE(files.size(), 8U * 4);  // sizes below 3,000 = 8^3.85
  }
  EXPECT_LE(rewritten, rounds * 4);
}

}  // namespace
}  // namespace lakegate
