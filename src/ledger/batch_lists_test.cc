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
         must(world_.read([&](ReadTx& tx) { return ledger::list_batches(tx, Sight::whole(world_.scope()), query); }))) {
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
      {"external id given", {BatchField::external_id, any_of, {"external-1"}}, {1}},
      {"own id where none was given", {BatchField::external_id, any_of, {ids_[2].text(), "external-0"}}, {0, 2}},
      {"own id where one was given", {BatchField::external_id, any_of, {ids_[0].text()}}, {}},
      {"another external id", {BatchField::external_id, none_of, {ids_[2].text(), "external-0"}}, {1}},
      {"external id found by expression", {BatchField::external_id, searches, {"-[01]$"}}, {0, 1}},
      {"connection", {BatchField::other_object, any_of, {"x"}}, {}},
      {"not the connection", {BatchField::other_object, none_of, {"x"}}, {0, 1, 2}},
      {"without connection", {BatchField::other_object, absent, {}}, {0, 1, 2}},
      {"no such status", {BatchField::status, any_of, {}}, {}},
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

// Whether few have the tag or nearly all of them, which are looked for in different ways.
TEST_F(BatchListsTest, FiltersByTags) {
  std::vector<Batch> many(2'100);
  must(world_.write([&](Tx& tx) -> Status {
    for (Batch& batch : many) {
      batch = world_.new_batch();
      batch.dataset_id = other_;
      batch.tags_json = R"({"common": ["a", "b", "a"]})";
      LG_TRY(ledger::insert_batch(tx, batch));
    }
    return {};
  }));
  Batch rare = world_.new_batch();
  rare.tags_json = R"({"common": ["a"], "flow": ["x1"], "percent": 5, "yes": true, "none": null, "deep": {"a": 1}})";
  world_.insert_batch(rare);
  const auto found = [&](std::vector<ledger::TagFilter> tags) {
    const BatchQuery query{.limit = 100, .tags = std::move(tags)};
    const auto batches =
        must(world_.read([&](ReadTx& tx) { return ledger::list_batches(tx, Sight::whole(world_.scope()), query); }));
    const bool has_rare = !batches.empty() && batches.front().id == rare.id;
    return fmt::format("{}{}", batches.size(), has_rare ? " with the rare one" : "");
  };
  EXPECT_EQ(found({{"common", "a"}}), "100 with the rare one");
  EXPECT_EQ(found({{"common", "b"}}), "100");
  EXPECT_EQ(found({{"common", ""}}), "100 with the rare one");
  EXPECT_EQ(found({{"common", "a"}, {"flow", "x1"}}), "1 with the rare one");
  EXPECT_EQ(found({{"flow", "x*"}}), "1 with the rare one");
  EXPECT_EQ(found({{"flow", "y*"}}), "0");
  EXPECT_EQ(found({{"percent", "5"}, {"yes", "true"}}), "1 with the rare one");
  EXPECT_EQ(found({{"none", ""}}), "0");
  EXPECT_EQ(found({{"deep", ""}}), "0");
}

TEST_F(BatchListsTest, UniqueValues) {
  const auto unique = [&](BatchField field, int64_t limit = 10) {
    return must(
        world_.read([&](ReadTx& tx) { return ledger::unique_values(tx, Sight::whole(world_.scope()), field, limit); }));
  };
  EXPECT_THAT(unique(BatchField::status), ElementsAre("active", "failed", "loading"));
  EXPECT_THAT(unique(BatchField::status, 2), ElementsAre("active", "failed"));
  EXPECT_THAT(unique(BatchField::created_user), ElementsAre("user-0", "user-1", "user-2"));
  EXPECT_THAT(unique(BatchField::created_client), ElementsAre("client-0", "client-1", "client-2"));
  EXPECT_THAT(unique(BatchField::record_count), ElementsAre("10", "20", "30"));
  EXPECT_THAT(unique(BatchField::external_id), ElementsAre("external-0", "external-1"));
  EXPECT_THAT(unique(BatchField::other_object), IsEmpty());
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

TEST_F(BatchListsTest, GoesOnBehindAPlace) {
  const ledger::ListPlace middle{2'000, ids_[1].text()};
  EXPECT_THAT(list({.after = middle}), ElementsAre(0));
  EXPECT_THAT(list({.order = {{BatchField::created}}, .after = middle}), ElementsAre(2));
  EXPECT_THAT(list({.filters = {{BatchField::dataset_id, Comparison::any_of, {other_.text()}}}, .after = middle}),
              IsEmpty());
  EXPECT_THAT(list({.filters = {{BatchField::status, Comparison::none_of, {"failed"}}}, .after = middle}),
              ElementsAre(0));
  EXPECT_THAT(list({.start = 1, .limit = 1, .after = ledger::ListPlace{9'000, ""}}), ElementsAre(1));
}

TEST_F(BatchListsTest, RefusesWhatDoesNotFit) {
  const BatchQuery query{.filters = {{BatchField::created, Comparison::any_of, {"yesterday"}}}};
  EXPECT_EQ(refusal_of(world_.read([&](ReadTx& tx) {
              return ledger::list_batches(tx, Sight::whole(world_.scope()), query);
            })).code->id,
            codes::list_parameter_invalid.id);
}

}  // namespace
}  // namespace lakegate
