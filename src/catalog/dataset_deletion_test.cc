#include "catalog/dataset_deletion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/catalog_test_support.h"
#include "ledger/audit.h"
#include "ledger/events.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "model/error_codes.h"

namespace lakegate::catalog {
namespace {

using enum BatchStatus;

constexpr Millis grace = 1'000;

class DatasetDeletionTest : public testing::Test {
 protected:
  // A batch of ours with one file, in that state.
  BatchId batch_in(BatchStatus status) {
    Batch batch = world_.new_batch();
    batch.dataset_id = dataset_.id;
    world_.insert_batch(batch);
    objects_[batch.id] = world_.put_file(batch.id, "a.parquet").object;
    world_.move_to(batch.id, status);
    return batch.id;
  }

  ObjectKey table_object(const char* name) {
    const ObjectKey key(name);
    must(world_.write([&](Tx& tx) -> Status {
      LG_TRY(ledger::begin_object(tx, key, dataset_.id, BatchId(), LedgerWorld::epoch));
      return ledger::keep_object(tx, key);
    }));
    return key;
  }

  ledger::ObjectRow object(const ObjectKey& key) {
    return must(world_.read([&](ReadTx& tx) { return ledger::find_object(tx, key); })).value();
  }

  bool has_table() {
    return world_.read([&](ReadTx& tx) { return ledger::load_table(tx, dataset_.id); }).has_value();
  }

  DatasetDeletion parts() {
    return {.ledger = world_.ledger(), .clock = world_.clock, .reader_grace = grace, .batches_per_write = 2};
  }

  CatalogWorld world_;
  const Dataset dataset_ = must(world_.create(R"({"name": "Orders", "schemaRef": {"id": "schema"}})"));
  std::map<BatchId, ObjectKey> objects_;
};

TEST_F(DatasetDeletionTest, MovesEveryBatchOnAndCondemnsWhatIsLeft) {
  std::map<BatchStatus, BatchId> batches;
  for (const BatchStatus status : {loading, loaded, staging, staged, active, failed, aborted}) {
    batches[status] = batch_in(status);
  }
  must(delete_dataset(parts(), dataset_.id, std::nullopt, world_.author()));

  const auto found =
      world_.read([&](ReadTx& tx) { return ledger::find_dataset(tx, Sight::whole(world_.scope()), dataset_.id); });
  EXPECT_EQ(refusal_of(found).code->id, codes::dataset_not_found.id);
  const std::map<BatchStatus, BatchStatus> expected{{loading, failed}, {loaded, failed},   {staging, failed},
                                                    {staged, failed},  {active, inactive}, {failed, failed},
                                                    {aborted, aborted}};
  for (const auto& [before, after] : expected) {
    EXPECT_EQ(world_.batch(batches[before]).status, after) << to_string(before);
  }
  for (const BatchStatus before : {loading, loaded, staging, staged}) {
    const auto errors = must(world_.read([&](ReadTx& tx) { return ledger::errors_of(tx, batches[before]); }));
    ASSERT_EQ(errors.size(), 1);
    EXPECT_EQ(errors[0].code, codes::dataset_deleted.id);
    EXPECT_THAT(errors[0].description, testing::AllOf(testing::HasSubstr("Orders"), testing::HasSubstr("ann@acme")));
    EXPECT_EQ(object(objects_[batches[before]]).due, 0) << "no reader ever saw it";
  }
  EXPECT_EQ(object(objects_[batches[active]]).due, world_.clock.now_ms() + grace);
  EXPECT_FALSE(has_table());
  const auto events = must(world_.read([&](ReadTx& tx) { return ledger::list_events(tx, dataset_.id, 0, 99); }));
  EXPECT_EQ(std::ranges::count(events, "dataset.deleted", &ledger::Event::kind), 1);
  const auto audit =
      must(world_.read([&](ReadTx& tx) { return ledger::list_audit(tx, world_.scope().org, dataset_.id.text(), 9); }));
  EXPECT_EQ(audit.front().action, "dataset.delete");
}

TEST_F(DatasetDeletionTest, TheTablesOwnObjectsFollow) {
  const ObjectKey list = table_object("1/d/metadata/list.avro");
  const ObjectKey manifest = table_object("1/d/metadata/manifest.avro");
  TableState table = must(world_.read([&](ReadTx& tx) { return ledger::load_table(tx, dataset_.id); }));
  table.version = 2;
  table.last_sequence_number = 1;
  table.snapshots = {{.snapshot_id = 7,
                      .parent_snapshot_id = {},
                      .sequence_number = 1,
                      .timestamp = 5,
                      .manifest_list = list,
                      .schema_id = 0,
                      .summary = {{"operation", "append"}}}};
  table.manifests = {{.object = manifest, .length_bytes = 9, .sequence_number = 1, .min_sequence_number = 1}};
  must(world_.write([&](Tx& tx) { return ledger::store_table(tx, table); }));
  const ObjectKey file("1/d/metadata/2.metadata.json");
  must(world_.write([&](Tx& tx) -> Status {
    LG_TRY(ledger::begin_object(tx, file, dataset_.id, BatchId(), LedgerWorld::epoch));
    return ledger::set_metadata_file(tx, dataset_.id, {.object = file, .version = 2}, 0);
  }));

  must(delete_dataset(parts(), dataset_.id, std::nullopt, world_.author()));
  for (const ObjectKey& key : {list, manifest, file}) {
    EXPECT_EQ(object(key).due, world_.clock.now_ms() + grace) << key.text();
    must(world_.write([&](Tx& tx) { return ledger::forget_object(tx, key, LedgerWorld::epoch); }));
  }
}

// The server stopped after the commit that deleted: nobody finds the dataset, and the next start does the rest.
TEST_F(DatasetDeletionTest, IsFinishedAfterAStop) {
  std::vector<BatchId> batches;
  for (int i = 0; i < 5; ++i) batches.push_back(batch_in(loading));
  must(world_.write(
      [&](Tx& tx) { return ledger::delete_dataset(tx, Sight::whole(world_.scope()), dataset_.id, 9, "ann@acme"); }));
  EXPECT_TRUE(has_table());
  EXPECT_EQ(must(finish_deletions(parts())), 1);
  for (const BatchId& batch : batches) EXPECT_EQ(world_.batch(batch).status, failed);
  EXPECT_FALSE(has_table());
  EXPECT_EQ(must(finish_deletions(parts())), 0);
}

TEST_F(DatasetDeletionTest, Refusals) {
  const auto refused = [&](const DatasetId& id, std::optional<int64_t> version, const Scope& scope) {
    Author author = world_.author();
    author.scope = Sight::whole(scope);
    return refusal_of(delete_dataset(parts(), id, version, author)).code->id;
  };
  EXPECT_EQ(refused(DatasetId("nothing"), {}, world_.scope()), codes::dataset_not_found.id);
  EXPECT_EQ(refused(dataset_.id, {}, world_.other_org()), codes::dataset_not_found.id);
  EXPECT_EQ(refused(dataset_.id, 3, world_.scope()), codes::precondition_failed.id);
  EXPECT_TRUE(has_table());
  must(delete_dataset(parts(), dataset_.id, 0, world_.author()));
  EXPECT_EQ(refused(dataset_.id, {}, world_.scope()), codes::dataset_not_found.id);
}

TEST_F(DatasetDeletionTest, FreesItsTableName) {
  must(delete_dataset(parts(), dataset_.id, std::nullopt, world_.author()));
  EXPECT_EQ(must(world_.create(R"({"name": "Orders", "schemaRef": {"id": "schema"}})")).table_name, "orders");
}

}  // namespace
}  // namespace lakegate::catalog
