#include "ledger/datasets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DatasetsTest : public testing::Test {
 protected:
  Status insert(const Dataset& dataset) {
    return world_.write([&](Tx& tx) { return insert_dataset(tx, dataset); });
  }
  Result<Dataset> find(const Scope& scope, const std::string& id) {
    return world_.read([&](ReadTx& tx) { return find_dataset(tx, Sight::whole(scope), DatasetId(id)); });
  }
  Status remove(const Scope& scope, const std::string& id) {
    return world_.write([&](Tx& tx) { return delete_dataset(tx, Sight::whole(scope), DatasetId(id), 9, "remover"); });
  }
  std::string free_name(const Scope& scope, std::string_view wanted) {
    return must(world_.read([&](ReadTx& tx) { return free_table_name(tx, scope, wanted); }));
  }
  Result<std::vector<std::string>> list(const DatasetQuery& query, bool may_sort = false) {
    return world_.read([&](ReadTx& tx) -> Result<std::vector<std::string>> {
      const StatementCosts costs(tx);
      LG_ASSIGN(const auto found, list_datasets(tx, Sight::whole(world_.scope()), query));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_TRUE(may_sort || costs.sorts().empty());
      std::vector<std::string> ids;
      for (const Dataset& dataset : found) ids.push_back(dataset.id.text());
      return ids;
    });
  }

  TwoSandboxes world_;
};

void expect_equal(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.view_id, b.view_id);
  EXPECT_EQ(a.scope, b.scope);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.description, b.description);
  EXPECT_EQ(a.schema_id, b.schema_id);
  EXPECT_EQ(a.schema_content_type, b.schema_content_type);
  EXPECT_EQ(a.schema_version, b.schema_version);
  EXPECT_EQ(a.extra_json, b.extra_json);
  EXPECT_EQ(a.tags, b.tags);
  EXPECT_EQ(a.table_name, b.table_name);
  EXPECT_EQ(a.deleted, b.deleted);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.updated, b.updated);
  EXPECT_EQ(a.created_user, b.created_user);
  EXPECT_EQ(a.updated_user, b.updated_user);
  EXPECT_EQ(a.created_client, b.created_client);
  EXPECT_EQ(a.version, b.version);
}

DatasetQuery with_tags(const std::vector<TagFilter>& tags) {
  DatasetQuery query;
  query.tags = tags;
  return query;
}

Dataset full(const TwoSandboxes& world) {
  Dataset dataset = world.dataset("a");
  dataset.description = "what's \"in\" it\n";
  dataset.schema_version = 3;
  dataset.extra_json = R"({"fileDescription":{}})";
  dataset.tags = {{"adobe/pqs/table", {"A_table"}}, {"empty", {}}, {"many", {"x", "ü", "x"}}};
  dataset.table_name = "A_table";
  dataset.created = 17;
  dataset.updated = 18;
  dataset.updated_user = "another";
  dataset.version = 4;
  return dataset;
}

TEST_F(DatasetsTest, ComesBackWhole) {
  const Dataset dataset = full(world_);
  must(insert(dataset));
  expect_equal(must(find(world_.scope(), "a")), dataset);
  for (const char* name : {"A_table", "a_TABLE"}) {
    const auto by_table =
        world_.read([&](ReadTx& tx) { return find_dataset_by_table(tx, Sight::whole(world_.scope()), name); });
    expect_equal(must(by_table), dataset);
  }
  EXPECT_EQ(code_of(find(world_.other_scope(), "a")), codes::dataset_not_found.id);
  EXPECT_EQ(code_of(find(world_.scope(), "b")), codes::dataset_not_found.id);
  const auto elsewhere =
      world_.read([&](ReadTx& tx) { return find_dataset_by_table(tx, Sight::whole(world_.other_scope()), "A_table"); });
  EXPECT_EQ(code_of(elsewhere), codes::dataset_not_found.id);
}

