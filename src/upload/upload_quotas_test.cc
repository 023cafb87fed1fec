#include "upload/upload_quotas.h"

#include <gtest/gtest.h>

#include <optional>

#include "ledger/ledger_test_support.h"

namespace lakegate::upload {
namespace {

class UploadQuotasTest : public testing::Test {
 protected:
  void set(const ledger::Quota& quota, SandboxNumber sandbox) {
    must(world_.write([&](Tx& tx) { return ledger::set_quota(tx, world_.scope().org, sandbox, quota); }));
    must(quotas_.reload(world_.ledger()));
  }
  void set(const ledger::Quota& quota) { set(quota, world_.scope().sandbox); }
  Result<UploadQuotas::Room> room(std::optional<int64_t> announced, int64_t credit = 0) {
    return quotas_.make_room(world_.ledger(), world_.scope(), announced, credit, world_.now());
  }
  template <class T>
  static std::string_view code(const Result<T>& result) {
    return result ? std::string_view("fine") : result.error().code->id;
  }

  LedgerWorld world_;
  UploadQuotas quotas_;
};

TEST_F(UploadQuotasTest, OpenUploadsEndWithTheirShare) {
  set({.open_uploads = 2});
  std::optional first = must(quotas_.open(world_.scope()));
  const auto second = must(quotas_.open(world_.scope()));
  const auto third = quotas_.open(world_.scope());
  EXPECT_EQ(code(third), "LG-1500-429");
  EXPECT_EQ(third.error().retry_after, std::chrono::seconds(1));
  EXPECT_EQ(code(quotas_.open(world_.other_sandbox())), "fine");
  EXPECT_EQ(quotas_.open_uploads(world_.scope().org, world_.scope().sandbox), 2);
  first.reset();
  EXPECT_EQ(code(quotas_.open(world_.scope())), "fine");
  EXPECT_EQ(quotas_.open_uploads(world_.scope().org, {}), 1) << "the org's: one is left";
}

TEST_F(UploadQuotasTest, AnOrgsHoldsForAllItsSandboxes) {
  set({.open_uploads = 1}, {});
  const auto first = must(quotas_.open(world_.scope()));
  EXPECT_EQ(code(quotas_.open(world_.other_sandbox())), "LG-1500-429");
  EXPECT_EQ(code(quotas_.open(world_.other_org())), "fine");
}

TEST_F(UploadQuotasTest, WhatIsOnItsWayTakesRoom) {
  EXPECT_FALSE(must(room(1'000'000)).bytes_max) << "no quota, no limit";
  set({.stored_bytes = 100});
  const BatchId batch = world_.insert_batch();
  world_.put_file(batch, "a", 30);
  std::optional first = must(room(50));
  EXPECT_EQ(code(room(21)), "LG-1509-507");
  EXPECT_EQ(code(room(20)), "fine");
  EXPECT_EQ(must(room({})).bytes_max, 20) << "one that says no length gets what is left";
  EXPECT_EQ(code(room(50, 30)), "fine") << "it replaces the file";
  EXPECT_EQ(code(room(51, 30)), "LG-1509-507");
  const auto rest = must(room(20));
  EXPECT_EQ(code(room({})), "LG-1509-507");
  EXPECT_EQ(code(room(0)), "fine");
  first.reset();
  EXPECT_EQ(must(room({})).bytes_max, 50);
}

TEST_F(UploadQuotasTest, TheNarrowestHolds) {
  set({.stored_bytes = 100}, {});
  set({.stored_bytes = 40});
  EXPECT_EQ(must(room({})).bytes_max, 40);
  set({.stored_bytes = 400});
  EXPECT_EQ(must(room({})).bytes_max, 100);
  set({}, {});
  set({});
  EXPECT_FALSE(must(room({})).bytes_max);
}

}  // namespace
}  // namespace lakegate::upload
