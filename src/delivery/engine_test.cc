// The engine with a clock that is set and a receiver that answers when the test says so.
#include "delivery/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "delivery/fake_receiver_test_support.h"
#include "ledger/dead_letters.h"
#include "ledger/delivery_lanes.h"
#include "ledger/ledger_test_support.h"
#include "ledger/orgs.h"
#include "ledger/retention.h"

namespace lakegate::delivery {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

using ledger::DeadLetter;
using ledger::DeliveryLane;
using ledger::Subscription;
using ledger::SubscriptionState;

constexpr Outcome::Kind delivered = Outcome::Kind::delivered;
constexpr Outcome::Kind retry = Outcome::Kind::retry;

class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    world_.ledger().add_listener([this](std::span<const Wake> wakes) {
      if (engine_) engine_->wake(wakes);
    });
  }
  ~EngineTest() override { stop(); }

  void start() {
    engine_ = std::make_unique<Engine>(
        EngineParts{.ledger = world_.ledger(), .clock = clock_, .random = random_, .kinds = kinds_}, settings_);
    engine_->start();
  }
  void stop() {
    if (engine_) engine_->stop();
  }
  void restart() {
    stop();
    engine_.reset();
    start();
  }

  Subscription subscribe(const std::string& name, std::vector<std::string> types = {}) {
    return must(world_.write([&](Tx& tx) {
      return ledger::insert_subscription(tx, {.id = SubscriptionId("id-" + name),
                                              .scope = world_.scope(),
                                              .name = name,
                                              .kind = "webhook",
                                              .types = types,
                                              .created = clock_.now_ms(),
                                              .updated = clock_.now_ms()});
    }));
  }
  int64_t happen(const DatasetId& dataset, const std::string& kind = "dataset.changed") {
    return must(world_.write([&](Tx& tx) {
      return ledger::append_event(
          tx, {.dataset_id = dataset, .at = clock_.now_ms(), .kind = kind, .scope = world_.scope()});
    }));
  }
  int64_t happen() { return happen(world_.dataset()); }

  Subscription row(const Subscription& subscription) {
    return must(world_.read([&](ReadTx& tx) { return ledger::get_subscription(tx, subscription.number); })).value();
  }
  DeliveryLane lane(const Subscription& subscription, const DatasetId& dataset) {
    const auto lanes =
        must(world_.read([&](ReadTx& tx) { return ledger::list_lanes(tx, subscription.number, DatasetId(), 100); }));
    for (const auto& one : lanes) {
      if (one.lane.dataset == dataset) return one.lane;
    }
    return {.cursor = -1};
  }
  DeliveryLane lane(const Subscription& subscription) { return lane(subscription, world_.dataset()); }
  std::vector<DeadLetter> letters(const Subscription& subscription) {
    return must(world_.read([&](ReadTx& tx) { return ledger::list_dead_letters(tx, subscription.number, 0, 100); }));
  }
  static void until(const std::function<bool()>& condition) {
    for (int i = 0; i < 10'000; ++i) {
      if (condition()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    throw std::runtime_error("it did not happen");
  }
  void advance(Millis by) {
    clock_.advance_ms(by);
    const Wake woken{.kind = Wake::Kind::lane};
    engine_->wake({&woken, 1});
  }
  // Answers the next message of "mine", which must be the event, and waits until that is written.
  void answer(const Subscription& subscription, int64_t seq, Outcome outcome) {
    const auto sent = receiver_.take(subscription.name);
    const DeliveryLane before = lane(subscription);  // stands still while the message is on its way
    EXPECT_EQ(sent.message.seq, seq);
    EXPECT_EQ(sent.message.id, sent.message.dataset.text() + "/" + std::to_string(seq));
    sent.done(std::move(outcome));
    until([&] {
      const DeliveryLane now = lane(subscription);
      return now.cursor != before.cursor || now.attempts != before.attempts;
    });
  }

  LedgerWorld world_;
  FakeClock clock_{1'700'000'000'000};
  SeededRandom random_{1};
  FakeReceiver receiver_;
  const SinkKinds kinds_{{&receiver_}};
  DeliverySettings settings_{.schedule = RetrySchedule({1'000, 10'000})};
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, SendsInOrderAndOneAtATime) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  happen();
  const auto sent = receiver_.take("mine");
  EXPECT_EQ(sent.message.seq, first);
  EXPECT_EQ(sent.message.type, "io.lakegate.dataset.changed");
  EXPECT_THAT(sent.message.body, HasSubstr("\"specversion\""));
  EXPECT_EQ(receiver_.waiting(), 0U);
  EXPECT_EQ(lane(mine).cursor, first - 1) << "before the receiver's yes nothing moves";
  sent.done({.kind = delivered});
  answer(mine, first + 1, {.kind = delivered});
  EXPECT_EQ(lane(mine).cursor, first + 1);
  EXPECT_EQ(lane(mine).due, std::nullopt);
  until([&] { return engine_->counts().in_flight == 0; });
  EXPECT_EQ(engine_->counts().count_of(delivered), 2);
}