TEST_F(DatasetsTest, TableNamesAreUniqueWhateverTheLetterCase) {
  Dataset dataset = world_.dataset("a");
  dataset.table_name = "Orders";
  must(insert(dataset));
  Dataset twin = world_.dataset("b");
  twin.table_name = "oRDERS";
  EXPECT_EQ(code_of(insert(twin)), codes::dataset_name_taken.id);
  twin.scope = world_.other_scope();
  must(insert(twin));
}

TEST_F(DatasetsTest, DeletedOnesAreFoundByNobodyAndFreeTheirName) {
  must(insert(world_.dataset("a")));
  EXPECT_EQ(code_of(remove(world_.other_scope(), "a")), codes::dataset_not_found.id);
  must(remove(world_.scope(), "a"));
  EXPECT_EQ(code_of(remove(world_.scope(), "a")), codes::dataset_not_found.id);
  EXPECT_EQ(code_of(find(world_.scope(), "a")), codes::dataset_not_found.id);
  EXPECT_THAT(*list({}), IsEmpty());
  EXPECT_EQ(
      code_of(world_.read([&](ReadTx& tx) { return find_dataset_by_table(tx, Sight::whole(world_.scope()), "a"); })),
      codes::dataset_not_found.id);
  EXPECT_THAT(must(world_.read([&](ReadTx& tx) { return list_tables(tx, Sight::whole(world_.scope()), "", 10); })),
              IsEmpty());

  const Dataset kept = must(world_.read([](ReadTx& tx) { return get_dataset(tx, DatasetId("a")); }));
  EXPECT_TRUE(kept.deleted);
  EXPECT_EQ(kept.updated, 9);
  EXPECT_EQ(kept.updated_user, "remover");
  EXPECT_EQ(kept.version, 2);
  Dataset next = world_.dataset("b");
  next.table_name = "a";
  EXPECT_EQ(free_name(world_.scope(), "a"), "a");
  must(insert(next));
  EXPECT_EQ(code_of(world_.read([](ReadTx& tx) { return get_dataset(tx, DatasetId("none")); })),
            codes::dataset_not_found.id);
}

TEST_F(DatasetsTest, FreeNameIsTheFirstThatNobodyHas) {
  EXPECT_EQ(free_name(world_.scope(), "Orders"), "Orders");
  for (const auto& [id, name] : {std::pair("a", "orders"), {"b", "ORDERS_2"}, {"c", "orders_4"}, {"d", "orders_02"}}) {
    Dataset dataset = world_.dataset(id);
    dataset.table_name = name;
    must(insert(dataset));
  }
  EXPECT_EQ(free_name(world_.scope(), "Orders"), "Orders_3");
  EXPECT_EQ(free_name(world_.scope(), "orders_2"), "orders_2_2");
  EXPECT_EQ(free_name(world_.other_scope(), "orders"), "orders");
  must(remove(world_.scope(), "b"));
  EXPECT_EQ(free_name(world_.scope(), "Orders"), "Orders_2");
}

TEST_F(DatasetsTest, UpdateIsGuardedByTheVersion) {
  const Dataset stored = full(world_);
  must(insert(stored));
  const auto update = [&](const Dataset& changed, int64_t expected) {
    return world_.write([&](Tx& tx) { return update_dataset(tx, changed, expected); });
  };
  Dataset changed = stored;
  changed.name = "new name";
  changed.description = "new description";
  changed.schema_id = ResourceId("https://other");
  changed.schema_content_type = "other";
  changed.schema_version = 5;
  changed.extra_json = R"({"x":1})";
  changed.tags = {{"new", {"1"}}};
  changed.updated = 99;
  changed.updated_user = "updater";
  Dataset expected = changed;
  expected.version = 5;
  // What is not to be changed.
  changed.table_name = "elsewhere";
  changed.view_id = ViewId("other");
  changed.created = 1;
  changed.created_user = "liar";
  changed.version = 77;
  EXPECT_EQ(code_of(update(changed, 3)), codes::precondition_failed.id);
  expect_equal(must(find(world_.scope(), "a")), stored);
  expect_equal(must(update(changed, 4)), expected);
  expect_equal(must(find(world_.scope(), "a")), expected);
  EXPECT_EQ(code_of(update(changed, 4)), codes::precondition_failed.id);
  EXPECT_THAT(*list(with_tags({{"new", "1"}})), ElementsAre("a"));
  EXPECT_THAT(*list(with_tags({{"many", ""}})), IsEmpty());

  changed.scope = world_.other_scope();
  EXPECT_EQ(code_of(update(changed, 5)), codes::dataset_not_found.id);
  must(remove(world_.scope(), "a"));
  changed.scope = world_.scope();
  EXPECT_EQ(code_of(update(changed, 6)), codes::dataset_not_found.id);
}

