// A narrow sight shows its datasets and nothing else, in every question that finds batches or datasets; and a hidden id
// costs the statements of one that nobody has.
#include "model/sight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <functional>
#include <vector>

#include "ledger/batch_tags.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/ledger_test_support.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

using namespace sqlite_api;  // SOCI keeps SQLite's names there

class SightTest : public testing::Test {
 protected:
  SightTest() {
    for (const auto& [dataset, name] : {std::pair(mine_, "mine"), std::pair(hidden_, "hidden")}) {
      Batch batch = world_.new_batch();
      batch.dataset_id = dataset;
      batch.external_id = name;
      batch.created_user = name;
      batch.tags_json = std::string(R"({"tag": [")") + name + "\"]}";
      world_.insert_batch(batch);
      (dataset == mine_ ? batch_ : hidden_batch_) = batch.id;
    }
  }

  // All rights on `mine`, `more` on everything.
  Sight sight(Right wanted, Rights more = {}) const {
    return {world_.scope(), wanted,
            std::make_shared<const SandboxRights>(more, std::map<DatasetId, Rights>{{mine_, Rights::all()}})};
  }

  template <class Question>
  auto read(Question question) {
    return world_.read([&](ReadTx& tx) { return question(tx); });
  }

  std::vector<BatchId> listed(const Sight& of, const ledger::BatchQuery& query) {
    std::vector<BatchId> ids;
    for (const Batch& batch : must(read([&](ReadTx& tx) { return ledger::list_batches(tx, of, query); })))
      ids.push_back(batch.id);
    return ids;
  }

  // The texts of the statements, and how many rows they looked for.
  std::vector<std::string> statements(const std::function<void(ReadTx&)>& question) {
    std::vector<std::string> texts;
    must(read([&](ReadTx& tx) -> Status {
      auto* backend = static_cast<soci::sqlite3_session_backend*>(tx.connection().session().get_backend());
      const auto note = [](unsigned, void* self, void* statement, void*) {
        static_cast<std::vector<std::string>*>(self)->emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
        return 0;
      };
      sqlite3_trace_v2(backend->conn_, SQLITE_TRACE_PROFILE, note, &texts);
      question(tx);
      sqlite3_trace_v2(backend->conn_, 0, nullptr, nullptr);
      return {};
    }));
    return texts;
  }

  LedgerWorld world_;
  DatasetId mine_ = world_.insert_dataset(world_.scope(), "mine");
  DatasetId hidden_ = world_.insert_dataset(world_.scope(), "hidden");
  BatchId batch_;
  BatchId hidden_batch_;
};

