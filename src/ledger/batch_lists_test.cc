// Lists of batches: every field can be filtered and ordered by; list_sql_test.cc has every comparison.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using ledger::BatchField;
using ledger::BatchQuery;
using ledger::Comparison;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

// Three batches: [0] active, [1] failed, [2] loading, each with values of its own in every field.
class BatchListsTest : public testing::Test {
 protected:
  BatchListsTest() {
    for (int i = 0; i < 3; ++i) {
      Batch batch = world_.new_batch();
      batch.external_id = i == 2 ? "" : fmt::format("external-{}", i);
      batch.created = batch.updated = 1'000 + i * 1'000;
      batch.created_user = batch.updated_user = fmt::format("user-{}", i);
      batch.created_client = fmt::format("client-{}", i);
      if (i == 1) batch.dataset_id = other_;
      ids_.push_back(world_.insert_batch(batch));
      must(world_.write([&](Tx& tx) {
        return ledger::set_totals(
            tx, batch.id,
            {.file_count = 1, .size_bytes = 100 * (i + 1), .record_count = 10 * (i + 1), .failed_record_count = i});
      }));
    }
    world_.move_to(ids_[0], BatchStatus::active);
    world_.move_to(ids_[1], BatchStatus::failed);
    Batch elsewhere = world_.new_batch();
    elsewhere.scope = world_.other_sandbox();
    elsewhere.dataset_id = world_.insert_dataset(elsewhere.scope, "events");
    world_.insert_batch(elsewhere);
  }

  std::vector<size_t> list(const BatchQuery& query) {
    std::vector<size_t> found;
    for (const Batch& batch :
         must(world_.read([&](ReadTx& tx) { return ledger::list_batches(tx, world_.scope(), query); }))) {
      found.push_back(static_cast<size_t>(std::ranges::find(ids_, batch.id) - ids_.begin()));
    }
    return found;
  }

  LedgerWorld world_;
  const DatasetId other_ = world_.insert_dataset(world_.scope(), "other");
  std::vector<BatchId> ids_;
};

TEST_F(BatchListsTest, FiltersByEveryField) {
  using enum Comparison;
  struct Case {
    std::string_view what;
    ledger::Filter<BatchField> filter;
    std::vector<size_t> expected;
  };
  const Case cases[] = {
      {"id", {BatchField::id, any_of, {ids_[1].text()}}, {1}},
      {"external id", {BatchField::external_id, matches, {"external-*"}}, {0, 1}},
      {"no external id", {BatchField::external_id, absent, {}}, {2}},
      {"dataset", {BatchField::dataset_id, any_of, {other_.text()}}, {1}},
      {"status", {BatchField::status, any_of, {"active", "loading"}}, {0, 2}},
      {"not the status", {BatchField::status, none_of, {"failed"}}, {0, 2}},
      {"created", {BatchField::created, greater, {1'000}}, {1, 2}},
      {"updated", {BatchField::updated, less_or_equal, {3'000}}, {2}},
      {"started", {BatchField::started, exists, {}}, {0}},
      {"completed", {BatchField::completed, absent, {}}, {2}},
      {"records", {BatchField::record_count, greater_or_equal, {20}}, {1, 2}},
      {"failed records", {BatchField::failed_record_count, any_of, {0, 2}}, {0, 2}},
      {"size", {BatchField::size, less, {200}}, {0}},
      {"created by", {BatchField::created_user, any_of, {"user-2"}}, {2}},
      {"updated by", {BatchField::updated_user, any_of, {"user-1"}}, {1}},
      {"client", {BatchField::created_client, any_of, {"client-0"}}, {0}},
      {"version", {BatchField::version, any_of, {1}}, {1}},
  };
  for (const Case& row : cases) {
    EXPECT_THAT(list({.filters = {row.filter}, .order = {{BatchField::created}}}), ElementsAreArray(row.expected))
        << row.what;
  }
}

TEST_F(BatchListsTest, OrdersByEveryField) {
  EXPECT_THAT(list({}), ElementsAre(2, 1, 0));
  for (const BatchField field :
       {BatchField::id, BatchField::created, BatchField::record_count, BatchField::failed_record_count,
        BatchField::size, BatchField::created_user, BatchField::updated_user, BatchField::created_client}) {
    EXPECT_THAT(list({.order = {{field}}}), ElementsAre(0, 1, 2)) << static_cast<int>(field);
    EXPECT_THAT(list({.order = {{field, true}}}), ElementsAre(2, 1, 0)) << static_cast<int>(field);
  }
  EXPECT_THAT(list({.order = {{BatchField::status}}}), ElementsAre(0, 1, 2)) << "active, failed, loading";
  EXPECT_THAT(list({.order = {{BatchField::started, true}}}), ElementsAre(0, 2, 1));
  EXPECT_THAT(list({.order = {{BatchField::version}}}), ElementsAre(2, 1, 0));
}

TEST_F(BatchListsTest, Pages) {
  EXPECT_THAT(list({.start = 0, .limit = 2}), ElementsAre(2, 1));
  EXPECT_THAT(list({.start = 2, .limit = 2}), ElementsAre(0));
  EXPECT_THAT(list({.start = 3, .limit = 2}), IsEmpty());
}

TEST_F(BatchListsTest, RefusesWhatDoesNotFit) {
  const BatchQuery query{.filters = {{BatchField::created, Comparison::any_of, {"yesterday"}}}};
  EXPECT_EQ(
      refusal_of(world_.read([&](ReadTx& tx) { return ledger::list_batches(tx, world_.scope(), query); })).code->id,
      codes::list_parameter_invalid.id);
}

}  // namespace
}  // namespace lakegate
