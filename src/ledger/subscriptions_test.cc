#include "ledger/subscriptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/dead_letters.h"
#include "ledger/delivery_lanes.h"
#include "ledger/events.h"
#include "ledger/ledger_test_support.h"
#include "ledger/retention.h"
#include "ledger/statement_costs_test_support.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr SubscriptionNumber nobody{999};

class SubscriptionsTest : public testing::Test {
 protected:
  Subscription subscribe(const std::string& name, std::vector<std::string> datasets = {}) {
    return subscribe(world_.scope(), name, std::move(datasets));
  }
  Subscription subscribe(const Scope& scope, const std::string& name, std::vector<std::string> datasets = {}) {
    Subscription wanted{.id = SubscriptionId("id-" + name),
                        .scope = scope,
                        .name = name,
                        .kind = "webhook",
                        .target = R"({"url":"https://x"})",
                        .secrets = R"({"a":"b"})",
                        .all_datasets = datasets.empty(),
                        .datasets = std::move(datasets),
                        .types = {"batch.active"},
                        .created = 10,
                        .updated = 10};
    return must(world_.write([&](Tx& tx) { return insert_subscription(tx, wanted); }));
  }
  int64_t happen(const DatasetId& dataset, Millis at) {
    return must(world_.write([&](Tx& tx) {
      return append_event(tx, {.dataset_id = dataset, .at = at, .kind = "dataset.changed", .scope = world_.scope()});
    }));
  }
  std::vector<DeliveryLane> due(const Subscription& subscription, Millis now = 1'000'000) {
    return must(world_.read([&](ReadTx& tx) { return due_lanes(tx, subscription.number, now, 100); }));
  }
  void moved(const Subscription& subscription, const DatasetId& dataset, int64_t cursor, Millis now = 500) {
    must(world_.write([&](Tx& tx) { return move_lane(tx, subscription.number, dataset, cursor, now); }));
  }

  LedgerWorld world_;
};

TEST_F(SubscriptionsTest, ComeBackAsTheyWereMade) {
  const Subscription made = subscribe("mine", {world_.dataset().text()});
  const Subscription found =
      must(world_.read([&](ReadTx& tx) { return find_subscription(tx, world_.scope(), made.id); }));
  EXPECT_EQ(found.number, made.number);
  EXPECT_EQ(found.target, R"({"url":"https://x"})");
  EXPECT_EQ(found.secrets, R"({"a":"b"})");
  EXPECT_FALSE(found.all_datasets);
  EXPECT_THAT(found.datasets, ElementsAre(world_.dataset().text()));
  EXPECT_THAT(found.types, ElementsAre("batch.active"));
  EXPECT_EQ(found.state, SubscriptionState::active);
  EXPECT_EQ(found.failing_since, std::nullopt);
  EXPECT_EQ(found.version, 1);
}

TEST_F(SubscriptionsTest, AreSeenInTheirSandboxAlone) {
  const Subscription made = subscribe("mine");
  for (const Scope& other : {world_.other_sandbox(), world_.other_org()}) {
    EXPECT_FALSE(world_.read([&](ReadTx& tx) { return find_subscription(tx, other, made.id); }).has_value());
    EXPECT_THAT(must(world_.read([&](ReadTx& tx) { return list_subscriptions(tx, other, "", 10); })), IsEmpty());
    EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return count_subscriptions(tx, other); })), 0);
    const auto taken = world_.write([&](Tx& tx) {
      return insert_subscription(tx, {.id = SubscriptionId("s"),
                                      .scope = other,
                                      .name = "theirs",
                                      .kind = "webhook",
                                      .all_datasets = false,
                                      .datasets = {world_.dataset().text()}});
    });
    EXPECT_EQ(refusal_of(taken).code, &codes::invalid_argument);
  }
}

TEST_F(SubscriptionsTest, HaveNamesOfTheirOwn) {
  subscribe("mine");
  const Subscription second = subscribe("second");
  const auto again = world_.write([&](Tx& tx) {
    return insert_subscription(tx,
                               {.id = SubscriptionId("x"), .scope = world_.scope(), .name = "mine", .kind = "webhook"});
  });
  EXPECT_EQ(refusal_of(again).code, &codes::conflict);
  Subscription renamed = second;
  renamed.name = "mine";
  EXPECT_EQ(refusal_of(world_.write([&](Tx& tx) { return update_subscription(tx, renamed); })).code, &codes::conflict);
}

