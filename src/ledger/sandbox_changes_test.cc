#include "ledger/sandbox_changes.h"

#include <gtest/gtest.h>

#include "ledger/datasets.h"
#include "ledger/orgs.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

class SandboxChanges : public testing::Test {
 protected:
  Status remove() {
    return world_.write([&](Tx& tx) { return delete_sandbox(tx, world_.scope(), 50, "ann"); });
  }
  Result<Sandbox> add(const std::string& name, const std::string& id) {
    return world_.write([&](Tx& tx) {
      return insert_sandbox(
          tx, {.scope = {.org = world_.scope().org, .sandbox = {}}, .name = name, .id = id, .type = "development"});
    });
  }

  TwoSandboxes world_;
};

TEST_F(SandboxChanges, ADeletedOneLeavesItsNameAndItsRow) {
  must(remove());
  EXPECT_EQ(code_of(remove()), "LG-1001-404");
  const OrgNumber org = world_.scope().org;
  EXPECT_EQ(code_of(world_.read([&](ReadTx& tx) { return find_sandbox(tx, org, "prod"); })), "LG-1001-404");
  EXPECT_TRUE(must(world_.read([&](ReadTx& tx) { return list_sandboxes(tx, org); })).empty());
  const Sandbox kept = must(world_.read([&](ReadTx& tx) { return get_sandbox(tx, world_.scope()); }));
  EXPECT_TRUE(kept.deleted);
  EXPECT_EQ(kept.updated_user, "ann");
  EXPECT_EQ(code_of(world_.read([&](ReadTx& tx) { return find_sandbox(tx, org, kept.name); })), "LG-1001-404");
  const Sandbox again = must(add("prod", "another"));
  EXPECT_NE(again.scope, world_.scope());
  EXPECT_EQ(code_of(add("prod", "third")), "LG-1002-409");
}

TEST_F(SandboxChanges, StaysWhileItHoldsSomething) {
  const DatasetId dataset = world_.add_dataset("d");
  EXPECT_EQ(code_of(remove()), "LG-1508-409");
  const BatchId batch = world_.add_batch(dataset, "b", "loading");
  must(world_.write([&](Tx& tx) { return delete_dataset(tx, Sight::whole(world_.scope()), dataset, 5, "ann"); }));
  EXPECT_EQ(code_of(remove()), "LG-1508-409") << "its batch is on its way still";
  world_.run("UPDATE batch SET status = 'aborted'");
  must(remove());
}

TEST_F(SandboxChanges, NothingComesIntoADeletedOne) {
  const Dataset late = world_.dataset("late");
  must(remove());
  EXPECT_EQ(code_of(world_.write([&](Tx& tx) { return insert_dataset(tx, late); })), "LG-1001-404");
}

TEST_F(SandboxChanges, ATitleIsAVersion) {
  must(world_.write([&](Tx& tx) { return set_sandbox_title(tx, world_.scope(), "New", 70, "bob"); }));
  const Sandbox now = must(world_.read([&](ReadTx& tx) { return get_sandbox(tx, world_.scope()); }));
  EXPECT_EQ(now.title, "New");
  EXPECT_EQ(now.version, 2);
  EXPECT_EQ(now.updated, 70);
  EXPECT_EQ(now.updated_user, "bob");
}

}  // namespace
}  // namespace lakegate::ledger
