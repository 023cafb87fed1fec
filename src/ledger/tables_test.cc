#include "ledger/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/datasets.h"
#include "ledger/sql.h"
#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TableSchema schema(int32_t id) {
  return {.schema_id = id,
          .columns = {{.field_id = 1, .name = "a", .table_name = "a", .kind = TypeKind::int64, .children = {}}}};
}

void expect_equal(const Snapshot& a, const Snapshot& b) {
  EXPECT_EQ(a.snapshot_id, b.snapshot_id);
  EXPECT_EQ(a.parent_snapshot_id, b.parent_snapshot_id);
  EXPECT_EQ(a.sequence_number, b.sequence_number);
  EXPECT_EQ(a.timestamp, b.timestamp);
  EXPECT_EQ(a.manifest_list, b.manifest_list);
  EXPECT_EQ(a.schema_id, b.schema_id);
  EXPECT_EQ(a.summary, b.summary);
}

void expect_equal(const TableState& a, const TableState& b) {
  EXPECT_EQ(a.dataset_id, b.dataset_id);
  EXPECT_EQ(a.uuid, b.uuid);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.last_sequence_number, b.last_sequence_number);
  EXPECT_EQ(a.last_updated, b.last_updated);
  EXPECT_EQ(a.last_column_id, b.last_column_id);
  EXPECT_EQ(a.current_schema_id, b.current_schema_id);
  EXPECT_EQ(a.schemas, b.schemas);
  EXPECT_EQ(a.properties, b.properties);
  EXPECT_EQ(a.manifests, b.manifests);
  ASSERT_EQ(a.snapshots.size(), b.snapshots.size());
  for (size_t i = 0; i < a.snapshots.size(); ++i) expect_equal(a.snapshots[i], b.snapshots[i]);
}

class TablesTest : public testing::Test {
 protected:
  TableState new_table(const DatasetId& dataset) {
    return {.dataset_id = dataset,
            .uuid = "uuid of " + dataset.text(),
            .version = 1,
            .last_updated = 5,
            .last_column_id = 1,
            .schemas = {schema(0)},
            .properties = {{"write.format.default", "parquet"}, {"ü", "\"x\""}}};
  }
  ManifestFile new_manifest(const TableState& table) {
    const int64_t number = ++objects_;
    return {.object = world_.add_object(table.dataset_id, "manifest " + std::to_string(number)),
            .length_bytes = 1'000 + number,
            .sequence_number = number,
            .min_sequence_number = number - 1,
            .added_snapshot_id = number + 2,
            .counts = {1, 2, 3, 4, 5, 6}};
  }
  // What an append round does to the state.
  void add_round(TableState& table) {
    const int64_t number = ++table.last_sequence_number;
    table.manifests.push_back(new_manifest(table));
    Snapshot snapshot{.snapshot_id = 1'000'000'000'000'000'000 - number,
                      .sequence_number = number,
                      .timestamp = 100 + number,
                      .manifest_list = world_.add_object(table.dataset_id, "list " + std::to_string(++objects_)),
                      .schema_id = table.current_schema_id,
                      .summary = {{"operation", "append"}, {"total-records", std::to_string(number)}}};
    if (!table.snapshots.empty()) snapshot.parent_snapshot_id = table.snapshots.back().snapshot_id;
    table.snapshots.push_back(std::move(snapshot));
    table.last_updated = 100 + number;
    ++table.version;
  }
  TableState insert(const DatasetId& dataset) {
    const TableState table = new_table(dataset);
    must(world_.write([&](Tx& tx) { return insert_table(tx, table); }));
    return table;
  }
  Status store(const TableState& table) {
    return world_.write([&](Tx& tx) { return store_table(tx, table); });
  }
  Result<TableState> load(const DatasetId& dataset) {
    return world_.read([&](ReadTx& tx) { return load_table(tx, dataset); });
  }
  // Stores it and returns how many rows that wrote.
  int64_t rows_of_storing(const TableState& table) {
    return must(world_.write([&](Tx& tx) -> Result<int64_t> {
      const StatementCosts costs(tx);
      LG_TRY(store_table(tx, table));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      return costs.rows_written();
    }));
  }

  TwoSandboxes world_;
  int64_t objects_ = 0;
  const DatasetId dataset_ = world_.add_dataset("a");
};

