// Batches in the ledger: creation, the state machine, scopes, errors and our own work lists.
#include "ledger/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/events.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/verdicts.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

std::vector<BatchId> ids_of(const std::vector<Batch>& batches) {
  std::vector<BatchId> ids;
  for (const Batch& batch : batches) ids.push_back(batch.id);
  return ids;
}

class BatchesTest : public testing::Test {
 protected:
  template <class Operation, class... Arguments>
  auto read(Operation operation, const Arguments&... arguments) {
    return world_.read([&](ReadTx& tx) { return operation(tx, arguments...); });
  }
  template <class Operation, class... Arguments>
  auto write(Operation operation, const Arguments&... arguments) {
    return world_.write([&](Tx& tx) { return operation(tx, arguments...); });
  }

  auto transition(const BatchId& id, BatchEvent event) {
    return world_.write([&](Tx& tx) { return ledger::transition(tx, id, event, world_.now(), "cause", "bob@acme"); });
  }

  BatchId batch_in(BatchStatus status) {
    const BatchId id = world_.insert_batch();
    world_.move_to(id, status);
    return id;
  }

  std::vector<ledger::Event> events() {
    return must(read(ledger::list_events, world_.dataset(), int64_t{0}, int64_t{1000}));
  }

  LedgerWorld world_;
};

TEST_F(BatchesTest, ComesBackAsItWasInserted) {
  Batch batch = world_.new_batch();
  batch.external_id = "nightly-7";
  batch.format = InputFormat::csv;
  batch.input_format_json = R"({"format":"csv","delimiter":";"})";
  batch.tags_json = R"({"flow":["a","b"]})";
  batch.version = 3;
  world_.insert_batch(batch);

  const Batch found = must(read(ledger::find_batch, Sight::whole(world_.scope()), batch.id));
  EXPECT_EQ(found.id, batch.id);
  EXPECT_EQ(found.scope, batch.scope);
  EXPECT_EQ(found.dataset_id, batch.dataset_id);
  EXPECT_EQ(found.status, BatchStatus::loading);
  EXPECT_EQ(found.external_id, "nightly-7");
  EXPECT_EQ(found.format, InputFormat::csv);
  EXPECT_EQ(found.input_format_json, batch.input_format_json);
  EXPECT_EQ(found.tags_json, batch.tags_json);
  EXPECT_EQ(found.schema_version, 1);
  EXPECT_EQ(found.created, batch.created);
  EXPECT_EQ(found.updated, batch.updated);
  EXPECT_EQ(found.started, std::nullopt);
  EXPECT_EQ(found.completed, std::nullopt);
  EXPECT_EQ(found.created_user, "ann@acme");
  EXPECT_EQ(found.created_client, "client");
  EXPECT_EQ(found.updated_user, "ann@acme");
  EXPECT_EQ(found.version, 3);
  EXPECT_EQ(found.snapshot_id, std::nullopt);

  const auto told = events();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, "batch.loading");
  EXPECT_EQ(told[0].batch_id, batch.id);
  EXPECT_EQ(told[0].at, batch.created);
}

TEST_F(BatchesTest, OthersDoNotSeeIt) {
  Batch batch = world_.new_batch();
  batch.external_id = "nightly";
  world_.insert_batch(batch);
  for (const Scope& scope :
       {world_.other_sandbox(), world_.other_org(), Scope{world_.other_org().org, world_.scope().sandbox},
        Scope{world_.scope().org, world_.other_org().sandbox}}) {
    EXPECT_EQ(refusal_of(read(ledger::find_batch, Sight::whole(scope), batch.id)).code->id, codes::batch_not_found.id);
    EXPECT_EQ(refusal_of(read(ledger::find_batch_of_dataset, Sight::whole(scope), batch.id, batch.dataset_id)).code->id,
              codes::batch_not_found.id);
    EXPECT_FALSE(
        must(read(ledger::find_batch_by_external_id, Sight::whole(scope), std::string("nightly"))).has_value());
    EXPECT_THAT(must(read(ledger::list_batches, Sight::whole(scope), ledger::BatchQuery())), IsEmpty());
  }
}

