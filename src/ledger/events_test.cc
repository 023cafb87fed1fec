#include "ledger/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/retention.h"
#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

Result<int64_t> append(TwoSandboxes& world, const DatasetId& dataset, std::string kind) {
  return world.write([&](Tx& tx) {
    return append_event(tx, {.dataset_id = dataset,
                             .seq = 77,  // not ours to choose
                             .at = 5,
                             .kind = kind,
                             .batch_id = BatchId("batch"),
                             .detail = R"({"a":1})",
                             .scope = world.scope(),
                             .position = 77});
  });
}

TEST(Events, AreNumberedForEachDatasetWithoutGaps) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  const DatasetId two = world.add_dataset("two");
  EXPECT_EQ(must(append(world, one, "a")), 1);
  EXPECT_EQ(must(append(world, one, "b")), 2);
  EXPECT_EQ(must(append(world, two, "c")), 1);
  // A number that a failed closure took is given again.
  EXPECT_FALSE(world
                   .write([&](Tx& tx) -> Status {
                     LG_TRY(append_event(tx, {.dataset_id = one, .kind = "lost", .scope = world.scope()}));
                     return fail(codes::conflict, "changed my mind");
                   })
                   .has_value());
  EXPECT_EQ(must(append(world, one, "d")), 3);
}

TEST(Events, ComeBackInOrderAndWhole) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  must(append(world, world.add_dataset("other"), "other"));
  for (const char* kind : {"a", "b", "c", "d"}) must(append(world, one, kind));
  const auto page = must(world.read([&](ReadTx& tx) -> Result<std::vector<Event>> {
    const StatementCosts costs(tx);
    auto events = list_events(tx, one, 1, 2);
    EXPECT_THAT(costs.full_scans(), testing::IsEmpty());
    EXPECT_THAT(costs.sorts(), testing::IsEmpty());
    return events;
  }));
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].kind, "b");
  EXPECT_EQ(page[1].kind, "c");
  EXPECT_EQ(page[1].seq, 3);
  EXPECT_EQ(page[1].dataset_id, one);
  EXPECT_EQ(page[1].at, 5);
  EXPECT_EQ(page[1].batch_id, BatchId("batch"));
  EXPECT_EQ(page[1].detail, R"({"a":1})");
  EXPECT_EQ(page[1].scope, world.scope());
  EXPECT_EQ(page[1].position, 4);
  EXPECT_EQ(page[1].ims_org, "ours");
  EXPECT_EQ(page[1].sandbox_name, "prod");
}

// A sandbox with two datasets whose events alternate: one.a two.a one.b two.b …
struct Alternating {
  TwoSandboxes world;
  DatasetId one = world.add_dataset("one");
  DatasetId two = world.add_dataset("two");

  Alternating() {
    for (const char* kind : {"a", "b", "c"}) {
      must(append(world, one, kind));
      must(append(world, two, kind));
    }
  }
  EventPage page(const EventQuery& query) {
    return must(world.read([&](ReadTx& tx) -> Result<EventPage> {
      const StatementCosts costs(tx);
      auto found = list_scope_events(tx, Sight::whole(world.scope()), query);
      EXPECT_THAT(costs.sorts(), testing::IsEmpty());
      return found;
    }));
  }
  void check(const EventQuery& query, const std::string& names, int64_t through, bool more) {
    const EventPage found = page(query);
    std::string text;
    for (const Event& event : found.events) {
      text += event.dataset_id.text() + "." + event.kind + std::to_string(event.position) + " ";
    }
    EXPECT_EQ(text, names);
    EXPECT_EQ(found.through, through);
    EXPECT_EQ(found.more, more);
  }
};

TEST(Events, OfASandboxHaveOneOrder) {
  Alternating a;
  a.check({}, "one.a1 two.a2 one.b3 two.b4 one.c5 two.c6 ", 6, false);
  a.check({.after = 2, .limit = 2}, "one.b3 two.b4 ", 4, true);
  a.check({.after = 4, .limit = 2}, "one.c5 two.c6 ", 6, false);
  a.check({.after = 6}, "", 6, false);
  a.check({.after = 60}, "", 60, false);
}

TEST(Events, OfASandboxAreFiltered) {
  Alternating a;
  a.check({.datasets = {a.one}}, "one.a1 one.b3 one.c5 ", 6, false);
  a.check({.limit = 2, .datasets = {a.one}}, "one.a1 one.b3 ", 3, true);
  a.check({.datasets = {a.two}, .kinds = {"b", "x"}}, "two.b4 ", 6, false);
  a.check({.datasets = {a.one, a.two}, .kinds = {"c", "a"}}, "one.a1 two.a2 one.c5 two.c6 ", 6, false);
  a.check({.datasets = {DatasetId("none")}}, "", 6, false);
}

