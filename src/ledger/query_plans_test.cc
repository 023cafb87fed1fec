// What operations cost: no question reads a large table from end to end, and what clients do thousands of times takes
// as many steps in a full batch as in an empty one. Counted by SQLite, so that no clock decides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <functional>
#include <set>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/events.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/retired_objects.h"
#include "ledger/sql.h"
#include "ledger/verdicts.h"
#include "ledger/work_counts.h"

namespace lakegate {
namespace {

using testing::HasSubstr;
using testing::Not;

using namespace sqlite_api;  // SOCI keeps SQLite's names there

using Operation = std::function<Status(Tx&)>;

sqlite3* handle_of(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

// Watches the statements of one connection while it lives.
class Watch {
 public:
  explicit Watch(Tx& tx) : handle_(handle_of(tx.connection().session())) {
    sqlite3_trace_v2(handle_, SQLITE_TRACE_PROFILE, &Watch::ended, this);
  }
  ~Watch() { sqlite3_trace_v2(handle_, 0, nullptr, nullptr); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  const std::set<std::string>& texts() const { return texts_; }
  int64_t steps() const { return steps_; }

 private:
  static int ended(unsigned, void* self, void* statement, void*) {
    auto* watch = static_cast<Watch*>(self);
    auto* ended_statement = static_cast<sqlite3_stmt*>(statement);
    watch->texts_.insert(sqlite3_sql(ended_statement));
    watch->steps_ += sqlite3_stmt_status(ended_statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }

  sqlite3* handle_;
  std::set<std::string> texts_;
  int64_t steps_ = 0;
};

class QueryPlansTest : public testing::Test {
 protected:
  // Runs `operation` and looks at the plans of all statements that it used. With an `index`: one of them uses it, and
  // nothing is sorted.
  void check_plans(std::string_view what, const Operation& operation, const std::string& index = "") {
    const auto texts = must(world_.write([&](Tx& tx) -> Result<std::set<std::string>> {
      const Watch watch(tx);
      LG_TRY(operation(tx));
      return watch.texts();
    }));
    EXPECT_FALSE(texts.empty()) << what;
    std::string plans;
    for (const std::string& text : texts) {
      for (const std::string& step : plan_of(text)) {
        // The whole of an index of waiting work may be walked.
        EXPECT_TRUE(!step.starts_with("SCAN ") || step.ends_with("object_awaiting_verdict") ||
                    step.ends_with("batch_idle") || step.ends_with("object_due") ||
                    step.starts_with("SCAN (subquery") || step == "SCAN CONSTANT ROW" ||
                    step == "SCAN j" ||                     // of a recursion's own rows
                    step.starts_with("SCAN json_each ") ||  // of a parameter
                    step.ends_with("retired_batch"))
            << what << ": " << step << " in " << text;
        plans += step + "\n";
      }
    }
    EXPECT_THAT(plans, HasSubstr(index)) << what;
    if (!index.empty()) {
      // Of two arms the right one, living batches, is sorted.
      EXPECT_THAT(plans.substr(0, plans.find("\nRIGHT\n")), Not(HasSubstr("TEMP B-TREE FOR ORDER BY"))) << what;
    }
  }

  std::vector<std::string> plan_of(const std::string& text) {
    std::vector<std::string> steps;
    sqlite3_stmt* statement = nullptr;
    const std::string explain = "EXPLAIN QUERY PLAN " + text;
    EXPECT_EQ(sqlite3_prepare_v2(handle_of(session_), explain.c_str(), -1, &statement, nullptr), SQLITE_OK) << text;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      steps.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
    }
    sqlite3_finalize(statement);
    return steps;
  }

  int64_t steps_of(const Operation& operation) {
    return must(world_.write([&](Tx& tx) -> Result<int64_t> {
      {
        const Watch prepares(tx);  // and takes the steps of earlier runs out of the statements' own count
        LG_TRY(operation(tx));
      }
      const Watch watch(tx);
      LG_TRY(operation(tx));
      return watch.steps();
    }));
  }

  template <class T>
  static Status done(const Result<T>& result) {
    if (!result.has_value()) return std::unexpected(result.error());
    return {};
  }

  LedgerWorld world_;
  // A connection apart: explained statements that write would stay open in the ledger's own.
  soci::session session_{soci::sqlite3, "db=\"" + world_.file().string() + "\""};
};

TEST_F(QueryPlansTest, ListsOfClientsUseAnIndex) {
  using ledger::BatchField;
  using ledger::Comparison;
  const auto list = [&](const std::string& index, const ledger::BatchQuery& query) {
    check_plans(
        index, [&](Tx& tx) { return done(ledger::list_batches(tx, Sight::whole(world_.scope()), query)); }, index);
  };
  list("batch_by_time", {});
  list("batch_of_dataset", {.filters = {{BatchField::dataset_id, Comparison::any_of, {"d"}}}});
  list("batch_by_status",
       {.filters = {{BatchField::status, Comparison::any_of, {"failed"}}}, .order = {{BatchField::created, true}}});
  list("batch_by_time", {.filters = {{BatchField::created, Comparison::greater, {5}}}});
  list("batch_of_dataset_in_status", {.filters = {{BatchField::dataset_id, Comparison::any_of, {"d"}},
                                                  {BatchField::status, Comparison::any_of, {"failed"}}}});
  list("batch_by_user", {.filters = {{BatchField::created_user, Comparison::any_of, {"ann"}}}});
  list("batch_by_update", {.order = {{BatchField::updated}}});
  list("batch_by_start", {.order = {{BatchField::started, true}}});
  list("batch_by_end", {.order = {{BatchField::completed}}});
  list("batch_by_size", {.order = {{BatchField::size, true}}});
  list("batch_by_records", {.order = {{BatchField::record_count, true}}});
  list("batch_by_failed_records", {.order = {{BatchField::failed_record_count, true}}});
  list("batch_by_status", {.order = {{BatchField::status}}});
  list("batch_of_dataset", {.order = {{BatchField::dataset_id, true}}});
  list("batch_by_user", {.order = {{BatchField::created_user}}});
  // What few batches pass is found by the filter and sorted.
  const auto few = [&](const std::string& what, const ledger::BatchQuery& query) {
    check_plans(what, [&](Tx& tx) { return done(ledger::list_batches(tx, Sight::whole(world_.scope()), query)); });
  };
  few("batch_by_status", {.filters = {{BatchField::status, Comparison::any_of, {"failed", "active"}}}});
  few("ids", {.filters = {{BatchField::external_id, Comparison::any_of, {"a", "b"}}}});
  few("tags", {.tags = {{"k", "v"}}});
  few("dates", {.filters = {{BatchField::available_start, Comparison::greater, {5}}}});
  check_plans("dataset files", [&](Tx& tx) { return done(ledger::list_dataset_files(tx, world_.dataset(), 0, 10)); });
}

// What a key with some datasets asks costs what a filter by dataset does.
TEST_F(QueryPlansTest, ListsOfANarrowSightUseAnIndex) {
  using ledger::BatchField;
  const auto sight = [&](std::map<DatasetId, Rights> datasets) {
    return Sight(world_.scope(), Right::read, std::make_shared<const SandboxRights>(Rights(), std::move(datasets)));
  };
  const Sight one = sight({{DatasetId("a"), Right::read}});
  const Sight several = sight({{DatasetId("a"), Right::read}, {DatasetId("b"), Right::read}});
  const std::string own = "batch_of_dataset";
  check_plans("of one", [&](Tx& tx) { return done(ledger::list_batches(tx, one, {})); }, own);
  for (const Sight& narrow : {one, several}) {
    check_plans("batches", [&](Tx& tx) { return done(ledger::list_batches(tx, narrow, {})); });
    check_plans("by size",
                [&](Tx& tx) { return done(ledger::list_batches(tx, narrow, {.order = {{BatchField::size}}})); });
    check_plans("tagged", [&](Tx& tx) { return done(ledger::list_batches(tx, narrow, {.tags = {{"k", "v"}}})); });
    for (const BatchField field : {BatchField::status, BatchField::created_client})
      check_plans("values", [&](Tx& tx) { return done(ledger::unique_values(tx, narrow, field, 9)); });
    check_plans("datasets", [&](Tx& tx) { return done(ledger::list_datasets(tx, narrow, {})); });
    check_plans("tables", [&](Tx& tx) { return done(ledger::list_tables(tx, narrow, "", 9)); });
  }
}

TEST_F(QueryPlansTest, QuestionsUseAnIndex) {
  const BatchId batch = world_.insert_batch();
  const BatchFile file = world_.put_file(batch, "a");
  const DatasetId& dataset = world_.dataset();
  const std::pair<std::string, Operation> questions[] = {
      {"sqlite_autoindex_batch_1",
       [&](Tx& tx) { return done(ledger::find_batch(tx, Sight::whole(world_.scope()), batch)); }},
      {"batch_external_id",
       [&](Tx& tx) { return done(ledger::find_batch_by_external_id(tx, Sight::whole(world_.scope()), "nightly")); }},
      {"batch_of_dataset_in_status", [&](Tx& tx) { return done(ledger::last_batches(tx, dataset)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::batches_in_status(tx, BatchStatus::loading, BatchId(), 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::batches_in_status(tx, BatchStatus::loaded, BatchId(), 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::batches_in_status(tx, BatchStatus::staging, BatchId(), 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::batches_in_status(tx, BatchStatus::staged, BatchId(), 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::batches_in_status(tx, BatchStatus::inactive, BatchId(), 9)); }},
      {"batch_idle", [&](Tx& tx) { return done(ledger::idle_batches(tx, 1, 9)); }},
      {"batch_idle", [&](Tx& tx) { return done(ledger::oldest_activity(tx)); }},
      {"batch_active_since", [&](Tx& tx) { return done(ledger::active_batches_since(tx, dataset, 1, 9)); }},
      {"batch_active_since", [&](Tx& tx) { return done(ledger::dataset_ages(tx, DatasetId(), 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::datasets_with_staged_batches(tx)); }},
      {"batch_living", [&](Tx& tx) { return done(ledger::staged_batches(tx, dataset, 9)); }},
      {"batch_living", [&](Tx& tx) { return done(ledger::living_batches(tx, dataset, 9)); }},
      {"batch_work", [&](Tx& tx) { return done(ledger::swept_batches(tx, 9)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::history(tx, batch)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::find_transition(tx, batch, BatchEvent::abort)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::errors_of(tx, batch)); }},
      {"sqlite_autoindex_batch_file_2", [&](Tx& tx) { return done(ledger::find_file(tx, batch, "a")); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::list_files(tx, batch, 0, 9)); }},
      {"batch_file_open", [&](Tx& tx) { return done(ledger::open_files(tx, batch, 9)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::held_ranges(tx, batch, 1)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::overlapping_range(tx, batch, 1, {0, 9})); }},
      {"sqlite_autoindex_batch_1", [&](Tx& tx) { return done(ledger::count_files(tx, batch)); }},
      {"object_writing", [&](Tx& tx) { return done(ledger::objects_to_sweep(tx, 9, 9, 9)); }},
      {"object_due", [&](Tx& tx) { return done(ledger::next_sweep(tx, 9)); }},
      {"sqlite_autoindex_object_1", [&](Tx& tx) { return done(ledger::list_objects(tx, ObjectKey(), 9)); }},
      {"object_awaiting_verdict", [&](Tx& tx) { return done(ledger::unjudged_files(tx, 9)); }},
      {"sqlite_autoindex_object_1", [&](Tx& tx) { return done(ledger::find_verdict(tx, file.object)); }},
      {"sqlite_autoindex_batch_1", [&](Tx& tx) { return done(ledger::judgement(tx, batch)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::bad_files(tx, batch, 0, 9)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::data_files(tx, batch, 0, 9)); }},
      {"event_of_dataset", [&](Tx& tx) { return done(ledger::list_events(tx, dataset, 0, 9)); }},
      {"SEARCH e USING PRIMARY KEY (sandbox=? AND position>? AND position<?)",
       [&](Tx& tx) { return done(ledger::list_scope_events(tx, Sight::whole(world_.scope()), {})); }},
      {"SEARCH e USING PRIMARY KEY (sandbox=? AND position>? AND position<?)",
       [&](Tx& tx) {
         return done(ledger::list_scope_events(tx, Sight::whole(world_.scope()),
                                               {.datasets = {dataset}, .kinds = {"batch.active"}}));
       }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::newest_position(tx, world_.scope())); }},
      {"event_of_dataset", [&](Tx& tx) { return done(ledger::newest_seq(tx, dataset)); }},
      {"event_of_dataset", [&](Tx& tx) { return done(ledger::first_kept_seq(tx, dataset)); }},
      {"PRIMARY KEY", [&](Tx& tx) { return done(ledger::removed_position(tx, world_.scope())); }},
  };
  for (const auto& [index, question] : questions) check_plans(index, question, index);
  check_plans("waiting work", [&](Tx& tx) { return done(ledger::count_waiting(tx, 9)); });
  // Sorts the few tables that it finds.
  check_plans("retired_batch", [&](Tx& tx) { return done(ledger::tables_with_retired_batches(tx, 9)); });
}

TEST_F(QueryPlansTest, ChangesUseAnIndex) {
  const BatchId batch = world_.insert_batch();
  const ObjectKey whole = world_.begin_object(batch);
  const ObjectKey again = world_.begin_object(batch);
  const ObjectKey parts = world_.begin_object(batch);
  check_plans("a batch's life", [&](Tx& tx) -> Status {
    LG_TRY(ledger::put_whole_file(tx, batch, {.path = "a", .object = whole, .sent_bytes = 1, .sha256 = {}}, 9, 0, 1));
    LG_TRY(ledger::record_verdict(tx, whole, LedgerWorld::good_report(), 1));
    LG_TRY(ledger::put_whole_file(tx, batch, {.path = "a", .object = again, .sent_bytes = 1, .sha256 = {}}, 9, 0, 1));
    LG_TRY(ledger::record_verdict(tx, again, LedgerWorld::bad_report(), 1));
    LG_TRY(ledger::initialize_file(tx, batch, "b", parts, 9, 1));
    LG_TRY(ledger::hold_range(tx, batch, "b", {0, 9}, 9, 9, 1));
    LG_TRY(ledger::complete_file(tx, batch, "b", 1));
    LG_TRY(ledger::touch_batch(tx, batch, 1));
    LG_TRY(ledger::set_totals(tx, batch, {}));
    LG_TRY(ledger::transition(tx, batch, BatchEvent::complete, 1, ""));
    LG_TRY(ledger::transition(tx, batch, BatchEvent::abort, 1, ""));
    LG_TRY(ledger::condemn_batch_objects(tx, batch, 0));
    LG_TRY(ledger::condemn_object(tx, whole, 0));
    return ledger::forget_object(tx, whole, 1);
  });
}

// The same steps for the next one, whether ten or thousands are there.
TEST_F(QueryPlansTest, FullBatchCostsWhatAnEmptyOneCosts) {
  const BatchId batch = world_.insert_batch();
  int64_t files = 0;
  const auto put_next = [&](Tx& tx) -> Status {
    const std::string name = fmt::format("{:08}", ++files);
    const ObjectKey key("2/" + name);
    LG_TRY(ledger::begin_object(tx, key, world_.dataset(), batch, LedgerWorld::epoch));
    LG_TRY(ledger::put_whole_file(tx, batch, {.path = name, .object = key, .sent_bytes = 1, .sha256 = {}}, 1'000'000, 0,
                                  files));
    LG_TRY(ledger::record_verdict(tx, key, LedgerWorld::good_report(), files));
    LG_TRY(ledger::count_files(tx, batch));
    return done(ledger::judgement(tx, batch));
  };
  const auto put_many = [&](int64_t count) {
    must(world_.write([&](Tx& tx) -> Status {
      for (int64_t i = 0; i < count; ++i) LG_TRY(put_next(tx));
      return {};
    }));
  };
  put_many(10);
  const int64_t steps = steps_of(put_next);
  put_many(3'000);
  EXPECT_LE(steps_of(put_next), steps + 10);
  EXPECT_LT(steps, 1'000);
}

TEST_F(QueryPlansTest, PartCostsTheSameHoweverManyAreHeld) {
  const BatchId batch = world_.insert_batch();
  const ObjectKey key = world_.begin_object(batch);
  must(world_.write([&](Tx& tx) { return ledger::initialize_file(tx, batch, "a", key, 10, 1); }));
  int64_t parts = 0;
  const auto hold_next = [&](Tx& tx) -> Status {
    const int64_t begin = (parts++ * 7919) % 100'003;  // all over the file
    return done(ledger::hold_range(tx, batch, "a", {begin, begin + 1}, 1'000'000, 200'000, parts));
  };
  const auto hold_many = [&](int64_t count) {
    must(world_.write([&](Tx& tx) -> Status {
      for (int64_t i = 0; i < count; ++i) LG_TRY(hold_next(tx));
      return {};
    }));
  };
  hold_many(10);
  const int64_t steps = steps_of(hold_next);
  hold_many(5'000);
  EXPECT_LE(steps_of(hold_next), steps + 10);
  EXPECT_LT(steps, 500);
  // So does what each answer says of it.
  const auto ask = [&](Tx& tx) { return done(ledger::find_held_file(tx, batch, "a")); };
  EXPECT_LT(steps_of(ask), 100);
}

TEST_F(QueryPlansTest, TransitionCostsTheSameHoweverManyBatchesAreThere) {
  const auto insert_many = [&](int count) {
    std::vector<Batch> batches(static_cast<size_t>(count));
    for (Batch& batch : batches) batch = world_.new_batch();
    must(world_.write([&](Tx& tx) -> Status {
      for (const Batch& batch : batches) LG_TRY(ledger::insert_batch(tx, batch));
      return {};
    }));
  };
  const auto steps_of_complete = [&] {
    const BatchId first = world_.insert_batch();
    const BatchId second = world_.insert_batch();
    bool moved = false;
    return steps_of([&](Tx& tx) {
      const BatchId& id = std::exchange(moved, true) ? second : first;
      return done(ledger::transition(tx, id, BatchEvent::complete, 1, "COMPLETE by client"));
    });
  };
  insert_many(10);
  const int64_t steps = steps_of_complete();
  insert_many(3'000);
  EXPECT_LE(steps_of_complete(), steps + 10);
  EXPECT_LT(steps, 700);
}

}  // namespace
}  // namespace lakegate