TEST_F(SubscriptionsTest, AChangeOfAnOldRowIsAConflict) {
  Subscription mine = subscribe("mine");
  mine.state = SubscriptionState::paused;
  const Subscription paused = must(world_.write([&](Tx& tx) { return update_subscription(tx, mine); }));
  EXPECT_EQ(paused.version, 2);
  EXPECT_EQ(refusal_of(world_.write([&](Tx& tx) { return update_subscription(tx, mine); })).code, &codes::conflict);
}

// A lane begins with the first event after the subscription, in the event's own transaction.
TEST_F(SubscriptionsTest, LanesBeginWithTheFirstEventAfterThem) {
  const int64_t before = happen(world_.dataset(), 20);
  const Subscription mine = subscribe("mine");
  EXPECT_THAT(due(mine), IsEmpty());
  EXPECT_EQ(happen(world_.dataset(), 30), before + 1);
  happen(world_.dataset(), 40);
  const auto lanes = due(mine);
  ASSERT_EQ(lanes.size(), 1U);
  EXPECT_EQ(lanes[0].cursor, before);
  EXPECT_EQ(lanes[0].due, 30);
  EXPECT_EQ(lanes[0].dataset, world_.dataset());
  // What did not commit is in no lane.
  const DatasetId other = world_.insert_dataset(world_.scope(), "other");
  moved(mine, other, 1'000);
  (void)world_.write([&](Tx& tx) -> Status {
    LG_TRY(append_event(tx, {.dataset_id = other, .at = 50, .kind = "a", .scope = world_.scope()}));
    return fail(codes::conflict, "changed my mind");
  });
  EXPECT_EQ(due(mine).size(), 1U);
}

TEST_F(SubscriptionsTest, LanesAreOfTheDatasetsThatAreWanted) {
  const DatasetId other = world_.insert_dataset(world_.scope(), "other");
  const Subscription all = subscribe("all");
  const Subscription one = subscribe("one", {other.text()});
  const Subscription foreign = subscribe(world_.other_sandbox(), "foreign");
  happen(world_.dataset(), 30);
  EXPECT_EQ(due(all).size(), 1U);
  EXPECT_THAT(due(one), IsEmpty());
  happen(other, 31);
  EXPECT_EQ(due(all).size(), 2U);
  EXPECT_EQ(due(one).size(), 1U);
  EXPECT_THAT(due(foreign), IsEmpty());
  // Out of the filter: out of the lanes. Back: it begins anew.
  Subscription changed = one;
  changed.datasets = {world_.dataset().text()};
  changed = must(world_.write([&](Tx& tx) { return update_subscription(tx, changed); }));
  EXPECT_THAT(due(one), IsEmpty());
  happen(other, 32);
  changed.datasets = {other.text()};
  must(world_.write([&](Tx& tx) { return update_subscription(tx, changed); }));
  const int64_t seq = happen(other, 33);
  ASSERT_EQ(due(one).size(), 1U);
  EXPECT_EQ(due(one)[0].cursor, seq - 1);
}

TEST_F(SubscriptionsTest, ALaneMovesForwardAndIsDueWhileEventsWait) {
  const Subscription mine = subscribe("mine");
  const int64_t first = happen(world_.dataset(), 30);
  happen(world_.dataset(), 31);
  moved(mine, world_.dataset(), first, 500);
  ASSERT_EQ(due(mine).size(), 1U);
  EXPECT_EQ(due(mine)[0].due, 500);
  moved(mine, world_.dataset(), first + 1);
  EXPECT_THAT(due(mine), IsEmpty());
  moved(mine, world_.dataset(), first);  // an old word
  const auto lanes = must(world_.read([&](ReadTx& tx) { return list_lanes(tx, mine.number, DatasetId(), 10); }));
  ASSERT_EQ(lanes.size(), 1U);
  EXPECT_EQ(lanes[0].lane.cursor, first + 1);
  EXPECT_EQ(lanes[0].last_seq, first + 1);
  EXPECT_EQ(lanes[0].oldest_waiting, std::nullopt);
  happen(world_.dataset(), 900);
  EXPECT_EQ(due(mine)[0].due, 900);
}

TEST_F(SubscriptionsTest, AFailedAttemptWaits) {
  const Subscription mine = subscribe("mine");
  const int64_t first = happen(world_.dataset(), 30);
  DeliveryLane lane = due(mine)[0];
  lane.due = 5'000;
  lane.attempts = 3;
  lane.last_status = 503;
  lane.last_error = "busy";
  must(world_.write([&](Tx& tx) { return set_lane_back(tx, lane); }));
  happen(world_.dataset(), 31);  // does not end the wait
  EXPECT_THAT(due(mine, 4'999), IsEmpty());
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return next_lane_due(tx, mine.number, 4'999); })), 5'000);
  ASSERT_EQ(due(mine, 5'000).size(), 1U);
  EXPECT_EQ(due(mine, 5'000)[0].attempts, 3);
  EXPECT_EQ(due(mine, 5'000)[0].last_error, "busy");
  // Who delivered in spite of it, and a late word of a failure.
  moved(mine, world_.dataset(), first, 600);
  must(world_.write([&](Tx& tx) { return set_lane_back(tx, lane); }));
  EXPECT_EQ(due(mine, 700)[0].attempts, 0);
}

TEST_F(SubscriptionsTest, ResumedOnesDoNotWait) {
  Subscription mine = subscribe("mine");
  happen(world_.dataset(), 30);
  DeliveryLane lane = due(mine)[0];
  lane.due = 5'000;
  lane.attempts = 9;
  must(world_.write([&](Tx& tx) { return set_lane_back(tx, lane); }));
  must(world_.write([&](Tx& tx) { return suspend_subscription(tx, mine.number, "it was gone", 100); }));
  mine = must(world_.read([&](ReadTx& tx) { return get_subscription(tx, mine.number); })).value();
  EXPECT_EQ(mine.state, SubscriptionState::suspended);
  EXPECT_EQ(mine.reason, "it was gone");
  mine.state = SubscriptionState::active;
  mine.updated = 200;
  must(world_.write([&](Tx& tx) { return update_subscription(tx, mine); }));
  ASSERT_EQ(due(mine, 200).size(), 1U);
  EXPECT_EQ(due(mine, 200)[0].attempts, 0);
}

TEST_F(SubscriptionsTest, RemovedOnesLeaveNothing) {
  const Subscription mine = subscribe("mine", {world_.dataset().text()});
  happen(world_.dataset(), 30);
  must(world_.write([&](Tx& tx) {
    return add_dead_letter(
        tx, {.subscription = mine.number, .dataset = world_.dataset(), .seq = 1, .last_seq = 1, .cause = "failed"});
  }));
  must(world_.write([&](Tx& tx) { return remove_subscription(tx, mine.number); }));
  must(world_.write([&](Tx& tx) { return remove_subscription(tx, nobody); }));
  EXPECT_THAT(due(mine), IsEmpty());
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return get_subscription(tx, mine.number); })), std::nullopt);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return count_dead_letters(tx, mine.number); })), 0);
  happen(world_.dataset(), 31);
  EXPECT_THAT(due(mine), IsEmpty());
}

TEST_F(SubscriptionsTest, GoWithTheirSandbox) {
  subscribe("one");
  const Subscription other = subscribe(world_.other_sandbox(), "other");
  subscribe("two");
  EXPECT_EQ(must(world_.write([&](Tx& tx) { return remove_subscriptions(tx, world_.scope()); })), 2);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return count_subscriptions(tx, world_.scope()); })), 0);
  EXPECT_TRUE(must(world_.read([&](ReadTx& tx) { return get_subscription(tx, other.number); })).has_value());
}

