#include "ledger/client_changes.h"

#include <gtest/gtest.h>

#include "ledger/client_grants.h"
#include "ledger/orgs.h"
#include "ledger/two_sandboxes_test_support.h"
#include "model/grant.h"

namespace lakegate::ledger {
namespace {

class ClientChanges : public testing::Test {
 protected:
  ApiKey add(const std::string& id, const std::optional<std::vector<Grant>>& grants = std::nullopt) {
    must(world_.write([&](Tx& tx) -> Status {
      LG_TRY(insert_client(tx, {.client_id = ApiKey(id),
                                .org = org_,
                                .secret_hash = "hash of " + id,
                                .user_id = id + "@t",
                                .name = id,
                                .disabled = false,
                                .created = 1}));
      return set_client_grants(tx, org_, ApiKey(id), grants);
    }));
    return ApiKey(id);
  }
  bool has_manager(Right also = Right::manage) {
    return must(world_.read([&](ReadTx& tx) { return ledger::has_manager(tx, org_, also); }));
  }
  size_t former(const ApiKey& key, Millis now) {
    return must(world_.read([&](ReadTx& tx) { return former_secrets(tx, key, now); })).size();
  }
  Status replace(const ApiKey& key, const std::string& hash, Millis until, Millis now) {
    return world_.write([&](Tx& tx) { return replace_secret(tx, org_, key, hash, until, now); });
  }
  template <class Change>
  Status change(Change make) {
    return world_.write([&](Tx& tx) { return make(tx); });
  }

  TwoSandboxes world_;
  OrgNumber org_ = world_.scope().org;
};

TEST_F(ClientChanges, WhoManagesAll) {
  EXPECT_FALSE(has_manager());
  add("some", std::vector<Grant>{{.rights = Right::manage, .sandbox = world_.scope().sandbox},
                                 {.rights = Right::manage, .datasets = std::vector{DatasetId("d")}},
                                 {.rights = Rights(Right::read) | Right::ingest}});
  EXPECT_FALSE(has_manager());
  const ApiKey manager = add("manager", std::vector<Grant>{{.rights = Rights(Right::read) | Right::manage}});
  EXPECT_TRUE(has_manager());
  EXPECT_TRUE(has_manager(Right::read));
  EXPECT_FALSE(has_manager(Right::ingest)) << "who may ingest on all manages some";
  must(change([&](Tx& tx) { return set_client_disabled(tx, org_, manager, true, 2); }));
  EXPECT_FALSE(has_manager());
  const ApiKey all = add("all");
  EXPECT_TRUE(has_manager());
  EXPECT_TRUE(has_manager(Right::ingest));
  must(change([&](Tx& tx) { return delete_client(tx, org_, all, 3); }));
  EXPECT_FALSE(has_manager());
}

TEST_F(ClientChanges, FormerSecretsEndOneByOne) {
  const ApiKey key = add("a");
  must(replace(key, "second", 100, 10));
  must(replace(key, "third", 50, 20));
  EXPECT_EQ(former(key, 20), 2);
  EXPECT_EQ(former(key, 50), 1);
  EXPECT_EQ(former(key, 100), 0);
  must(replace(key, "fourth", 30, 30));
  EXPECT_EQ(former(key, 30), 2) << "a rotation without an overlap leaves those before alone";
  for (int i = 0; i < 6; ++i) must(replace(key, "more" + std::to_string(i), 1000, 40));
  EXPECT_EQ(code_of(replace(key, "one too many", 1000, 40)), "LG-1002-409");
  must(replace(key, "after one has ended", 1000, 60));
  must(change([&](Tx& tx) { return forget_former_secrets(tx, key); }));
  EXPECT_EQ(former(key, 60), 0);
}

TEST_F(ClientChanges, AnEndIsForGood) {
  const ApiKey key = add("a");
  must(replace(key, "second", 100, 10));
  must(change([&](Tx& tx) { return delete_client(tx, org_, key, 20); }));
  const Client kept = must(world_.read([&](ReadTx& tx) { return find_client(tx, key); }));
  EXPECT_EQ(kept.deleted, 20);
  EXPECT_EQ(kept.secret_hash, "");
  EXPECT_EQ(kept.tokens_void_until, 20);
  EXPECT_EQ(kept.name, "a");
  EXPECT_EQ(former(key, 20), 0);
  EXPECT_TRUE(must(world_.read([&](ReadTx& tx) { return list_clients(tx, org_); })).empty());
  const auto gone = [&](const Status& status) { EXPECT_EQ(code_of(status), "LG-1001-404"); };
  gone(change([&](Tx& tx) { return set_client_name(tx, org_, key, "b", 30); }));
  gone(change([&](Tx& tx) { return set_client_disabled(tx, org_, key, false, 30); }));
  gone(change([&](Tx& tx) { return delete_client(tx, org_, key, 30); }));
  gone(replace(key, "x", 0, 30));
  EXPECT_EQ(code_of(change([&](Tx& tx) { return insert_client(tx, kept); })), "LG-1002-409") << "its id is its own";
}

TEST_F(ClientChanges, OfTheOwnOrgAlone) {
  const ApiKey key = add("a");
  const OrgNumber theirs = world_.other_scope().org;
  const auto gone = [&](const Status& status) { EXPECT_EQ(code_of(status), "LG-1001-404"); };
  gone(change([&](Tx& tx) { return set_client_name(tx, theirs, key, "b", 30); }));
  gone(change([&](Tx& tx) { return void_tokens(tx, theirs, key, 30); }));
  gone(change([&](Tx& tx) { return delete_client(tx, theirs, key, 30); }));
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return find_client(tx, key); })).name, "a");
}

}  // namespace
}  // namespace lakegate::ledger
