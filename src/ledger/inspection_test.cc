#include "ledger/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/epochs.h"
#include "ledger/ledger_test_support.h"
#include "ledger/sql.h"
#include "ledger/verdicts.h"

namespace lakegate::ledger {
namespace {

class InspectionTest : public testing::Test {
 protected:
  std::string broken_rules() {
    std::string text;
    for (const Rule& rule : rules()) {
      const auto breaks = must(world_.read([&](ReadTx& tx) { return find_breaks(tx, rule, 10); }));
      for (const RuleBreak& one : breaks) text += fmt::format("{}: {}\n", rule.id, one.found);
    }
    return text;
  }
  void run_epoch(Millis from, std::optional<Millis> to, std::vector<Millis> events) {
    must(world_.write([&](Tx& tx) -> Status {
      LG_ASSIGN(const Epoch epoch, begin_epoch(tx, from));
      if (to) LG_TRY(end_epoch(tx, epoch.number, *to));
      for (const Millis at : events) {
        LG_TRY(
            change_rows(tx,
                        "INSERT INTO event (sandbox, position, org, dataset_id, seq, at, kind, batch_id, detail)"
                        " SELECT sandbox, :position, org, id, :seq, :at, '', '', '' FROM dataset WHERE id = :dataset",
                        1'000 + at, 1'000 + at, at, world_.dataset()));
      }
      return {};
    }));
  }
  bool was_running(Millis at, int64_t epoch) {
    return must(world_.read([&](ReadTx& tx) { return ledger::was_running(tx, at, epoch); }));
  }

  LedgerWorld world_;
};

// Every state, on the way that the server takes: no rule takes offence.
TEST_F(InspectionTest, SoundLedgerBreaksNoRule) {
  for (const BatchStatus status : all_batch_statuses) {
    SCOPED_TRACE(to_string(status));
    world_.move_to(world_.insert_batch(), status);
    EXPECT_EQ(broken_rules(), "");
  }
  EXPECT_THAT(must(world_.read([](ReadTx& tx) { return find_file_damage(tx, 10); })), testing::IsEmpty());
  EXPECT_THAT(must(world_.read([](ReadTx& tx) { return find_dangling_references(tx, 10); })), testing::IsEmpty());
}

TEST_F(InspectionTest, ObjectsComeWithWhatIsKnownOfTheirBytes) {
  const BatchId batch = world_.insert_batch();
  const BatchFile file = world_.put_file(batch, "a", 100);
  const auto inspect = [&] { return must(world_.read([](ReadTx& tx) { return inspect_objects(tx, 0, 10); })); };
  ASSERT_EQ(inspect().size(), 1);
  EXPECT_EQ(inspect()[0].key, file.object);
  EXPECT_EQ(inspect()[0].least_bytes(), 100);
  must(world_.write([&](Tx& tx) { return record_verdict(tx, file.object, LedgerWorld::good_report(100, 7), 1); }));
  EXPECT_EQ(inspect()[0].least_bytes(), 120);
  EXPECT_EQ(inspect()[0].record_count, 7);

  const ObjectKey open = world_.begin_object(batch);
  EXPECT_EQ(inspect()[1].state, ObjectState::writing);
  must(world_.write([&](Tx& tx) -> Status {
    LG_TRY(initialize_file(tx, batch, "open", open, 10, 1));
    LG_TRY(hold_range(tx, batch, "open", {50, 80}, 100, 10, 1));
    return {};
  }));
  EXPECT_EQ(inspect()[1].least_bytes(), 80);
  EXPECT_FALSE(inspect()[1].complete);
  EXPECT_THAT(must(world_.read([&](ReadTx& tx) { return inspect_objects(tx, inspect()[1].number, 10); })),
              testing::IsEmpty());
}

TEST_F(InspectionTest, KnowsWhenAServerRanOnThisLedger) {
  must(world_.write([](Tx& tx) { return change_rows(tx, "DELETE FROM event"); }));
  run_epoch(100, 200, {});         // 1
  run_epoch(300, {}, {350, 380});  // 2, which a crash ended
  run_epoch(500, {}, {});          // 3, the present one
  struct Case {
    Millis at;
    int64_t epoch;
    bool ran;
  };
  for (const auto& [at, epoch, ran] : {
           Case{50, 3, false},
           {100, 3, true},
           {200, 3, true},
           {201, 3, false},
           {300, 3, true},
           {380, 3, true},
           {381, 3, false},
           {450, 3, false},
           {600, 3, false},
           {600, 4, false},
           {350, 2, false},
       }) {
    SCOPED_TRACE(at);
    EXPECT_EQ(was_running(at, epoch), ran);
  }
}

}  // namespace
}  // namespace lakegate::ledger