TEST(Events, OfDatasetsThatAKeyMayNotReadAreNotThere) {
  Alternating a;
  const auto rights = std::make_shared<const SandboxRights>(
      Rights(), std::map<DatasetId, Rights>{{a.one, Right::read}, {a.two, Right::ingest}});
  const Sight narrow(a.world.scope(), Right::read, rights);
  const auto read = [&](EventQuery query) {
    return must(a.world.read([&](ReadTx& tx) { return list_scope_events(tx, narrow, query); }));
  };
  const EventPage all = read({});
  ASSERT_EQ(all.events.size(), 3U);
  for (const Event& event : all.events) EXPECT_EQ(event.dataset_id, a.one);
  EXPECT_EQ(all.through, 6);
  EXPECT_TRUE(read({.datasets = {a.two}}).events.empty());
}

TEST(Events, OfOthersAreNotThere) {
  Alternating a;
  const Scope theirs = a.world.other_scope();
  for (const Scope& scope :
       {theirs, Scope{theirs.org, a.world.scope().sandbox}, Scope{a.world.scope().org, theirs.sandbox}}) {
    const auto read = [&](ReadTx& tx) -> Status {
      LG_ASSIGN(const EventPage page, list_scope_events(tx, Sight::whole(scope), {}));
      EXPECT_TRUE(page.events.empty());
      EXPECT_EQ(newest_position(tx, scope), 0);
      return {};
    };
    must(a.world.read(read));
  }
}

// A filter that nothing passes ends after so many rows, and the next page goes on behind them.
TEST(Events, FilteredPagesLookAtSoManyRows) {
  TwoSandboxes world;
  const DatasetId busy = world.add_dataset("busy");
  const DatasetId quiet = world.add_dataset("quiet");
  must(world.write([&](Tx& tx) -> Status {
    for (int64_t i = 0; i <= events_examined_max; ++i) {
      LG_TRY(append_event(tx, {.dataset_id = busy, .kind = "k", .scope = world.scope()}));
    }
    LG_TRY(append_event(tx, {.dataset_id = quiet, .kind = "k", .scope = world.scope()}));
    return {};
  }));
  const auto page = [&](int64_t after) {
    return must(world.read([&](ReadTx& tx) {
      return list_scope_events(tx, Sight::whole(world.scope()), EventQuery{.after = after, .datasets = {quiet}});
    }));
  };
  EXPECT_TRUE(page(0).events.empty());
  EXPECT_TRUE(page(0).more);
  EXPECT_EQ(page(0).through, events_examined_max);
  EXPECT_EQ(page(events_examined_max).events.size(), 1U);
  EXPECT_FALSE(page(events_examined_max).more);
}

TEST(Events, TellWhatIsGone) {
  Alternating a;
  const auto numbers = [&] {
    return must(a.world.read([&](ReadTx& tx) -> Result<std::vector<int64_t>> {
      LG_ASSIGN(const int64_t removed, removed_position(tx, a.world.scope()));
      LG_ASSIGN(const int64_t of_others, removed_position(tx, a.world.other_scope()));
      LG_ASSIGN(const int64_t newest, newest_position(tx, a.world.scope()));
      LG_ASSIGN(const int64_t first, first_kept_seq(tx, a.one));
      LG_ASSIGN(const int64_t last, newest_seq(tx, a.one));
      return std::vector{removed, of_others, newest, first, last};
    }));
  };
  EXPECT_THAT(numbers(), testing::ElementsAre(0, 0, 6, 1, 3));
  const auto prune_rows = [&](int64_t rows) {
    must(a.world.write([&](Tx& tx) { return prune(tx, {.events = 0}, 1'000, rows); }));
  };
  prune_rows(1);
  EXPECT_THAT(numbers(), testing::ElementsAre(1, 0, 6, 2, 3));
  prune_rows(100);
  EXPECT_THAT(numbers(), testing::ElementsAre(4, 0, 6, 3, 3));
  a.check({}, "one.c5 two.c6 ", 6, false);
  must(append(a.world, a.two, "d"));
  a.check({.after = 5}, "two.c6 two.d7 ", 7, false);
}

TEST(Events, WakeThoseWhoFollowTheSandbox) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  const size_t before = world.wakes().size();
  must(append(world, one, "a"));
  const std::vector<Wake> wakes = world.wakes();
  ASSERT_EQ(wakes.size(), before + 1);
  EXPECT_EQ(wakes.back().kind, Wake::Kind::event);
  EXPECT_EQ(wakes.back().dataset, one);
  EXPECT_EQ(wakes.back().sandbox, world.scope().sandbox);
}

// Retention takes all events of a dataset but the last; a reader's last seq stays good.
TEST(Events, NumbersAreNeverGivenTwice) {
  TwoSandboxes world;
  const DatasetId one = world.add_dataset("one");
  must(append(world, one, "a"));
  must(append(world, one, "b"));
  EXPECT_EQ(must(world.write([](Tx& tx) { return prune(tx, {.events = 0}, 1'000, 100); })), 1);
  EXPECT_EQ(must(append(world, one, "c")), 3);
}

TEST(Events, NeedADataset) {
  TwoSandboxes world;
  EXPECT_FALSE(append(world, DatasetId("nowhere"), "a").has_value());
}

}  // namespace
}  // namespace lakegate::ledger
