#include "pipeline/batch_creation.h"

#include <gtest/gtest.h>

#include "ledger/datasets.h"
#include "pipeline/batch_world_test_support.h"

namespace lakegate::pipeline {
namespace {

using ledger::code_of;

TEST(BatchCreation, KeepsWhatWasOrdered) {
  BatchWorld world;
  const Batch made = must(world.create({.dataset = world.dataset(),
                                        .external_id = "feed-1",
                                        .format = InputFormat::json,
                                        .input_format_json = R"({"format":"JSON"})",
                                        .tags_json = R"({"a":["b"]})"},
                                       "B1"));
  const Batch found = world.find(BatchId("B1"));
  for (const Batch& batch : {made, found}) {
    EXPECT_EQ(batch.id, BatchId("B1"));
    EXPECT_EQ(batch.dataset_id, world.dataset());
    EXPECT_EQ(batch.status, BatchStatus::loading);
    EXPECT_EQ(batch.external_id, "feed-1");
    EXPECT_EQ(batch.format, InputFormat::json);
    EXPECT_EQ(batch.input_format_json, R"({"format":"JSON"})");
    EXPECT_EQ(batch.tags_json, R"({"a":["b"]})");
    EXPECT_EQ(batch.created, world.clock().now_ms());
    EXPECT_EQ(batch.updated, batch.created);
    EXPECT_EQ(batch.created_user, "user-1");
    EXPECT_EQ(batch.updated_user, "user-1");
    EXPECT_EQ(batch.created_client, "client-1");
    EXPECT_EQ(batch.version, 0);
  }
}

TEST(BatchCreation, PinsTheSchemaOfTheMoment) {
  BatchWorld world;
  const Batch before = must(world.create({.dataset = world.dataset()}, "B1"));
  must(world.ledger().write([&](Tx& tx) -> Result<Dataset> {
    LG_ASSIGN(Dataset dataset, ledger::find_dataset(tx, world.client().scope, world.dataset()));
    LG_TRY(ledger::pin_schema(tx, {.dataset_id = dataset.id, .schema_version = 2}));
    dataset.schema_version = 2;
    const int64_t version = dataset.version;
    return ledger::update_dataset(tx, std::move(dataset), version);
  }));
  EXPECT_EQ(before.schema_version, 1);
  EXPECT_EQ(must(world.create({.dataset = world.dataset()}, "B2")).schema_version, 2);
  EXPECT_EQ(world.find(before.id).schema_version, 1);
}

TEST(BatchCreation, ExternalIdFindsTheBatchAgain) {
  BatchWorld world;
  const BatchOrder order{.dataset = world.dataset(), .external_id = "feed-1", .tags_json = R"({"try":["1"]})"};
  const Batch first = must(world.create(order, "B1"));
  BatchOrder again = order;
  again.tags_json = R"({"try":["2"]})";
  const Batch second = must(world.create(again, "B2"));
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.tags_json, order.tags_json);

  must(world.actions().abort(world.client(), first.id));
  EXPECT_EQ(must(world.create(order, "B3")).status, BatchStatus::aborted) << "as it is by now";

  BatchOrder elsewhere = order;
  elsewhere.dataset = world.other_dataset();
  const auto refused = world.create(elsewhere, "B4");
  EXPECT_EQ(code_of(refused), "LG-1105-409");
  EXPECT_NE(refused.error().message.find("B1"), std::string::npos) << refused.error().message;
  BatchOrder other_format = order;
  other_format.format = InputFormat::csv;
  EXPECT_EQ(code_of(world.create(other_format, "B5")), "LG-1105-409");
}

TEST(BatchCreation, WithoutExternalIdEveryBatchIsNew) {
  BatchWorld world;
  EXPECT_EQ(must(world.create({.dataset = world.dataset()}, "B1")).id, BatchId("B1"));
  EXPECT_EQ(must(world.create({.dataset = world.dataset()}, "B2")).id, BatchId("B2"));
}

TEST(BatchCreation, OnlyForDatasetsThatTheClientHas) {
  BatchWorld world;
  EXPECT_EQ(code_of(world.create({.dataset = DatasetId("none")}, "B1")), "LG-1300-404");
  const auto theirs = world.ledger().write(
      [&](Tx& tx) { return create_batch(tx, world.other_client(), {.dataset = world.dataset()}, BatchId("B2"), 1); });
  EXPECT_EQ(code_of(theirs), "LG-1300-404");
  must(world.ledger().write([&](Tx& tx) {
    return ledger::delete_dataset(tx, world.client().scope, world.dataset(), world.clock().now_ms(), "user-1");
  }));
  EXPECT_EQ(code_of(world.create({.dataset = world.dataset()}, "B3")), "LG-1300-404");
}

}  // namespace
}  // namespace lakegate::pipeline
