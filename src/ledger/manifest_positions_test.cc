#include "ledger/manifest_positions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lakegate::ledger {
namespace {

using Stored = std::vector<std::optional<int64_t>>;

// `stay`: those with a position keep it.
void check(const Stored& stored, bool stay) {
  SCOPED_TRACE(testing::PrintToString(stored));
  const std::vector<int64_t> placed = place_manifests(stored);
  ASSERT_EQ(placed.size(), stored.size());
  EXPECT_TRUE(std::ranges::is_sorted(placed)) << testing::PrintToString(placed);
  EXPECT_EQ(std::ranges::adjacent_find(placed), placed.end()) << testing::PrintToString(placed);
  bool stayed = true;
  for (size_t i = 0; i < stored.size(); ++i) stayed = stayed && (!stored[i] || *stored[i] == placed[i]);
  EXPECT_EQ(stayed, stay) << testing::PrintToString(placed);
}

TEST(ManifestPositions, LeaveAllOthersAlone) {
  constexpr std::nullopt_t fresh = std::nullopt;
  check({}, true);
  check({fresh, fresh, fresh}, true);
  check({10, 20, fresh}, true);
  check({fresh, 10, 20}, true);
  check({fresh, fresh, -10, 20, fresh, fresh}, true);
  check({10, fresh, 20}, true);
  check({10, fresh, fresh, 20, 21, fresh, 23}, true);
}

TEST(ManifestPositions, AreNewWhereTheyMust) {
  constexpr std::nullopt_t fresh = std::nullopt;
  check({10, fresh, 11}, false);
  check({10, fresh, fresh, 12}, false);
  check({20, 10}, false);
  check({10, 10}, false);
  check({5, fresh, 5}, false);
}

// A year of rounds, one manifest each and each 32 merged into one, as promotion does it.
TEST(ManifestPositions, LastForYearsOfRounds) {
  std::vector<int64_t> positions;
  for (int round = 0; round < 50'000; ++round) {
    Stored stored(positions.begin(), positions.end());
    if (stored.size() >= 64) {
      stored.erase(stored.begin() + 32, stored.begin() + 63);
      stored[32] = std::nullopt;
    }
    stored.push_back(std::nullopt);
    positions = place_manifests(stored);
    for (size_t i = 0; i < stored.size(); ++i) {
      ASSERT_EQ(stored[i].value_or(positions[i]), positions[i]) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace lakegate::ledger
