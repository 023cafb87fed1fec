// What counts against quotas: as much as is there, whatever happens, and nothing where no quota is.
#include "ledger/usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "ledger/inspection.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/quotas.h"
#include "ledger/statement_costs_test_support.h"

namespace lakegate {
namespace {

using ledger::Quota;
using ledger::Usage;

class UsageTest : public testing::Test {
 protected:
  void set(const Quota& quota, SandboxNumber sandbox) {
    must(world_.write([&](Tx& tx) { return ledger::set_quota(tx, world_.scope().org, sandbox, quota); }));
  }
  void set(const Quota& quota) { set(quota, world_.scope().sandbox); }
  std::optional<Usage> counted(const Scope& scope) {
    return must(world_.read([&](ReadTx& tx) { return ledger::counted_usage(tx, scope, world_.now()); }));
  }
  Usage counted() { return counted(world_.scope()).value(); }
  Usage recounted() {
    return must(world_.read([&](ReadTx& tx) { return ledger::recount_usage(tx, world_.scope(), world_.now()); }));
  }
  int64_t stored() { return counted().stored_bytes; }

  Result<BatchId> try_batch() {
    const Batch batch = world_.new_batch();
    const Status inserted = world_.write([&](Tx& tx) { return ledger::insert_batch(tx, batch); });
    if (!inserted) return std::unexpected(inserted.error());
    return batch.id;
  }
  Status try_put(const BatchId& batch, const std::string& path, int64_t bytes) {
    const ObjectKey object = world_.begin_object(batch);
    const Status put = world_.write([&](Tx& tx) -> Status {
      LG_TRY(ledger::put_whole_file(tx, batch, {path, object, bytes, {}}, 100, 0, world_.now()));
      return {};
    });
    if (!put) must(world_.write([&](Tx& tx) { return ledger::condemn_object(tx, object, 0); }));
    return put;
  }
  void initialize(const BatchId& batch, const std::string& path) {
    const ObjectKey object = world_.begin_object(batch);
    must(world_.write([&](Tx& tx) { return ledger::initialize_file(tx, batch, path, object, 100, world_.now()); }));
  }
  Status try_hold(const BatchId& batch, const std::string& path, ByteRange range, int64_t total) {
    return world_.write([&](Tx& tx) -> Status {
      LG_TRY(ledger::hold_range(tx, batch, path, range, total, 100, world_.now()));
      return {};
    });
  }
  // As the sweeper does it.
  void sweep() {
    must(world_.write([&](Tx& tx) -> Status {
      LG_ASSIGN(const auto keys, ledger::objects_to_sweep(tx, world_.now(), LedgerWorld::epoch, 1000));
      for (const ObjectKey& key : keys) LG_TRY(ledger::forget_object(tx, key, LedgerWorld::epoch));
      return {};
    }));
  }
  void condemn(const BatchId& batch) {
    must(world_.write([&](Tx& tx) { return ledger::condemn_batch_objects(tx, batch, 0); }));
  }
  void expect_sound() {
    for (const ledger::Rule& rule : ledger::rules()) {
      if (!rule.id.starts_with("usage-") && rule.id != "object-counted-bytes") continue;
      const auto breaks = must(world_.read([&](ReadTx& tx) { return ledger::find_breaks(tx, rule, 10); }));
      for (const ledger::RuleBreak& one : breaks) ADD_FAILURE() << rule.id << ": " << one.where << ", " << one.found;
    }
  }

