#include "objects/removal_gate.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"

namespace lakegate {
namespace {

bool may_remove(const RemovalGate& gate) { return gate.try_remove()->has_value(); }

TEST(RemovalGate, NobodyRemovesWhileSomebodyCopies) {
  const TemporaryFolder folder;
  const RemovalGate gate(folder.path());
  EXPECT_TRUE(may_remove(gate));
  EXPECT_TRUE(may_remove(gate)) << "a turn ends with its descriptor";
  {
    const auto one = gate.hold();
    ASSERT_TRUE(one.has_value());
    EXPECT_FALSE(may_remove(gate));
    const auto other = RemovalGate(folder.path()).hold();
    ASSERT_TRUE(other.has_value()) << "copies do not exclude each other";
  }
  EXPECT_TRUE(may_remove(gate));
}

TEST(RemovalGate, FolderThatIsNotThere) {
  const RemovalGate gate("/nonexistent/folder");
  EXPECT_FALSE(gate.try_remove().has_value());
  EXPECT_FALSE(gate.hold().has_value());
}

}  // namespace
}  // namespace lakegate
