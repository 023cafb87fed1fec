#include "ledger/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

std::vector<std::string> actions(TwoSandboxes& world, OrgNumber org, std::string_view subject, int64_t limit) {
  const auto entries = must(world.read([&](ReadTx& tx) -> Result<std::vector<AuditEntry>> {
    const StatementCosts costs(tx);
    auto list = list_audit(tx, org, subject, limit);
    EXPECT_THAT(costs.full_scans(), testing::IsEmpty());
    EXPECT_THAT(costs.sorts(), testing::IsEmpty());
    return list;
  }));
  std::vector<std::string> actions;
  for (const AuditEntry& entry : entries) actions.push_back(entry.action);
  return actions;
}

TEST(Audit, ShowsAnOrgWhatWasDoneToItsSubjectsNewestFirst) {
  TwoSandboxes world;
  const OrgNumber ours = world.scope().org;
  const OrgNumber theirs = world.other_scope().org;
  must(world.write([&](Tx& tx) -> Status {
    LG_TRY(record_audit(tx, {.org = ours, .at = 9, .actor = "a", .action = "make", .subject = "x"}));
    LG_TRY(record_audit(tx, {.org = ours, .at = 9, .actor = "b", .action = "mend", .subject = "x", .detail = "[]"}));
    LG_TRY(record_audit(tx, {.org = ours, .at = 3, .actor = "c", .action = "break", .subject = "x"}));
    LG_TRY(record_audit(tx, {.org = ours, .at = 3, .actor = "c", .action = "other subject", .subject = "y"}));
    return record_audit(tx, {.org = theirs, .at = 3, .actor = "d", .action = "theirs", .subject = "x"});
  }));
  EXPECT_THAT(actions(world, ours, "x", 10), testing::ElementsAre("break", "mend", "make"));
  EXPECT_THAT(actions(world, ours, "x", 2), testing::ElementsAre("break", "mend"));
  EXPECT_THAT(actions(world, theirs, "x", 10), testing::ElementsAre("theirs"));
  EXPECT_THAT(actions(world, ours, "z", 10), testing::IsEmpty());

  const AuditEntry mend = must(world.read([&](ReadTx& tx) { return list_audit(tx, ours, "x", 2); })).at(1);
  EXPECT_EQ(mend.org, ours);
  EXPECT_EQ(mend.at, 9);
  EXPECT_EQ(mend.actor, "b");
  EXPECT_EQ(mend.subject, "x");
  EXPECT_EQ(mend.detail, "[]");
}

}  // namespace
}  // namespace lakegate::ledger