TEST_F(EngineTest, FindsItsWorkAfterAnyStop) {
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  start();
  EXPECT_EQ(receiver_.take("mine").message.seq, first);
  restart();  // without an answer: the same again
  answer(mine, first, {.kind = delivered});
  restart();
  happen();
  answer(mine, first + 1, {.kind = delivered});
}

TEST_F(EngineTest, AnswersWithinSendAreAnswers) {
  receiver_.answer_at_once({.kind = delivered});
  start();
  const Subscription mine = subscribe("mine");
  int64_t last = 0;
  for (int i = 0; i < 50; ++i) last = happen();
  until([&] { return lane(mine).cursor == last; });
}

TEST_F(EngineTest, TriesAgainAsTheScheduleSaysAndGivesUp) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  happen();
  answer(mine, first, {.kind = retry, .reason = "busy", .http_status = 503});
  EXPECT_EQ(lane(mine).attempts, 1);
  EXPECT_EQ(lane(mine).last_status, 503);
  EXPECT_EQ(lane(mine).last_error, "busy");
  EXPECT_THAT(lane(mine).due.value() - clock_.now_ms(), AllOf(Ge(1'000), Le(1'200)));
  EXPECT_EQ(row(mine).failing_since, clock_.now_ms());
  restart();  // attempts and date are facts
  EXPECT_EQ(lane(mine).attempts, 1);
  advance(1'200);
  answer(mine, first, {.kind = retry, .reason = "busy", .retry_after = 60'000});
  EXPECT_THAT(lane(mine).due.value() - clock_.now_ms(), AllOf(Ge(60'000), Le(62'000)));
  advance(62'000);
  answer(mine, first, {.kind = retry, .reason = "still busy", .http_status = 500});
  const auto dead = letters(mine);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].seq, first);
  EXPECT_EQ(dead[0].cause, "failed");
  EXPECT_EQ(dead[0].attempts, 3);
  EXPECT_EQ(dead[0].last_status, 500);
  EXPECT_EQ(dead[0].last_error, "still busy");
  answer(mine, first + 1, {.kind = delivered});  // the lane goes on
  EXPECT_EQ(row(mine).failing_since, std::nullopt);
  EXPECT_EQ(engine_->counts().dead_letters, 1);
}

TEST_F(EngineTest, WhatCannotBeTakenIsADeadLetterAtOnce) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = Outcome::Kind::refused, .reason = "too large"});
  ASSERT_EQ(letters(mine).size(), 1U);
  EXPECT_EQ(letters(mine)[0].cause, "refused");
  EXPECT_EQ(letters(mine)[0].attempts, 1);
  EXPECT_EQ(row(mine).state, SubscriptionState::active);
}

