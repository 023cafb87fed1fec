#include "ledger/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Audit : public testing::Test {
 protected:
  // Also that no question walks through all rows or sorts them.
  std::vector<AuditRow> list(OrgNumber org, const AuditQuery& query) {
    return must(world_.write([&](Tx& tx) -> Result<std::vector<AuditRow>> {
      const StatementCosts costs(tx);
      auto rows = list_audit(tx, org, query);
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_THAT(costs.sorts(), IsEmpty());
      return rows;
    }));
  }
  std::vector<std::string> actions(OrgNumber org, const AuditQuery& query) {
    std::vector<std::string> made;
    for (const AuditRow& row : list(org, query)) made.push_back(row.entry.action);
    return made;
  }
  std::vector<std::string> actions(const AuditQuery& query) { return actions(ours_, query); }

  void SetUp() override {
    must(world_.write([&](Tx& tx) -> Status {
      LG_TRY(record_audit(tx, {.org = ours_, .at = 10, .actor = "ann", .action = "key.create", .subject = "x"}));
      LG_TRY(record_audit(tx, {.org = ours_,
                               .at = 20,
                               .actor = "bob",
                               .action = "key.rotate",
                               .subject = "x",
                               .detail = R"({"a":1})",
                               .request_id = "R"}));
      LG_TRY(record_audit(tx, {.org = ours_, .at = 20, .actor = "ann", .action = "keyhole.look", .subject = "y"}));
      LG_TRY(record_audit(tx, {.org = theirs_, .at = 25, .actor = "ann", .action = "key.theirs", .subject = "x"}));
      LG_TRY(record_audit(tx, {.org = ours_, .at = 30, .actor = "ann", .action = "key.create", .subject = "y"}));
      // The clock was set back.
      return record_audit(tx, {.org = ours_, .at = 15, .actor = "bob", .action = "org.rename", .subject = "o"});
    }));
  }

  TwoSandboxes world_;
  OrgNumber ours_ = world_.scope().org;
  OrgNumber theirs_ = world_.other_scope().org;
};

TEST_F(Audit, NewestFirst) {
  EXPECT_THAT(actions({}), ElementsAre("key.create", "keyhole.look", "key.rotate", "org.rename", "key.create"));
  EXPECT_THAT(actions({.limit = 2}), ElementsAre("key.create", "keyhole.look"));
  EXPECT_THAT(actions(theirs_, {}), ElementsAre("key.theirs"));
}

TEST_F(Audit, Filters) {
  EXPECT_THAT(actions({.subject = "x"}), ElementsAre("key.rotate", "key.create"));
  EXPECT_THAT(actions({.subject = "x", .actor = "ann"}), ElementsAre("key.create"));
  EXPECT_THAT(actions({.actor = "bob"}), ElementsAre("key.rotate", "org.rename"));
  EXPECT_THAT(actions({.action = "key."}), ElementsAre("key.create", "key.rotate", "key.create"));
  EXPECT_THAT(actions({.action = "key"}), ElementsAre("key.create", "keyhole.look", "key.rotate", "key.create"));
  EXPECT_THAT(actions({.action = "key.", .limit = 2}), ElementsAre("key.create", "key.rotate"));
  EXPECT_THAT(actions({.action = "key.create", .since = 11}), ElementsAre("key.create"));
  EXPECT_THAT(actions({.actor = "ann", .action = "key."}), ElementsAre("key.create", "key.create"));
  EXPECT_THAT(actions({.since = 20}), ElementsAre("key.create", "keyhole.look", "key.rotate"));
  EXPECT_THAT(actions({.until = 20}), ElementsAre("org.rename", "key.create"));
  EXPECT_THAT(actions({.since = 15, .until = 20}), ElementsAre("org.rename"));
  EXPECT_THAT(actions({.action = "nothing"}), IsEmpty());
  EXPECT_THAT(actions({.subject = "z"}), IsEmpty());
  EXPECT_THAT(actions({.action = "%"}), IsEmpty());
}

TEST_F(Audit, PagesAreEachRowOnce) {
  for (const AuditQuery& question : {AuditQuery{}, AuditQuery{.action = "key"}, AuditQuery{.actor = "ann"}}) {
    std::vector<std::string> walked;
    AuditQuery page = question;
    page.limit = 1;
    while (true) {
      const std::vector<AuditRow> rows = list(ours_, page);
      if (rows.empty()) break;
      walked.push_back(rows[0].entry.action + "@" + std::to_string(rows[0].entry.at));
      page.after = rows[0].mark;
    }
    std::vector<std::string> whole;
    for (const AuditRow& row : list(ours_, question))
      whole.push_back(row.entry.action + "@" + std::to_string(row.entry.at));
    EXPECT_EQ(walked, whole);
    EXPECT_GE(whole.size(), 3);
  }
}

TEST_F(Audit, ComesBackWhole) {
  const AuditEntry entry = list(ours_, {.actor = "bob", .limit = 1}).at(0).entry;
  EXPECT_EQ(entry.org, ours_);
  EXPECT_EQ(entry.at, 20);
  EXPECT_EQ(entry.actor, "bob");
  EXPECT_EQ(entry.action, "key.rotate");
  EXPECT_EQ(entry.subject, "x");
  EXPECT_EQ(entry.detail, R"({"a":1})");
  EXPECT_EQ(entry.request_id, "R");
}

}  // namespace
}  // namespace lakegate::ledger