TEST_F(BatchesTest, FindsByDatasetAndExternalId) {
  Batch batch = world_.new_batch();
  batch.external_id = "nightly";
  world_.insert_batch(batch);
  world_.insert_batch();  // without an external id
  EXPECT_TRUE(
      read(ledger::find_batch_of_dataset, Sight::whole(world_.scope()), batch.id, world_.dataset()).has_value());
  const DatasetId other = world_.insert_dataset(world_.scope(), "other");
  const Error wrong = refusal_of(read(ledger::find_batch_of_dataset, Sight::whole(world_.scope()), batch.id, other));
  EXPECT_EQ(wrong.code->id, codes::batch_wrong_dataset.id);
  EXPECT_THAT(wrong.message, AllOf(HasSubstr(world_.dataset().text()), HasSubstr(other.text())));
  const auto found =
      must(read(ledger::find_batch_by_external_id, Sight::whole(world_.scope()), std::string("nightly")));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, batch.id);
  EXPECT_FALSE(
      must(read(ledger::find_batch_by_external_id, Sight::whole(world_.scope()), std::string(""))).has_value());
}

TEST_F(BatchesTest, ExternalIdIsTakenWithinTheSandbox) {
  Batch first = world_.new_batch();
  first.external_id = "nightly";
  world_.insert_batch(first);
  Batch second = world_.new_batch();
  second.external_id = "nightly";
  const Error taken = refusal_of(write(ledger::insert_batch, second));
  EXPECT_EQ(taken.code->id, codes::external_id_taken.id);
  EXPECT_THAT(taken.message, Not(HasSubstr(first.id.text()))) << "it may be of a dataset that the key does not see";
  EXPECT_FALSE(read(ledger::get_batch, second.id).has_value());

  second.scope = world_.other_sandbox();
  second.dataset_id = world_.insert_dataset(second.scope, "events");
  EXPECT_TRUE(write(ledger::insert_batch, second).has_value());
}

// Every state and every event, through the ledger.
TEST_F(BatchesTest, MovesAsTheStateMachineSays) {
  for (const BatchStatus from : all_batch_statuses) {
    for (const BatchEvent event : all_batch_events) {
      SCOPED_TRACE(fmt::format("{} on {}", to_string(from), to_string(event)));
      const BatchId id = batch_in(from);
      const auto to = next_status(from, event);
      const Batch before = world_.batch(id);
      const size_t steps_before = must(read(ledger::history, id)).size();
      const size_t told_before = events().size();
      if (to) {
        const Batch after = world_.move(id, event);
        EXPECT_EQ(after.status, *to);
        EXPECT_EQ(world_.batch(id).status, *to);
        EXPECT_EQ(world_.batch(id).version, before.version + 1);
        EXPECT_GT(world_.batch(id).updated, before.updated);
        const auto steps = must(read(ledger::history, id));
        ASSERT_EQ(steps.size(), steps_before + 1);
        EXPECT_EQ(steps.back().from, from);
        EXPECT_EQ(steps.back().to, *to);
        EXPECT_EQ(steps.back().cause, "test");
        ASSERT_EQ(events().size(), told_before + 1);
        EXPECT_EQ(events().back().kind, fmt::format("batch.{}", to_string(*to)));
        EXPECT_EQ(events().back().batch_id, id);
      } else {
        const Error refused = refusal_of(transition(id, event));
        EXPECT_EQ(refused.code->id, codes::batch_wrong_state.id);
        EXPECT_THAT(refused.message, HasSubstr(fmt::format("is {}", to_string(from))));
        EXPECT_EQ(world_.batch(id).status, from);
        EXPECT_EQ(world_.batch(id).version, before.version);
        EXPECT_EQ(must(read(ledger::history, id)).size(), steps_before);
        EXPECT_EQ(events().size(), told_before);
      }
    }
  }
}

TEST_F(BatchesTest, RefusalNamesWhatIsPossible) {
  struct Case {
    BatchStatus status;
    BatchEvent event;
    std::string_view words;
  };
  const Case cases[] = {
      {BatchStatus::loading, BatchEvent::revert,
       "is loading: REVERT is not possible. Possible now: sending files, COMPLETE, FAIL, ABORT."},
      {BatchStatus::loaded, BatchEvent::complete, "COMPLETE is not possible. Possible now: FAIL, ABORT."},
      {BatchStatus::staging, BatchEvent::abort, "ABORT is not possible. Possible now: FAIL."},
      {BatchStatus::active, BatchEvent::abort, "Possible now: REVERT."},
      {BatchStatus::aborted, BatchEvent::complete, "no other action any more. Create a new batch."},
  };
  for (const Case& row : cases) {
    EXPECT_THAT(refusal_of(transition(batch_in(row.status), row.event)).message, HasSubstr(row.words));
  }
  EXPECT_EQ(refusal_of(transition(BatchId("nobody"), BatchEvent::abort)).code->id, codes::batch_not_found.id);
}