TEST_F(SubscriptionsTest, DeadLettersGoOutAgainInOrder) {
  const Subscription mine = subscribe("mine");
  for (const int64_t seq : {4, 5, 6}) {
    must(world_.write([&](Tx& tx) {
      return add_dead_letter(tx, {.subscription = mine.number,
                                  .dataset = world_.dataset(),
                                  .seq = seq,
                                  .last_seq = seq,
                                  .cause = seq == 6 ? "pruned" : "failed",
                                  .attempts = 10});
    }));
  }
  const auto list = [&] {
    return must(world_.read([&](ReadTx& tx) { return list_dead_letters(tx, mine.number, 0, 10); }));
  };
  const auto due_now = [&] {
    return must(world_.read([&](ReadTx& tx) { return due_dead_letters(tx, mine.number, 1'000, 10); }));
  };
  EXPECT_EQ(list().size(), 3U);
  EXPECT_THAT(due_now(), IsEmpty());
  EXPECT_EQ(must(world_.write([&](Tx& tx) { return redeliver_dead_letter(tx, nobody, list()[0].number, 5); })), 0);
  EXPECT_EQ(must(world_.write([&](Tx& tx) { return redeliver_dead_letters(tx, mine.number, 5); })), 2);
  ASSERT_EQ(due_now().size(), 1U);
  EXPECT_EQ(due_now()[0].seq, 4);
  EXPECT_EQ(due_now()[0].attempts, 0);
  DeadLetter first = due_now()[0];
  first.due = 2'000;
  must(world_.write([&](Tx& tx) { return update_dead_letter(tx, first); }));
  EXPECT_THAT(due_now(), IsEmpty());  // the second waits for the first
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return next_dead_letter_due(tx, mine.number, 1'000); })), 2'000);
  EXPECT_TRUE(must(world_.write([&](Tx& tx) { return remove_dead_letter(tx, mine.number, first.number); })));
  EXPECT_EQ(due_now()[0].seq, 5);
}

// Between the look that found nothing and its note, an event came.
TEST_F(SubscriptionsTest, ALaneRestsOnlyWhileNothingWaits) {
  const Subscription mine = subscribe("mine");
  const int64_t first = happen(world_.dataset(), 30);
  const DeliveryLane seen{.subscription = mine.number, .dataset = world_.dataset(), .cursor = first - 1};
  must(world_.write([&](Tx& tx) { return rest_lane(tx, seen); }));
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return due_lanes(tx, mine.number, 50, 10); })).size(), 1U);
}

