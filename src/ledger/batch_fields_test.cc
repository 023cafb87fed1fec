#include "ledger/batch_fields.h"

#include <gtest/gtest.h>

#include "ledger/batches.h"
#include "ledger/ledger_test_support.h"
#include "model/error_codes.h"

namespace lakegate {
namespace {

using ledger::AvailableDates;
using ledger::BatchField;
using ledger::Comparison;

TEST(BatchFields, ChangeOnceForEachVersionAndAreFound) {
  LedgerWorld world;
  Batch batch = world.new_batch();
  batch.tags_json = R"({"old": ["x"]})";
  world.insert_batch(batch);
  const BatchId other = world.insert_batch();
  batch.tags_json = R"({"new": ["y"]})";
  batch.updated = batch.created + 7;
  batch.updated_user = "bob@acme";
  const auto store = [&](const AvailableDates& dates) {
    return world.write([&](Tx& tx) { return ledger::update_batch_fields(tx, batch, dates); });
  };
  const Batch stored = must(store({.start = 10, .end = 20}));
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(stored.tags_json, batch.tags_json);
  EXPECT_EQ(stored.updated, batch.updated);
  EXPECT_EQ(stored.updated_user, "bob@acme");
  EXPECT_EQ(stored.status, BatchStatus::loading);
  EXPECT_EQ(refusal_of(store({})).code->id, codes::precondition_failed.id);

  const auto count = [&](const ledger::BatchQuery& query) {
    return must(world.read([&](ReadTx& tx) { return ledger::list_batches(tx, Sight::whole(world.scope()), query); }))
        .size();
  };
  const auto by_date = [&](BatchField field, Comparison comparison, std::vector<ledger::FilterValue> values) {
    return count({.filters = {{field, comparison, std::move(values)}}});
  };
  EXPECT_EQ(count({.tags = {{"old", ""}}}), 0);
  EXPECT_EQ(count({.tags = {{"new", "y"}}}), 1);
  EXPECT_EQ(by_date(BatchField::available_start, Comparison::greater, {9}), 1);
  EXPECT_EQ(by_date(BatchField::available_start, Comparison::greater, {10}), 0);
  EXPECT_EQ(by_date(BatchField::available_end, Comparison::less, {21}), 1);
  EXPECT_EQ(by_date(BatchField::available_end, Comparison::exists, {}), 1);
  EXPECT_EQ(by_date(BatchField::available_end, Comparison::absent, {}), 1);
  EXPECT_EQ(by_date(BatchField::available_end, Comparison::none_of, {20}), 1);
  const auto dates = [&](const BatchId& id) {
    return must(world.read([&](ReadTx& tx) { return ledger::available_dates(tx, id); }));
  };
  EXPECT_EQ(dates(batch.id), (AvailableDates{.start = 10, .end = 20}));
  EXPECT_EQ(dates(other), AvailableDates());
}

}  // namespace
}  // namespace lakegate