TEST_F(BatchesTest, TransitionSetsTimesAndUser) {
  const BatchId id = world_.insert_batch();
  const Batch loaded = must(transition(id, BatchEvent::complete));
  EXPECT_EQ(loaded.started, loaded.updated);
  EXPECT_EQ(loaded.completed, std::nullopt);
  EXPECT_EQ(loaded.updated_user, "bob@acme");
  const Batch staging = world_.move(id, BatchEvent::take);
  EXPECT_EQ(staging.started, loaded.started);
  EXPECT_EQ(staging.updated_user, "bob@acme") << "our own steps are nobody's";
  const Batch active = world_.move_to(id, BatchStatus::active);
  EXPECT_EQ(active.completed, active.updated);
  EXPECT_EQ(active.snapshot_id, 1);
  const Batch inactive = world_.move(id, BatchEvent::revert);
  EXPECT_EQ(inactive.completed, active.completed);
  EXPECT_EQ(inactive.started, loaded.started);

  for (const BatchStatus end : {BatchStatus::failed, BatchStatus::aborted, BatchStatus::abandoned}) {
    const Batch ended = world_.batch(batch_in(end));
    EXPECT_EQ(ended.completed, ended.updated) << to_string(end);
  }
}

// Of the request that created it, until another one moves it on.
TEST_F(BatchesTest, CarriesTheTraceOfARequest) {
  Batch batch = world_.new_batch();
  batch.trace = "of creation";
  world_.insert_batch(batch);
  EXPECT_EQ(world_.batch(batch.id).trace, "of creation");
  must(write(ledger::transition, batch.id, BatchEvent::complete, Millis{5}, "cause", "", "of completion"));
  EXPECT_EQ(world_.batch(batch.id).trace, "of completion");
  must(transition(batch.id, BatchEvent::take));
  EXPECT_EQ(world_.batch(batch.id).trace, "of completion");
  const auto told = events();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_THAT(told[0].detail, HasSubstr("of creation"));
  EXPECT_THAT(told[1].detail, HasSubstr("of completion"));
  EXPECT_THAT(told[2].detail, HasSubstr("of completion"));
}

TEST_F(BatchesTest, TimeNeverRunsBackwards) {
  const BatchId id = world_.insert_batch();
  const Millis before = world_.batch(id).updated;
  const Batch moved = must(write(ledger::transition, id, BatchEvent::complete, Millis{5}, "cause", "", ""));
  EXPECT_EQ(moved.updated, before);
}

TEST_F(BatchesTest, FailsWithARecordedErrorOnly) {
  const BatchId id = world_.insert_batch();
  EXPECT_EQ(refusal_of(transition(id, BatchEvent::fail_by_client)).kind(), ErrorKind::internal);
  EXPECT_EQ(world_.batch(id).status, BatchStatus::loading);
}

TEST_F(BatchesTest, ActiveWithASnapshotOnly) {
  const BatchId id = batch_in(BatchStatus::staged);
  EXPECT_EQ(refusal_of(transition(id, BatchEvent::promote)).kind(), ErrorKind::internal);
  EXPECT_EQ(world_.batch(id).status, BatchStatus::staged);
}

TEST_F(BatchesTest, WakesListenersAfterTheCommit) {
  std::vector<Wake> heard;
  world_.ledger().add_listener(
      [&](std::span<const Wake> wakes) { heard.insert(heard.end(), wakes.begin(), wakes.end()); });
  const BatchId id = world_.insert_batch();
  world_.move(id, BatchEvent::complete);
  (void)transition(id, BatchEvent::revert);
  EXPECT_EQ(std::erase_if(heard, [](const Wake& wake) { return wake.kind == Wake::Kind::event; }), 2U);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].status, BatchStatus::loading);
  EXPECT_EQ(heard[1].kind, Wake::Kind::batch_status);
  EXPECT_EQ(heard[1].batch, id);
  EXPECT_EQ(heard[1].dataset, world_.dataset());
  EXPECT_EQ(heard[1].status, BatchStatus::loaded);
}