TEST_F(DatasetsTest, ListsThoseOfTheSandbox) {
  Millis created = 100;
  for (const char* id : {"c", "a", "b"}) {
    Dataset dataset = world_.dataset(id);
    dataset.name = std::string("name of ") + id;
    dataset.created = created++;
    must(insert(dataset));
  }
  Dataset elsewhere = world_.dataset("x");
  elsewhere.scope = world_.other_scope();
  must(insert(elsewhere));

  EXPECT_THAT(*list({}), ElementsAre("b", "a", "c"));
  DatasetQuery query;
  query.start = 1;
  query.limit = 1;
  EXPECT_THAT(*list(query), ElementsAre("a"));
  query = {};
  query.order = {{.field = DatasetField::name, .descending = false}};
  EXPECT_THAT(*list(query), ElementsAre("a", "b", "c"));
  query.order = {{.field = DatasetField::created, .descending = false}};
  EXPECT_THAT(*list(query), ElementsAre("c", "a", "b"));
  query.order = {{.field = DatasetField::updated_user, .descending = true}};
  EXPECT_THAT(*list(query, true), ElementsAre("c", "b", "a"));
  query = {};
  query.filters = {{.field = DatasetField::created, .comparison = Comparison::less, .values = {int64_t{102}}}};
  EXPECT_THAT(*list(query), ElementsAre("a", "c"));
  query.filters.push_back({.field = DatasetField::name, .values = {"name of c", "name of b"}});
  EXPECT_THAT(*list(query, true), ElementsAre("c"));
  query.filters = {{.field = DatasetField::created, .comparison = Comparison::less, .values = {"text"}}};
  EXPECT_EQ(code_of(list(query)), codes::list_parameter_invalid.id);
}

TEST_F(DatasetsTest, EveryFieldCanBeFilteredAndOrderedBy) {
  must(insert(full(world_)));
  must(insert(world_.dataset("other")));
  const Dataset dataset = full(world_);
  const std::pair<DatasetField, FilterValue> cases[] = {
      {DatasetField::id, dataset.id.text()},
      {DatasetField::name, dataset.name},
      {DatasetField::description, dataset.description},
      {DatasetField::table_name, dataset.table_name},
      {DatasetField::view_id, dataset.view_id.text()},
      {DatasetField::created, dataset.created},
      {DatasetField::updated, dataset.updated},
      {DatasetField::updated_user, dataset.updated_user},
      {DatasetField::version, dataset.version},
  };
  for (const auto& [field, value] : cases) {
    SCOPED_TRACE(static_cast<int>(field));
    DatasetQuery query;
    query.filters = {{.field = field, .values = {value}}};
    query.order = {{.field = field}};
    EXPECT_THAT(*list(query, true), ElementsAre("a"));
  }
  // These are alike in both.
  for (const auto& [field, value] : {std::pair(DatasetField::schema_id, dataset.schema_id.text()),
                                     {DatasetField::created_user, dataset.created_user},
                                     {DatasetField::created_client, dataset.created_client}}) {
    DatasetQuery query;
    query.filters = {{.field = field, .values = {value}}};
    query.order = {{.field = field}};
    EXPECT_THAT(*list(query, true), ElementsAre("a", "other"));
  }
}

