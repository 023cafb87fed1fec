#include "ledger/issuers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/ledger_test_support.h"
#include "ledger/statement_costs_test_support.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

IssuerRow row(OrgNumber org, std::string id, Millis created) {
  return {.id = id,
          .org = org,
          .issuer = "https://" + id,
          .definition = R"({"issuer":"x"})",
          .created = created,
          .updated = created};
}

class IssuersTest : public testing::Test {
 protected:
  Status insert(const IssuerRow& wanted) {
    return world_.write([&](Tx& tx) { return insert_issuer(tx, wanted); });
  }
  template <class Read>
  std::vector<std::string> ids(Read read) {
    std::vector<std::string> found;
    must(world_.read([&](ReadTx& tx) -> Status {
      const StatementCosts costs(tx);
      LG_ASSIGN(const std::vector<IssuerRow> rows, read(tx));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_THAT(costs.sorts(), IsEmpty());
      for (const IssuerRow& each : rows) found.push_back(each.id);
      return {};
    }));
    return found;
  }
  std::vector<std::string> of(OrgNumber org) {
    return ids([&](ReadTx& tx) { return issuers_of(tx, org); });
  }

  LedgerWorld world_;
  OrgNumber ours_ = world_.scope().org;
  OrgNumber theirs_ = world_.other_org().org;
};

TEST_F(IssuersTest, TheOldestFirst) {
  must(insert(row(ours_, "b", 2)));
  must(insert(row(theirs_, "c", 3)));
  must(insert(row(ours_, "d", 1)));
  EXPECT_THAT(of(ours_), ElementsAre("d", "b"));
  EXPECT_THAT(of(theirs_), ElementsAre("c"));
  EXPECT_THAT(ids([](ReadTx& tx) { return all_issuers(tx); }), ElementsAre("d", "b", "c"));
}

TEST_F(IssuersTest, AnOrgHasAnAddressOnceAndFewInAll) {
  must(insert(row(ours_, "a", 1)));
  IssuerRow same = row(ours_, "b", 2);
  same.issuer = "https://a";
  EXPECT_THAT(refusal_of(insert(same)).message, HasSubstr("https://a already"));
  same.org = theirs_;
  must(insert(same));
  for (int64_t i = 1; i < issuers_per_org_max; ++i) must(insert(row(ours_, fmt::format("n{}", i), i)));
  EXPECT_THAT(refusal_of(insert(row(ours_, "one more", 9))).message, HasSubstr("16"));
}

TEST_F(IssuersTest, ChangeAndRemove) {
  const IssuerRow made = row(ours_, "a", 1);
  must(insert(made));
  IssuerRow changed = made;
  changed.definition = "{}";
  changed.updated = 7;
  must(world_.write([&](Tx& tx) { return change_issuer(tx, changed); }));
  const IssuerRow found = must(world_.read([&](ReadTx& tx) { return find_issuer(tx, "a"); }));
  EXPECT_EQ(found.definition, "{}");
  EXPECT_EQ(found.updated, 7);
  EXPECT_EQ(found.created, 1);
  EXPECT_TRUE(must(world_.write([&](Tx& tx) { return remove_issuer(tx, "a"); })));
  EXPECT_FALSE(must(world_.write([&](Tx& tx) { return remove_issuer(tx, "a"); })));
  EXPECT_FALSE(world_.write([&](Tx& tx) { return change_issuer(tx, changed); }).has_value());
  EXPECT_FALSE(world_.read([&](ReadTx& tx) { return find_issuer(tx, "a"); }).has_value());
}

}  // namespace
}  // namespace lakegate::ledger