TEST_F(SightTest, WhatItDoesNotSeeIsAnsweredAsWhatNobodyHas) {
  const Sight narrow = sight(Right::read);
  const auto same = [&](auto ask, const auto& hidden, const auto& absent) {
    const Error one = refusal_of(read([&](ReadTx& tx) { return ask(tx, hidden); }));
    const Error other = refusal_of(read([&](ReadTx& tx) { return ask(tx, absent); }));
    EXPECT_EQ(one.code, other.code);
    std::string text = one.message;
    std::string name;
    if constexpr (requires { hidden.text(); }) {
      name = hidden.text();
      text.replace(text.find(name), name.size(), absent.text());
    } else {
      name = hidden;
      text.replace(text.find(name), name.size(), absent);
    }
    EXPECT_EQ(text, other.message);
    EXPECT_EQ(statements([&](ReadTx& tx) { (void)ask(tx, hidden); }),
              statements([&](ReadTx& tx) { (void)ask(tx, absent); }));
    EXPECT_THAT(statements([&](ReadTx& tx) { (void)ask(tx, hidden); }), SizeIs(1));
  };
  same([&](ReadTx& tx, const DatasetId& id) { return ledger::find_dataset(tx, narrow, id); }, hidden_,
       DatasetId("ffffffffffffffffffffffff"));
  same([&](ReadTx& tx, const BatchId& id) { return ledger::find_batch(tx, narrow, id); }, hidden_batch_,
       BatchId("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  same([&](ReadTx& tx, const BatchId& id) { return ledger::find_batch_of_dataset(tx, narrow, id, hidden_); },
       hidden_batch_, BatchId("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  same([&](ReadTx& tx, const std::string& name) { return ledger::find_dataset_by_table(tx, narrow, name); },
       std::string("hidden"), std::string("absent"));
}

TEST_F(SightTest, OtherScopesAreAnsweredAsWhatNobodyHas) {
  for (const Scope& scope : {world_.other_org(), world_.other_sandbox()}) {
    const Sight other = Sight::whole(scope);
    EXPECT_EQ(refusal_of(read([&](ReadTx& tx) { return ledger::find_dataset(tx, other, mine_); })).code,
              &codes::dataset_not_found);
    EXPECT_EQ(refusal_of(read([&](ReadTx& tx) { return ledger::find_batch(tx, other, batch_); })).code,
              &codes::batch_not_found);
    EXPECT_EQ(statements([&](ReadTx& tx) { (void)ledger::find_batch(tx, other, batch_); }),
              statements([&](ReadTx& tx) { (void)ledger::find_batch(tx, other, BatchId("none")); }));
  }
}

TEST_F(SightTest, WhatItSeesWithoutTheRightIsForbidden) {
  const Sight ingest = sight(Right::ingest, Right::read);
  const Error dataset = refusal_of(read([&](ReadTx& tx) { return ledger::find_dataset(tx, ingest, hidden_); }));
  EXPECT_EQ(dataset.code, &codes::right_missing_on_dataset);
  EXPECT_THAT(dataset.message, testing::HasSubstr("\"ingest\" on dataset " + hidden_.text()));
  EXPECT_EQ(refusal_of(read([&](ReadTx& tx) { return ledger::find_batch(tx, ingest, hidden_batch_); })).code,
            &codes::right_missing_on_dataset);
  EXPECT_EQ(refusal_of(read([&](ReadTx& tx) { return ledger::find_dataset_by_table(tx, ingest, "hidden"); })).code,
            &codes::right_missing_on_dataset);
  EXPECT_EQ(must(read([&](ReadTx& tx) { return ledger::find_batch(tx, ingest, batch_); })).id, batch_);
  EXPECT_EQ(must(read([&](ReadTx& tx) { return ledger::find_batch(tx, ingest.with(Right::read), hidden_batch_); })).id,
            hidden_batch_);
}

TEST_F(SightTest, ListsShowWhatMayBeRead) {
  const Sight narrow = sight(Right::read);
  EXPECT_THAT(listed(narrow, {}), ElementsAre(batch_));
  EXPECT_THAT(listed(narrow, {.filters = {{ledger::BatchField::external_id, ledger::Comparison::any_of, {"hidden"}}}}),
              IsEmpty());
  EXPECT_THAT(listed(narrow, {.filters = {{ledger::BatchField::external_id, ledger::Comparison::none_of, {"mine"}}}}),
              IsEmpty());
  EXPECT_THAT(
      listed(narrow, {.filters = {{ledger::BatchField::dataset_id, ledger::Comparison::any_of, {hidden_.text()}}}}),
      IsEmpty());
  EXPECT_THAT(listed(narrow, {.order = {{ledger::BatchField::size}}}), ElementsAre(batch_));
  EXPECT_THAT(listed(narrow, {.tags = {{"tag", ""}}}), ElementsAre(batch_));
  EXPECT_THAT(listed(narrow, {.tags = {{"tag", "hidden"}}}), IsEmpty());
  EXPECT_THAT(listed(narrow.with(Right::read), {.limit = 1, .tags = {{"tag", "*"}}}), ElementsAre(batch_));
  EXPECT_THAT(listed(Sight::whole(world_.scope()), {}), UnorderedElementsAre(batch_, hidden_batch_));
}

TEST_F(SightTest, ListsOfSeveralDatasetsAreAllOfThem) {
  const Sight two(world_.scope(), Right::read,
                  std::make_shared<const SandboxRights>(
                      Rights(), std::map<DatasetId, Rights>{{mine_, Right::read}, {hidden_, Right::read}}));
  const Sight none(world_.scope(), Right::manage,
                   std::make_shared<const SandboxRights>(Rights(), std::map<DatasetId, Rights>{{mine_, Right::read}}));
  world_.insert_batch();  // of a third
  EXPECT_THAT(listed(two, {}), UnorderedElementsAre(batch_, hidden_batch_));
  EXPECT_THAT(listed(none, {}), IsEmpty());
  const auto users =
      must(read([&](ReadTx& tx) { return ledger::unique_values(tx, two, ledger::BatchField::created_user, 10); }));
  EXPECT_THAT(users, ElementsAre("hidden", "mine"));
}

TEST_F(SightTest, DatasetsTablesValuesAndTagsAreThoseOfItsDatasets) {
  const Sight narrow = sight(Right::read);
  const auto datasets = must(read([&](ReadTx& tx) { return ledger::list_datasets(tx, narrow, {}); }));
  ASSERT_THAT(datasets, SizeIs(1));
  EXPECT_EQ(datasets.front().id, mine_);
  const auto tables = must(read([&](ReadTx& tx) { return ledger::list_tables(tx, narrow, "", 10); }));
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_EQ(tables.front().id, mine_);
  for (const auto& [field, value] :
       {std::pair(ledger::BatchField::created_user, "mine"), std::pair(ledger::BatchField::external_id, "mine")}) {
    EXPECT_THAT(must(read([&](ReadTx& tx) { return ledger::unique_values(tx, narrow, field, 10); })),
                ElementsAre(value));
  }
  const auto tags = must(read([&](ReadTx& tx) { return ledger::tag_values(tx, narrow, "tag", 10); }));
  ASSERT_THAT(tags, SizeIs(1));
  EXPECT_EQ(tags.front().value, "mine");
  EXPECT_FALSE(
      must(read([&](ReadTx& tx) { return ledger::find_batch_by_external_id(tx, narrow, "hidden"); })).has_value());
}

// A name is taken all the same; whose it is, is not said.
TEST_F(SightTest, AHiddenExternalIdIsTaken) {
  Batch batch = world_.new_batch();
  batch.dataset_id = mine_;
  batch.external_id = "hidden";
  const Error taken = refusal_of(world_.write([&](Tx& tx) { return ledger::insert_batch(tx, batch); }));
  EXPECT_EQ(taken.code, &codes::external_id_taken);
  EXPECT_THAT(taken.message, testing::Not(testing::HasSubstr(hidden_batch_.text())));
}

}  // namespace
}  // namespace lakegate