TEST_F(DatasetsTest, TagsFilter) {
  const auto add = [&](const char* id, const Tags& tags) {
    Dataset dataset = world_.dataset(id);
    dataset.tags = tags;
    must(insert(dataset));
  };
  add("a", {{"k", {"one", "two"}}});
  add("b", {{"k", {"three"}}, {"l", {"one"}}});
  add("c", {{"l", {"o*e"}}});
  const auto tagged = [&](const std::vector<TagFilter>& tags) {
    DatasetQuery query = with_tags(tags);
    query.order = {{.field = DatasetField::id}};
    return *list(query, true);
  };
  EXPECT_THAT(tagged({{"k", "one"}}), ElementsAre("a"));
  EXPECT_THAT(tagged({{"k", "One"}}), IsEmpty());
  EXPECT_THAT(tagged({{"k", ""}}), ElementsAre("a", "b"));
  EXPECT_THAT(tagged({{"K", ""}}), IsEmpty());
  EXPECT_THAT(tagged({{"k", "t*"}}), ElementsAre("a", "b"));
  EXPECT_THAT(tagged({{"k", ""}, {"l", ""}}), ElementsAre("b"));
  EXPECT_THAT(tagged({{"l", "o*e"}}), ElementsAre("b", "c"));
  EXPECT_THAT(tagged({{"l", "o**e"}}), ElementsAre("c"));
  EXPECT_THAT(tagged({{"l", "o?e"}}), IsEmpty());
  EXPECT_EQ(code_of(list(with_tags(std::vector<TagFilter>(filters_max + 1, {"k", ""})))),
            codes::list_parameter_invalid.id);
}

TEST_F(DatasetsTest, TablesArePagedByName) {
  for (const auto& [id, name] : {std::pair("1", "beta"), {"2", "Alpha"}, {"3", "Gamma"}, {"4", "delta"}}) {
    Dataset dataset = world_.dataset(id);
    dataset.table_name = name;
    must(insert(dataset));
  }
  Dataset elsewhere = world_.dataset("x");
  elsewhere.scope = world_.other_scope();
  must(insert(elsewhere));
  const auto page = [&](std::string_view after, int64_t limit) {
    return must(world_.read([&](ReadTx& tx) -> Result<std::vector<std::string>> {
      const StatementCosts costs(tx);
      LG_ASSIGN(const auto tables, list_tables(tx, Sight::whole(world_.scope()), after, limit));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_THAT(costs.sorts(), IsEmpty());
      std::vector<std::string> names;
      for (const Dataset& dataset : tables) names.push_back(dataset.table_name);
      return names;
    }));
  };
  EXPECT_THAT(page("", 2), ElementsAre("Alpha", "beta"));
  EXPECT_THAT(page("beta", 10), ElementsAre("delta", "Gamma"));
  EXPECT_THAT(page("Gamma", 10), IsEmpty());
}

TEST_F(DatasetsTest, CountsThoseOfASchema) {
  must(insert(world_.dataset("a")));
  must(insert(world_.dataset("b")));
  must(insert(world_.dataset("deleted")));
  must(remove(world_.scope(), "deleted"));
  Dataset other = world_.dataset("c");
  other.schema_id = ResourceId("https://other");
  must(insert(other));
  const ResourceId schema = world_.dataset("").schema_id;
  const auto count = [&](const Scope& scope) {
    return must(world_.read([&](ReadTx& tx) -> Result<int64_t> {
      const StatementCosts costs(tx);
      auto counted = count_datasets_of_schema(tx, scope, schema);
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      return counted;
    }));
  };
  EXPECT_EQ(count(world_.scope()), 2);
  EXPECT_EQ(count(world_.other_scope()), 0);
}

}  // namespace
}  // namespace lakegate::ledger
