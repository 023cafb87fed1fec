#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error_codes.h"
#include "ledger/datasets.h"
#include "ledger/two_sandboxes_test_support.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PinnedSchemas, StayAsTheyWere) {
  TwoSandboxes world;
  const DatasetId dataset = world.add_dataset("a");
  const auto pin = [&](const PinnedSchema& schema) {
    return world.write([&](Tx& tx) { return pin_schema(tx, schema); });
  };
  const auto get = [&](const DatasetId& id, int64_t version) {
    return world.read([&](ReadTx& tx) { return get_pinned_schema(tx, id, version); });
  };
  PinnedSchema schema{.dataset_id = dataset,
                      .schema_version = 2,
                      .resolved_json = "resolved",
                      .table_schema_json = "table",
                      .check_schema_json = "check",
                      .check_hash = "hash",
                      .created = 5};
  must(pin(schema));
  const PinnedSchema stored = must(get(dataset, 2));
  EXPECT_EQ(stored.dataset_id, dataset);
  EXPECT_EQ(stored.schema_version, 2);
  EXPECT_EQ(stored.resolved_json, "resolved");
  EXPECT_EQ(stored.table_schema_json, "table");
  EXPECT_EQ(stored.check_schema_json, "check");
  EXPECT_EQ(stored.check_hash, "hash");
  EXPECT_EQ(stored.created, 5);

  schema.resolved_json = "changed";
  EXPECT_EQ(code_of(pin(schema)), codes::conflict.id);
  EXPECT_EQ(must(get(dataset, 2)).resolved_json, "resolved");
  EXPECT_EQ(code_of(get(dataset, 3)), codes::not_found.id);
  EXPECT_EQ(code_of(get(DatasetId("none"), 1)), codes::not_found.id);
}

class FieldFactsTest : public testing::Test {
 protected:
  Status add(const DatasetId& dataset, const std::vector<FieldFact>& facts) {
    return world_.write([&](Tx& tx) { return add_field_facts(tx, dataset, facts); });
  }
  std::vector<FieldFact> all(const DatasetId& dataset) {
    return must(world_.read([&](ReadTx& tx) { return field_facts(tx, dataset); }));
  }

  TwoSandboxes world_;
  const DatasetId dataset_ = world_.add_dataset("a");
};

TEST_F(FieldFactsTest, AreAddedAndComeBackByFieldId) {
  const FieldFact one{.path = "b", .field_id = 1, .table_name = "b"};
  const FieldFact two{.path = "a.ü", .field_id = 2, .table_name = "ü_1"};
  const FieldFact three{.path = "A", .field_id = 3, .table_name = "A"};
  must(add(dataset_, {two, one}));
  must(add(dataset_, {one, three}));  // what is there already is fine
  EXPECT_THAT(all(dataset_), ElementsAre(one, two, three));
  const DatasetId other = world_.add_dataset("other");
  EXPECT_THAT(all(other), IsEmpty());
  must(add(other, {{.path = "else", .field_id = 1, .table_name = "else"}}));
}

TEST_F(FieldFactsTest, AreNeverTakenBack) {
  const FieldFact one{.path = "a", .field_id = 1, .table_name = "a"};
  must(add(dataset_, {one}));
  const FieldFact cases[] = {
      {.path = "a", .field_id = 2, .table_name = "a"},    // the path has another id
      {.path = "a", .field_id = 1, .table_name = "a_1"},  // and another name
      {.path = "b", .field_id = 1, .table_name = "b"},    // the id has another path
  };
  for (const FieldFact& fact : cases) {
    const Status added = add(dataset_, {{.path = "new", .field_id = 9, .table_name = "new"}, fact});
    EXPECT_EQ(code_of(added), codes::internal.id) << fact.path << fact.field_id << fact.table_name;
  }
  EXPECT_THAT(all(dataset_), ElementsAre(one));
}

}  // namespace
}  // namespace lakegate::ledger