TEST_F(BatchesTest, RemembersEachEvent) {
  const BatchId id = world_.insert_batch();
  EXPECT_FALSE(must(read(ledger::find_transition, id, BatchEvent::complete)).has_value());
  must(transition(id, BatchEvent::complete));
  must(transition(id, BatchEvent::abort));
  const auto completed = must(read(ledger::find_transition, id, BatchEvent::complete));
  ASSERT_TRUE(completed.has_value());
  EXPECT_EQ(completed->from, BatchStatus::loading);
  EXPECT_EQ(completed->to, BatchStatus::loaded);
  EXPECT_EQ(completed->cause, "cause");
  EXPECT_FALSE(must(read(ledger::find_transition, id, BatchEvent::fail_by_client)).has_value());
  const auto steps = must(read(ledger::history, id));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[1].to, BatchStatus::aborted);
  EXPECT_GT(steps[1].at, steps[0].at);
}

TEST_F(BatchesTest, KeepsTheFirstErrors) {
  const BatchId id = world_.insert_batch();
  std::vector<BatchError> errors(ledger::errors_per_batch_max - 1);
  for (size_t i = 0; i < errors.size(); ++i) errors[i].code = fmt::format("code {}", i);
  errors[0] = {.code = "LG-2101-400",
               .description = "Column \"a\" …",
               .file = "part/1.parquet",
               .column = "a.b",
               .rows = {0, 7, 9},
               .record_count = 3,
               .found = "x",
               .expected = "y"};
  errors[1].rows = std::vector<int64_t>(500, 1);
  must(write([&](Tx& tx) { return ledger::add_errors(tx, id, errors); }));
  errors[0].code = "last that fits";
  errors[1].code = "one too many";
  must(write([&](Tx& tx) { return ledger::add_errors(tx, id, std::span(errors).first(2)); }));

  const auto kept = must(read(ledger::errors_of, id, int64_t{5000}));
  ASSERT_EQ(kept.size(), static_cast<size_t>(ledger::errors_per_batch_max));
  EXPECT_EQ(kept[0].code, "LG-2101-400");
  EXPECT_EQ(kept[0].description, "Column \"a\" …");
  EXPECT_EQ(kept[0].file, "part/1.parquet");
  EXPECT_EQ(kept[0].column, "a.b");
  EXPECT_THAT(kept[0].rows, ElementsAre(0, 7, 9));
  EXPECT_EQ(kept[0].record_count, 3);
  EXPECT_EQ(kept[0].found, "x");
  EXPECT_EQ(kept[0].expected, "y");
  EXPECT_EQ(kept[1].rows.size(), 100U);
  EXPECT_EQ(kept[2].code, "code 2");
  EXPECT_EQ(kept.back().code, "last that fits");
  EXPECT_EQ(must(read(ledger::errors_of, id, int64_t{2})).size(), 2U);
}

TEST_F(BatchesTest, KeepsTotals) {
  const BatchId id = world_.insert_batch();
  must(write(ledger::set_totals, id,
             ledger::BatchTotals{.file_count = 2, .size_bytes = 300, .record_count = 40, .failed_record_count = 5}));
  const Batch batch = world_.batch(id);
  EXPECT_EQ(batch.file_count, 2);
  EXPECT_EQ(batch.size_bytes, 300);
  EXPECT_EQ(batch.record_count, 40);
  EXPECT_EQ(batch.failed_record_count, 5);
  EXPECT_EQ(refusal_of(write(ledger::set_totals, BatchId("nobody"), ledger::BatchTotals())).code->id,
            codes::batch_not_found.id);
}

TEST_F(BatchesTest, FindsIdleBatches) {
  const BatchId first = world_.insert_batch();
  const BatchId second = world_.insert_batch();
  const BatchId loaded = batch_in(BatchStatus::loaded);
  const Millis now = world_.now();
  EXPECT_THAT(ids_of(must(read(ledger::idle_batches, now, int64_t{10}))), ElementsAre(first, second));
  EXPECT_THAT(ids_of(must(read(ledger::idle_batches, now, int64_t{1}))), ElementsAre(first));
  must(write(ledger::touch_batch, first, now));
  must(write(ledger::touch_batch, first, Millis{1}));  // an older sign of life
  must(write(ledger::touch_batch, loaded, now));
  EXPECT_THAT(ids_of(must(read(ledger::idle_batches, now, int64_t{10}))), ElementsAre(second));
  world_.put_file(second, "a");
  EXPECT_THAT(must(read(ledger::idle_batches, now, int64_t{10})), IsEmpty());
}