TEST_F(TablesTest, ComesBackWhole) {
  insert(world_.add_dataset("another"));
  TableState table = insert(dataset_);
  expect_equal(must(load(dataset_)), table);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return table_version(tx, dataset_); })), 1);
  add_round(table);
  must(store(table));
  table.properties = {};
  table.schemas.push_back(schema(1));
  table.current_schema_id = 1;
  table.last_column_id = 7;
  add_round(table);
  must(store(table));
  expect_equal(must(load(dataset_)), table);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return table_version(tx, dataset_); })), 3);
  must(world_.read([&](ReadTx& tx) -> Status {
    const StatementCosts costs(tx);
    LG_TRY(load_table(tx, dataset_));
    EXPECT_EQ(costs.statements(), 4);
    EXPECT_THAT(costs.full_scans(), IsEmpty());
    return {};
  }));
}

TEST_F(TablesTest, InsertRefusals) {
  EXPECT_EQ(code_of(load(dataset_)), codes::not_found.id);
  EXPECT_EQ(code_of(world_.read([&](ReadTx& tx) { return table_version(tx, dataset_); })), codes::not_found.id);
  TableState table = new_table(dataset_);
  EXPECT_EQ(code_of(store(table)), codes::not_found.id);
  table.version = 2;
  EXPECT_EQ(code_of(world_.write([&](Tx& tx) { return insert_table(tx, table); })), codes::internal.id);
  insert(dataset_);
  table.version = 1;
  EXPECT_EQ(code_of(world_.write([&](Tx& tx) { return insert_table(tx, table); })), codes::conflict.id);
}

TEST_F(TablesTest, OfTwoThatStartedFromOneVersionOneWins) {
  TableState ours = insert(dataset_);
  TableState theirs = ours;
  add_round(ours);
  add_round(theirs);
  must(store(ours));
  EXPECT_EQ(code_of(store(theirs)), codes::conflict.id);
  expect_equal(must(load(dataset_)), ours);
  ++theirs.version;
  ++theirs.version;
  EXPECT_EQ(code_of(store(theirs)), codes::conflict.id) << "a version too far";
  expect_equal(must(load(dataset_)), ours);
}

TEST_F(TablesTest, RefersToNothingThatIsGone) {
  TableState table = insert(dataset_);
  add_round(table);
  TableState next = table;
  next.manifests.back().object = ObjectKey("nowhere");
  EXPECT_EQ(code_of(store(next)), codes::internal.id);
  next = table;
  next.snapshots.back().manifest_list = ObjectKey("nowhere");
  EXPECT_EQ(code_of(store(next)), codes::internal.id);
  world_.run("UPDATE object SET state = 'condemned', due = 0 WHERE key LIKE 'manifest%'");
  EXPECT_EQ(code_of(store(table)), codes::internal.id);
  EXPECT_EQ(must(load(dataset_)).version, 1);
  EXPECT_THAT(must(load(dataset_)).snapshots, IsEmpty());
}

// A round of a table that keeps a hundred snapshots writes as few rows as one of a table that has two.
TEST_F(TablesTest, StoringCostsWhatDiffers) {
  TableState table = insert(dataset_);
  const int64_t pointer_snapshot_and_manifest = 3;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const bool prunes = table.snapshots.size() == 100;
    const bool merges = table.manifests.size() == 40;
    if (prunes) table.snapshots.erase(table.snapshots.begin());
    if (merges) {
      const auto first = table.manifests.begin() + 4;
      table.manifests.erase(first + 1, first + 32);
      table.manifests[4] = new_manifest(table);
    }
    add_round(table);
    EXPECT_EQ(rows_of_storing(table), pointer_snapshot_and_manifest + (prunes ? 1 : 0) + (merges ? 32 + 1 : 0));
  }
  expect_equal(must(load(dataset_)), table);
}

