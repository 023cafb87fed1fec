// The instrument itself: it sees what it is there to see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/sql.h"
#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

TEST(StatementCosts, SeesScansSortsAndRows) {
  TwoSandboxes world;
  must(world.write([&](Tx& tx) -> Status {
    const std::string scanning = "SELECT name FROM org WHERE name <> 'x'";
    const std::string sorting = "SELECT name FROM org WHERE number > 0 ORDER BY name";
    LG_TRY(find_rows<std::string>(tx, scanning));
    const StatementCosts costs(tx);
    LG_TRY(find_rows<std::string>(tx, "SELECT name FROM org WHERE number = 1"));
    EXPECT_THAT(costs.full_scans(), testing::IsEmpty());
    LG_TRY(find_rows<std::string>(tx, scanning));
    LG_TRY(find_rows<std::string>(tx, sorting));
    EXPECT_THAT(costs.full_scans(), testing::ElementsAre(scanning));
    EXPECT_THAT(costs.sorts(), testing::ElementsAre(sorting));
    EXPECT_EQ(costs.rows_written(), 0);
    LG_TRY(change_rows(tx, "UPDATE org SET name = 'same'"));
    EXPECT_EQ(costs.rows_written(), 2);
    EXPECT_EQ(costs.statements(), 4);
    return {};
  }));
}

}  // namespace
}  // namespace lakegate::ledger