TEST_F(BatchesTest, LastBatchesOfADataset) {
  const auto last = [&] { return must(read(ledger::last_batches, world_.dataset())); };
  EXPECT_TRUE(last().last.empty());
  EXPECT_TRUE(last().last_active.empty());
  EXPECT_TRUE(last().last_failed.empty());
  batch_in(BatchStatus::active);
  const BatchId active = batch_in(BatchStatus::active);
  batch_in(BatchStatus::failed);
  const BatchId failed = batch_in(BatchStatus::failed);
  batch_in(BatchStatus::inactive);
  const BatchId aborted = batch_in(BatchStatus::aborted);
  EXPECT_EQ(last().last, aborted);
  EXPECT_EQ(last().last_status, BatchStatus::aborted);
  EXPECT_EQ(last().last_active, active);
  EXPECT_EQ(last().last_failed, failed);
  const DatasetId other = world_.insert_dataset(world_.scope(), "other");
  EXPECT_TRUE(must(read(ledger::last_batches, other)).last.empty());
}

TEST_F(BatchesTest, GivesOutWorkByStatus) {
  using enum BatchStatus;
  for (const BatchStatus status : {loading, loaded, staging, staged, inactive}) {
    const BatchId first = batch_in(status);
    const BatchId second = batch_in(status);
    const auto work = [&](const BatchId& after, int64_t limit) {
      return ids_of(must(read(ledger::batches_in_status, status, after, limit)));
    };
    EXPECT_THAT(work(BatchId(), 10), ElementsAre(first, second)) << to_string(status);
    EXPECT_THAT(work(BatchId(), 1), ElementsAre(first));
    EXPECT_THAT(work(first, 10), ElementsAre(second));
  }
}

TEST_F(BatchesTest, GivesOutStagedAndLivingBatchesOfADataset) {
  using enum BatchStatus;
  const BatchId staged_1 = batch_in(staged);
  std::vector<BatchId> living{staged_1};
  for (const BatchStatus status : {active, loading, failed, loaded, aborted, staging, inactive, abandoned, deleted}) {
    const BatchId id = batch_in(status);
    if (!is_final(status) || status == active) living.push_back(id);
  }
  const BatchId staged_2 = batch_in(staged);
  living.push_back(staged_2);
  Batch elsewhere = world_.new_batch();
  elsewhere.dataset_id = world_.insert_dataset(world_.scope(), "other");
  world_.insert_batch(elsewhere);

  EXPECT_THAT(must(read(ledger::datasets_with_staged_batches)), ElementsAre(world_.dataset()));
  EXPECT_THAT(ids_of(must(read(ledger::staged_batches, world_.dataset(), int64_t{10}))),
              ElementsAre(staged_1, staged_2));
  EXPECT_THAT(ids_of(must(read(ledger::staged_batches, world_.dataset(), int64_t{1}))), ElementsAre(staged_1));
  EXPECT_THAT(must(read(ledger::staged_batches, elsewhere.dataset_id, int64_t{10})), IsEmpty());

  EXPECT_THAT(ids_of(must(read(ledger::living_batches, world_.dataset(), int64_t{100}))),
              UnorderedElementsAreArray(living));
  EXPECT_EQ(must(read(ledger::living_batches, world_.dataset(), int64_t{2})).size(), 2U);
}

TEST_F(BatchesTest, SweptWhenNoObjectIsLeft) {
  const BatchId with_object = world_.insert_batch();
  const BatchFile file = world_.put_file(with_object, "a");
  world_.move_to(with_object, BatchStatus::inactive);
  const BatchId empty = batch_in(BatchStatus::inactive);
  batch_in(BatchStatus::aborted);
  EXPECT_THAT(must(read(ledger::swept_batches, int64_t{10})), ElementsAre(empty));
  must(write(ledger::condemn_batch_objects, with_object, Millis{0}));
  EXPECT_THAT(must(read(ledger::swept_batches, int64_t{10})), ElementsAre(empty));
  must(write(ledger::forget_object, file.object, LedgerWorld::epoch));
  EXPECT_THAT(must(read(ledger::swept_batches, int64_t{10})), ElementsAre(with_object, empty));
}

// What waits for a verdict waits no longer once its batch cannot become active.
TEST_F(BatchesTest, EndedBatchesAreNotJudged) {
  for (const BatchStatus end : {BatchStatus::failed, BatchStatus::aborted, BatchStatus::abandoned}) {
    const BatchId id = world_.insert_batch();
    world_.put_file(id, "a");
    EXPECT_EQ(must(read(ledger::unjudged_files, int64_t{10})).size(), 1U);
    world_.move_to(id, end);
    EXPECT_THAT(must(read(ledger::unjudged_files, int64_t{10})), IsEmpty()) << to_string(end);
  }
}

}  // namespace
}  // namespace lakegate