TEST_F(SubscriptionsTest, TheOutboxIsWhatWaits) {
  Subscription paused = subscribe("paused");
  paused.state = SubscriptionState::paused;
  must(world_.write([&](Tx& tx) { return update_subscription(tx, paused); }));
  const Subscription mine = subscribe("mine");
  const auto outbox = [&] { return must(world_.read([](ReadTx& tx) { return get_outbox(tx); })); };
  EXPECT_EQ(outbox().events, 0);
  const int64_t first = happen(world_.dataset(), 30);
  happen(world_.dataset(), 31);
  EXPECT_EQ(outbox().lanes, 1);
  EXPECT_EQ(outbox().events, 2);
  EXPECT_EQ(outbox().oldest, 30);
  moved(mine, world_.dataset(), first);
  EXPECT_EQ(outbox().events, 1);
  EXPECT_EQ(outbox().oldest, 31);
  moved(mine, world_.dataset(), first + 1);
  EXPECT_EQ(outbox().oldest, std::nullopt);
}

// No question walks through all rows or sorts them.
TEST_F(SubscriptionsTest, AreFoundByIndexes) {
  const Subscription mine = subscribe("mine", {world_.dataset().text()});
  happen(world_.dataset(), 30);
  must(world_.write([&](Tx& tx) -> Status {
    const StatementCosts costs(tx);
    LG_TRY(make_lanes_due(tx, world_.dataset(), 9, 40));
    LG_TRY(due_lanes(tx, mine.number, 50, 10));
    LG_TRY(next_lane_due(tx, mine.number, 5));
    LG_TRY(list_lanes(tx, mine.number, DatasetId(), 10));
    LG_TRY(get_outbox(tx));
    LG_TRY(move_lane(tx, mine.number, world_.dataset(), 9, 50));
    LG_TRY(rest_lane(tx, {.subscription = mine.number, .dataset = world_.dataset(), .cursor = 9}));
    LG_TRY(set_lane_back(tx, {.subscription = mine.number, .dataset = world_.dataset(), .cursor = 9}));
    LG_TRY(list_subscriptions(tx, world_.scope(), "", 10));
    LG_TRY(count_subscriptions(tx, world_.scope()));
    LG_TRY(get_running_subscriptions(tx, {}, 10));
    LG_TRY(find_subscription(tx, world_.scope(), mine.id));
    LG_TRY(count_dead_letters(tx, mine.number));
    LG_TRY(list_dead_letters(tx, mine.number, 0, 10));
    LG_TRY(due_dead_letters(tx, mine.number, 50, 10));
    LG_TRY(next_dead_letter_due(tx, mine.number, 5));
    LG_TRY(redeliver_dead_letters(tx, mine.number, 5));
    LG_TRY(redeliver_dead_letter(tx, mine.number, 1, 5));
    LG_TRY(update_subscription(tx, mine));
    LG_TRY(remove_subscription(tx, mine.number));
    EXPECT_THAT(costs.full_scans(), IsEmpty());
    EXPECT_THAT(costs.sorts(), IsEmpty());
    return {};
  }));
}

}  // namespace
}  // namespace lakegate::ledger