TEST_F(TablesTest, ManifestsKeepTheirOrderWhereverOneComesOrGoes) {
  TableState table = insert(dataset_);
  for (int i = 0; i < 5; ++i) add_round(table);
  table.version = 2;
  must(store(table));
  const auto change = [&](auto edit, int64_t rows) {
    edit(table.manifests);
    ++table.version;
    EXPECT_EQ(rows_of_storing(table), rows + 1);
    EXPECT_EQ(must(load(dataset_)).manifests, table.manifests);
  };
  using Manifests = std::vector<ManifestFile>;
  change([&](Manifests& all) { all.insert(all.begin(), new_manifest(table)); }, 1);
  change([&](Manifests& all) { all.insert(all.begin() + 2, {new_manifest(table), new_manifest(table)}); }, 2);
  change([&](Manifests& all) { all[3] = new_manifest(table); }, 2);
  change([&](Manifests& all) { all.erase(all.begin() + 1, all.begin() + 3); }, 2);
  change([&](Manifests&) {}, 0);
  // All but one in the middle, which happens to stay.
  change([&](Manifests& all) { std::ranges::reverse(all); }, static_cast<int64_t>(table.manifests.size()) - 1);
  change([&](Manifests& all) { all.clear(); }, static_cast<int64_t>(table.manifests.size()));
}

TEST_F(TablesTest, SchemasComeAndGo) {
  TableState table = insert(dataset_);
  for (int32_t id = 1; id < 4; ++id) table.schemas.push_back(schema(id));
  ++table.version;
  EXPECT_EQ(rows_of_storing(table), 1 + 3);
  table.schemas.erase(table.schemas.begin() + 1);
  ++table.version;
  EXPECT_EQ(rows_of_storing(table), 1 + 1);
  expect_equal(must(load(dataset_)), table);
}

TEST_F(TablesTest, WakesThoseWhoWaitForTables) {
  TableState table = insert(dataset_);
  const auto table_wakes = [&] {
    return std::ranges::count_if(
        world_.wakes(), [&](const Wake& wake) { return wake.kind == Wake::Kind::table && wake.dataset == dataset_; });
  };
  EXPECT_EQ(table_wakes(), 1);
  add_round(table);
  must(store(table));
  EXPECT_EQ(table_wakes(), 2);
  EXPECT_FALSE(store(table).has_value());
  EXPECT_EQ(table_wakes(), 2);
}

class MetadataFilesTest : public TablesTest {
 protected:
  Status set(const ObjectKey& object, int64_t version, Millis former_due = 50) {
    return world_.write(
        [&](Tx& tx) { return set_metadata_file(tx, dataset_, {.object = object, .version = version}, former_due); });
  }
  std::vector<DatasetId> stale(int64_t limit = 10) {
    return must(world_.read([&](ReadTx& tx) -> Result<std::vector<DatasetId>> {
      const StatementCosts costs(tx);
      auto tables = tables_without_fresh_metadata(tx, limit);
      EXPECT_THAT(costs.sorts(), IsEmpty());
      return tables;
    }));
  }
  std::string state_of(const ObjectKey& object) {
    return must(world_.read([&](ReadTx& tx) {
             return find_row<std::string>(tx, "SELECT state || ' ' || coalesce(due, '') FROM object WHERE key = :key",
                                          object);
           }))
        .value();
  }
};

TEST_F(MetadataFilesTest, TheNewestDurableOneIsKnown) {
  const auto find = [&] { return world_.read([&](ReadTx& tx) { return find_metadata_file(tx, dataset_); }); };
  EXPECT_EQ(code_of(find()), codes::not_found.id);
  EXPECT_EQ(code_of(set(world_.add_object(dataset_, "early"), 1)), codes::not_found.id);
  TableState table = insert(dataset_);
  EXPECT_FALSE(must(find()).has_value());

  const ObjectKey first = world_.add_object(dataset_, "first");
  must(set(first, 1));
  EXPECT_EQ(must(find())->object, first);
  EXPECT_EQ(must(find())->version, 1);
  EXPECT_EQ(state_of(first), "live ");

  const ObjectKey second = world_.add_object(dataset_, "second");
  EXPECT_EQ(code_of(set(second, 1)), codes::conflict.id) << "of the same version";
  EXPECT_EQ(code_of(set(second, 2)), codes::internal.id) << "of a version that the table has not";
  EXPECT_EQ(state_of(second), "writing ");
  add_round(table);
  must(store(table));
  must(set(second, 2, 77));
  EXPECT_EQ(must(find())->object, second);
  EXPECT_EQ(state_of(second), "live ");
  EXPECT_EQ(state_of(first), "condemned 77");
  EXPECT_EQ(code_of(set(first, 1)), codes::conflict.id) << "of an older version";
}