  LedgerWorld world_;
};

template <class T>
std::string_view code(const Result<T>& result) {
  return result ? std::string_view("fine") : result.error().code->id;
}

TEST_F(UsageTest, BytesStayUntilTheirObjectsGo) {
  set({.stored_bytes = 1000});
  const BatchId batch = world_.insert_batch();
  must(try_put(batch, "a", 100));
  EXPECT_EQ(stored(), 100);
  must(try_put(batch, "a", 30));
  EXPECT_EQ(stored(), 130) << "the replaced one is there until it is swept";
  sweep();
  EXPECT_EQ(stored(), 30);
  initialize(batch, "parts");
  must(try_hold(batch, "parts", {0, 10}, 50));
  must(try_hold(batch, "parts", {0, 10}, 50));
  must(try_hold(batch, "parts", {30, 50}, 50));
  EXPECT_EQ(stored(), 60) << "a repeat counts once";
  must(try_hold(batch, "parts", {10, 30}, 50));
  must(world_.write([&](Tx& tx) { return ledger::complete_file(tx, batch, "parts", world_.now()); }));
  EXPECT_EQ(stored(), 80);
  initialize(batch, "open");
  must(try_hold(batch, "open", {5, 9}, 50));
  world_.move(batch, BatchEvent::abort);
  condemn(batch);
  EXPECT_EQ(stored(), 84);
  expect_sound();
  sweep();
  EXPECT_EQ(counted(), Usage({.stored_bytes = 0, .batches = 0, .batches_today = 1}));
  expect_sound();
}

TEST_F(UsageTest, WhatIsOverIsRefusedAndChangesNothing) {
  set({.stored_bytes = 100});
  const BatchId batch = world_.insert_batch();
  must(try_put(batch, "a", 60));
  EXPECT_EQ(code(try_put(batch, "b", 41)), "LG-1509-507");
  EXPECT_EQ(stored(), 60);
  must(try_put(batch, "b", 40));
  EXPECT_EQ(code(try_put(batch, "c", 1)), "LG-1509-507");
  must(try_put(batch, "c", 0));
  // A request that comes again replaces what it sent before, even where nothing else fits.
  must(try_put(batch, "b", 40));
  EXPECT_EQ(code(try_put(batch, "b", 41)), "LG-1509-507");
  initialize(batch, "parts");
  EXPECT_EQ(code(try_hold(batch, "parts", {0, 1}, 50)), "LG-1509-507");
  sweep();
  EXPECT_EQ(stored(), 100);
  expect_sound();
}

TEST_F(UsageTest, BatchesOnTheirWay) {
  set({.batches = 2});
  const BatchId first = must(try_batch());
  must(try_batch());
  EXPECT_EQ(code(try_batch()), "LG-1510-429");
  EXPECT_EQ(counted().batches, 2);
  world_.move_to(first, BatchStatus::active);
  EXPECT_EQ(counted().batches, 1);
  const BatchId third = must(try_batch());
  EXPECT_EQ(code(try_batch()), "LG-1510-429");
  world_.move(third, BatchEvent::abort);
  must(try_batch());
  expect_sound();
}

TEST_F(UsageTest, BatchesOfADay) {
  constexpr Millis day = 24LL * 60 * 60 * 1000;
  set({.batches_per_day = 2});
  const auto create = [&](Millis at) {
    Batch batch = world_.new_batch();
    batch.created = batch.updated = at;
    return world_.write([&](Tx& tx) { return ledger::insert_batch(tx, batch); });
  };
  const Millis midnight = 30'000 * day;
  must(create(midnight - 1));
  must(create(midnight));
  must(create(midnight + day / 2));
  const Status refused = create(midnight + day - 2500);
  EXPECT_EQ(code(refused), "LG-1511-429");
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(3)) << "until midnight";
  must(create(midnight + day));
  expect_sound();
  must(create(midnight + 1));  // the clock was set back: nothing of the day that had begun
  expect_sound();
  must(create(midnight + day + 1));
  EXPECT_EQ(code(create(midnight + day + 2)), "LG-1511-429");
}

TEST_F(UsageTest, OfAnOrgCountsAllItsSandboxes) {
  const DatasetId elsewhere = world_.insert_dataset(world_.other_sandbox(), "elsewhere");
  const BatchId first = world_.insert_batch();
  must(try_put(first, "a", 60));
  set({.stored_bytes = 100, .batches = 2}, SandboxNumber{});
  EXPECT_EQ(stored(), 60) << "what was there is counted";
  Batch second = world_.new_batch();
  second.scope = world_.other_sandbox();
  second.dataset_id = elsewhere;
  world_.insert_batch(second);
  EXPECT_EQ(code(try_batch()), "LG-1510-429");
  const auto sum = [&] {
    return must(
        world_.read([&](ReadTx& tx) { return ledger::counted_usage_of_org(tx, world_.scope().org, world_.now()); }));
  };
  EXPECT_EQ(sum(), Usage({.stored_bytes = 60, .batches = 2, .batches_today = 2}));
  EXPECT_FALSE(counted(world_.other_org())) << "it is nobody else's";

  set({.stored_bytes = 50});
  EXPECT_EQ(code(try_put(first, "b", 1)), "LG-1509-507") << "the narrower one holds, too";
  set({}, SandboxNumber{});
  EXPECT_FALSE(counted(world_.other_sandbox())) << "no quota is about it any more";
  EXPECT_EQ(stored(), 60);
  set({});
  EXPECT_FALSE(counted(world_.scope()));
  must(try_put(first, "b", 1000));
}

// With a fixed seed: after each of many changes the counters are what a recount finds.
TEST_F(UsageTest, EqualsARecountWhateverHappens) {
  std::mt19937 random(20261129);
  const auto pick = [&](int64_t below) { return std::uniform_int_distribution<int64_t>(0, below - 1)(random); };
  set({.stored_bytes = 3000, .batches = 6});
  std::vector<BatchId> batches;
  int refused = 0;
  for (int step = 0; step < 400; ++step) {
    const int64_t what = batches.empty() ? 0 : pick(10);
    const BatchId batch = batches.empty() ? BatchId() : batches[static_cast<size_t>(pick(std::ssize(batches)))];
    const bool loading = !batches.empty() && world_.batch(batch).status == BatchStatus::loading;
    if (what == 0) {
      if (const auto made = try_batch()) {
        batches.push_back(*made);
      } else {
        ++refused;
      }
    } else if (what <= 3 && loading) {
      refused += try_put(batch, fmt::format("file{}", pick(3)), pick(400)) ? 0 : 1;
    } else if (what <= 6 && loading) {
      const std::string path = fmt::format("parts{}", pick(2));
      if (!world_.read([&](ReadTx& tx) { return ledger::find_file(tx, batch, path); })) initialize(batch, path);
      const int64_t begin = pick(10) * 30;
      refused += try_hold(batch, path, {begin, begin + 30}, 300) ? 0 : 1;
      (void)world_.write([&](Tx& tx) { return ledger::complete_file(tx, batch, path, world_.now()); });
    } else if (what == 7 && loading) {
      world_.move(batch, BatchEvent::abort);
      condemn(batch);
    } else if (what == 8) {
      sweep();
    } else if (what == 9 && pick(4) == 0) {
      set({});
      set({.stored_bytes = 3000, .batches = 6});
    }
    ASSERT_EQ(counted(), recounted()) << "step " << step << ", " << what;
    ASSERT_LE(counted().batches, 6);
  }
  EXPECT_GT(refused, 10);
  EXPECT_GT(std::ssize(batches), 10);
  expect_sound();
}

TEST_F(UsageTest, CostsNothingWithoutAQuota) {
  const BatchId warm = world_.insert_batch();
  must(try_put(warm, "a", 1));
  const auto costs_of = [&](const std::function<Status(Tx&)>& work) {
    return must(world_.write([&](Tx& tx) -> Result<std::pair<int64_t, int64_t>> {
      const ledger::StatementCosts costs(tx);
      LG_TRY(work(tx));
      return std::pair(costs.statements(), costs.rows_written());
    }));
  };
  const auto whole_batch = [&] {
    const Batch batch = world_.new_batch();
    const auto created = costs_of([&](Tx& tx) { return ledger::insert_batch(tx, batch); });
    const ObjectKey object = world_.begin_object(batch.id);
    const auto put = costs_of([&](Tx& tx) -> Status {
      LG_TRY(ledger::put_whole_file(tx, batch.id, {"a", object, 5, {}}, 100, 0, world_.now()));
      return {};
    });
    const auto ended = costs_of([&](Tx& tx) -> Status {
      LG_TRY(ledger::transition(tx, batch.id, BatchEvent::abort, world_.now(), "test"));
      return {};
    });
    return std::vector{created, put, ended};
  };
  const auto without = whole_batch();
  set({.stored_bytes = 1000});
  const auto with = whole_batch();
  for (size_t i = 0; i < without.size(); ++i) {
    EXPECT_EQ(with[i].second - without[i].second, 1) << "the counters' row, and it alone: " << i;
    EXPECT_GT(with[i].first, without[i].first) << i;
  }
}

}  // namespace
}  // namespace lakegate