TEST_F(EngineTest, WhoIsGoneIsSuspendedAndLosesNothing) {
  start();
  Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = Outcome::Kind::gone, .reason = "410"});
  until([&] { return row(mine).state == SubscriptionState::suspended; });
  EXPECT_THAT(row(mine).reason, HasSubstr("410"));
  happen();
  const Subscription witness = subscribe("witness");
  happen();
  answer(witness, first + 2, {.kind = delivered});
  EXPECT_EQ(receiver_.waiting(), 0U);
  mine = row(mine);
  mine.state = SubscriptionState::active;
  must(world_.write([&](Tx& tx) { return ledger::update_subscription(tx, mine); }));
  for (const int64_t seq : {first, first + 1, first + 2}) answer(mine, seq, {.kind = delivered});
}

TEST_F(EngineTest, LongFailureSuspends) {
  settings_.schedule = RetrySchedule(std::vector<Millis>(20, 1'000));
  settings_.suspend_after = 5'000;
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = retry, .reason = "no"});
  advance(4'000);
  answer(mine, first, {.kind = retry, .reason = "no"});
  EXPECT_EQ(row(mine).state, SubscriptionState::active);
  advance(2'000);
  answer(mine, first, {.kind = retry, .reason = "never"});
  EXPECT_EQ(row(mine).state, SubscriptionState::suspended);
  EXPECT_THAT(row(mine).reason, HasSubstr("never"));
  EXPECT_THAT(letters(mine), IsEmpty());
  EXPECT_EQ(engine_->counts().suspensions, 1);
}

// A success in between begins the time anew.
TEST_F(EngineTest, ASuccessEndsTheTimeOfFailures) {
  settings_.schedule = RetrySchedule(std::vector<Millis>(20, 1'000));
  settings_.suspend_after = 5'000;
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = retry});
  advance(4'000);
  answer(mine, first, {.kind = delivered});
  happen();
  answer(mine, first + 1, {.kind = retry});
  advance(4'000);
  answer(mine, first + 1, {.kind = retry});
  EXPECT_EQ(row(mine).state, SubscriptionState::active);
}

TEST_F(EngineTest, WithoutRoomForADeadLetterItStands) {
  settings_.dead_letters_max = 1;
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  happen();
  answer(mine, first, {.kind = Outcome::Kind::refused, .reason = "a"});
  answer(mine, first + 1, {.kind = Outcome::Kind::refused, .reason = "b"});
  EXPECT_EQ(row(mine).state, SubscriptionState::suspended);
  EXPECT_THAT(row(mine).reason, AllOf(HasSubstr("1 dead letters"), HasSubstr("b")));
  EXPECT_EQ(letters(mine).size(), 1U);
  EXPECT_EQ(lane(mine).cursor, first) << "the second is not lost";
}

TEST_F(EngineTest, WhatRetentionTookIsNoted) {
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  for (int i = 0; i < 3; ++i) happen();
  clock_.advance_ms(10'000);
  while (must(world_.write([&](Tx& tx) { return ledger::prune(tx, {.events = 1}, clock_.now_ms(), 100); })) > 0) {
  }
  start();
  answer(mine, first + 3, {.kind = delivered});  // retention leaves the last
  ASSERT_EQ(letters(mine).size(), 1U);
  EXPECT_EQ(letters(mine)[0].cause, "pruned");
  EXPECT_EQ(letters(mine)[0].seq, first);
  EXPECT_EQ(letters(mine)[0].last_seq, first + 2);
  EXPECT_EQ(engine_->counts().dead_letters, 3);
}

TEST_F(EngineTest, WhatNobodyWantsMovesTheCursorAlone) {
  settings_.events_per_look_max = 3;
  start();
  const Subscription mine = subscribe("mine", {"batch.active"});
  int64_t last = 0;
  for (int i = 0; i < 10; ++i) last = happen();
  until([&] { return lane(mine).cursor == last; });
  EXPECT_EQ(engine_->counts().skipped, 10);
  happen();
  const int64_t wanted = happen(world_.dataset(), "batch.active");
  answer(mine, wanted, {.kind = delivered});
  EXPECT_EQ(lane(mine).due, std::nullopt);
}

// Many that hang, more than may be on their way together, hold up nobody else.
TEST_F(EngineTest, WhoHangsHoldsUpNobody) {
  settings_.in_flight_max = 2;
  start();
  for (const char* name : {"a", "b", "c"}) subscribe(name);
  const int64_t first = happen();
  for (const char* name : {"a", "b", "c"}) receiver_.take(name);
  const Subscription mine = subscribe("mine");
  for (int64_t seq = first + 1; seq < first + 5; ++seq) {
    EXPECT_EQ(happen(), seq);
    answer(mine, seq, {.kind = delivered});
  }
  EXPECT_EQ(receiver_.waiting(), 0U);
}

TEST_F(EngineTest, NoMoreAreOnTheirWayThanAllowed) {
  settings_.in_flight_per_subscription_max = 2;
  start();
  const Subscription mine = subscribe("mine");
  std::vector<DatasetId> datasets;
  for (int i = 0; i < 5; ++i) {
    datasets.push_back(world_.insert_dataset(world_.scope(), fmt::format("d{}", i)));
    happen(datasets.back());
  }
  std::vector<FakeReceiver::Sent> sent;
  std::set<DatasetId> seen;
  for (int i = 0; i < 2; ++i) sent.push_back(receiver_.take("mine"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(engine_->counts().in_flight, std::min(2, 5 - i));
    EXPECT_EQ(receiver_.waiting(), 0U);
    const auto one = std::move(sent.front());
    sent.erase(sent.begin());
    EXPECT_TRUE(seen.insert(one.message.dataset).second) << "of one dataset one at a time";
    one.done({.kind = delivered});
    if (i < 3) sent.push_back(receiver_.take("mine"));
    until([&] { return engine_->counts().in_flight == std::min(2, 4 - i); });
  }
}

TEST_F(EngineTest, OneDatasetDoesNotWaitForAnother) {
  start();
  const Subscription mine = subscribe("mine");
  const DatasetId other = world_.insert_dataset(world_.scope(), "other");
  happen();
  const auto hanging = receiver_.take("mine");
  EXPECT_EQ(hanging.message.dataset, world_.dataset());
  for (int i = 0; i < 3; ++i) {
    happen(other);
    const auto sent = receiver_.take("mine");
    EXPECT_EQ(sent.message.dataset, other);
    sent.done({.kind = delivered});
  }
}

TEST_F(EngineTest, ADeletedOneEnds) {
  start();
  const Subscription mine = subscribe("mine");
  happen();
  const auto sent = receiver_.take("mine");
  must(world_.write([&](Tx& tx) { return ledger::remove_subscription(tx, mine.number); }));
  until([&] { return engine_->counts().in_flight == 0; });
  sent.done({.kind = delivered});  // too late, and harmless
  const Subscription witness = subscribe("witness");
  const int64_t next = happen();
  answer(witness, next, {.kind = delivered});
  EXPECT_EQ(receiver_.waiting(), 0U);
}

TEST_F(EngineTest, AChangedOneSendsAgainWhatWasOnItsWay) {
  start();
  Subscription mine = subscribe("mine");
  const int64_t first = happen();
  receiver_.take("mine");
  mine.name = "renamed";
  must(world_.write([&](Tx& tx) { return ledger::update_subscription(tx, mine); }));
  const auto again = receiver_.take("renamed");
  EXPECT_EQ(again.message.seq, first);
  EXPECT_EQ(lane(mine).attempts, 0) << "what was cut short is no failure of the receiver";
  again.done({.kind = delivered});
  until([&] { return lane(mine).cursor == first; });
}

TEST_F(EngineTest, DeadLettersGoOutAgainBesideTheLane) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = Outcome::Kind::refused});
  happen();
  const auto hanging = receiver_.take("mine");
  EXPECT_EQ(hanging.message.seq, first + 1);
  must(world_.write([&](Tx& tx) { return ledger::redeliver_dead_letters(tx, mine.number, clock_.now_ms()); }));
  auto sent = receiver_.take("mine");
  EXPECT_EQ(sent.message.seq, first);
  sent.done({.kind = retry, .reason = "busy"});
  until([&] { return letters(mine)[0].attempts == 1; });
  EXPECT_THAT(letters(mine)[0].due.value() - clock_.now_ms(), AllOf(Ge(1'000), Le(1'200)));
  advance(1'200);
  sent = receiver_.take("mine");
  EXPECT_EQ(sent.message.seq, first);
  sent.done({.kind = delivered});
  until([&] { return letters(mine).empty(); });
  EXPECT_EQ(lane(mine).cursor, first);
}

TEST_F(EngineTest, ADeadLetterThatRetentionTookSaysSo) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  answer(mine, first, {.kind = Outcome::Kind::refused});
  happen();
  answer(mine, first + 1, {.kind = delivered});
  clock_.advance_ms(10'000);
  must(world_.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::prune(tx, {.events = 1}, clock_.now_ms(), 100));
    LG_TRY(ledger::redeliver_dead_letters(tx, mine.number, clock_.now_ms()));
    return {};
  }));
  until([&] { return letters(mine)[0].cause == "pruned"; });
  EXPECT_EQ(letters(mine)[0].due, std::nullopt);
}

// What came of a subscription's messages, and where they go, is nothing to one that was made after it.
TEST_F(EngineTest, WhoComesAfterADeletedOneIsAnother) {
  start();
  const Subscription former = subscribe("former");
  const int64_t first = happen();
  const auto on_its_way = receiver_.take("former");
  const Subscription next = must(world_.write([&](Tx& tx) -> Result<Subscription> {
    LG_TRY(ledger::remove_subscription(tx, former.number));
    return ledger::insert_subscription(
        tx, {.id = SubscriptionId("id-next"), .scope = world_.scope(), .name = "next", .kind = "webhook"});
  }));
  happen();
  const auto sent = receiver_.take("next");
  EXPECT_EQ(sent.message.seq, first + 1);
  sent.done({.kind = delivered});
  until([&] { return lane(next).cursor == first + 1; });
}

TEST_F(EngineTest, ADisabledOrgsEventsWait) {
  start();
  const Subscription mine = subscribe("mine");
  const int64_t first = happen();
  receiver_.take("mine");
  const auto set = [&](ledger::OrgState state) {
    must(world_.write([&](Tx& tx) { return ledger::set_org_state(tx, world_.scope().org, state); }));
  };
  set(ledger::OrgState::disabled);
  until([&] { return engine_->counts().subscriptions_active == 0; });
  happen();
  EXPECT_EQ(must(world_.read([](ReadTx& tx) { return ledger::get_outbox(tx); })).events, 0) << "nobody is late";
  EXPECT_EQ(receiver_.waiting(), 0U);
  restart();
  set(ledger::OrgState::enabled);
  answer(mine, first, {.kind = delivered});
  answer(mine, first + 1, {.kind = delivered});
}

TEST_F(EngineTest, WithoutAKindItIsSuspended) {
  const SinkKinds none{{}};
  engine_ = std::make_unique<Engine>(
      EngineParts{.ledger = world_.ledger(), .clock = clock_, .random = random_, .kinds = none}, settings_);
  engine_->start();
  const Subscription mine = subscribe("mine");
  until([&] { return row(mine).state == SubscriptionState::suspended; });
  EXPECT_THAT(row(mine).reason, HasSubstr("webhook"));
  stop();
  engine_.reset();
}

}  // namespace
}  // namespace lakegate::delivery