TEST_F(MetadataFilesTest, StaleTablesAreFoundByIndex) {
  for (int i = 0; i < 20; ++i) {
    const DatasetId fresh = world_.add_dataset("fresh " + std::to_string(i));
    insert(fresh);
    world_.run("UPDATE iceberg_table SET metadata_version = version");
  }
  EXPECT_THAT(stale(), IsEmpty());
  TableState table = insert(dataset_);
  const DatasetId deleted = world_.add_dataset("deleted");
  insert(deleted);
  EXPECT_THAT(stale(), ElementsAre(dataset_, deleted));
  EXPECT_THAT(stale(1), ElementsAre(dataset_));
  must(world_.write([&](Tx& tx) { return delete_dataset(tx, Sight::whole(world_.scope()), deleted, 1, ""); }));
  EXPECT_THAT(stale(), ElementsAre(dataset_));
  must(set(world_.add_object(dataset_, "file"), 1));
  EXPECT_THAT(stale(), IsEmpty());
  add_round(table);
  must(store(table));
  EXPECT_THAT(stale(), ElementsAre(dataset_));

  const auto plan = must(world_.read([](ReadTx& tx) {
    return find_rows<std::tuple<int64_t, int64_t, int64_t, std::string>>(
        tx,
        "EXPLAIN QUERY PLAN SELECT dataset_id FROM iceberg_table"
        " WHERE metadata_version < version AND dataset_deleted = 0 ORDER BY dataset_id LIMIT 10");
  }));
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_THAT(std::get<3>(plan[0]), testing::HasSubstr("INDEX iceberg_table_stale"));
}

TEST(BatchSnapshots, TellWhichRoundBroughtABatch) {
  TwoSandboxes world;
  const DatasetId dataset = world.add_dataset("a");
  const DatasetId other = world.add_dataset("b");
  for (const char* id : {"1", "2", "3", "4", "5"}) world.add_batch(dataset, id, "staged");
  const auto record = [&](const DatasetId& in, const char* batch, int64_t snapshot) {
    return world.write([&](Tx& tx) {
      return record_promoted(tx, in,
                             {.batch_id = BatchId(batch), .snapshot_id = snapshot, .sequence_number = snapshot * 10});
    });
  };
  const auto promoted = [&](const char* batch) {
    return world.read([&](ReadTx& tx) { return promoted_with(tx, BatchId(batch)); });
  };
  const auto of_snapshot = [&](const DatasetId& in, int64_t snapshot, const char* after, int64_t limit) {
    return must(world.read([&](ReadTx& tx) -> Result<std::vector<BatchId>> {
      const StatementCosts costs(tx);
      auto batches = batches_of_snapshot(tx, in, snapshot, BatchId(after), limit);
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_THAT(costs.sorts(), IsEmpty());
      return batches;
    }));
  };
  EXPECT_EQ(code_of(promoted("1")), codes::not_found.id);
  for (const char* id : {"3", "1", "2"}) must(record(dataset, id, 7));
  must(record(dataset, "4", 8));
  EXPECT_EQ(must(promoted("1")).batch_id, BatchId("1"));
  EXPECT_EQ(must(promoted("1")).snapshot_id, 7);
  EXPECT_EQ(must(promoted("1")).sequence_number, 70);
  EXPECT_EQ(world.count("SELECT snapshot_id FROM batch WHERE id = '1'"), 7);
  EXPECT_EQ(code_of(record(dataset, "1", 9)), codes::conflict.id);
  EXPECT_EQ(world.count("SELECT snapshot_id FROM batch WHERE id = '1'"), 7);
  EXPECT_EQ(code_of(record(other, "5", 9)), codes::not_found.id);
  EXPECT_EQ(code_of(record(dataset, "none", 9)), codes::not_found.id);
  EXPECT_THAT(of_snapshot(dataset, 7, "", 2), ElementsAre(BatchId("1"), BatchId("2")));
  EXPECT_THAT(of_snapshot(dataset, 7, "2", 2), ElementsAre(BatchId("3")));
  EXPECT_THAT(of_snapshot(other, 7, "", 2), IsEmpty());
}

}  // namespace
}  // namespace lakegate::ledger
