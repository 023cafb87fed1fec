#include "ledger/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/statement_costs_test_support.h"
#include "ledger/two_sandboxes_test_support.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ResourcesTest : public testing::Test {
 protected:
  Resource resource(const std::string& id, const std::string& title) const {
    return {.id = ResourceId("https://" + id),
            .alt_id = "_" + id,
            .scope = world_.scope(),
            .container = "tenant",
            .type = "schemas",
            .title = title,
            .class_id = "",
            .document = "{}",
            .version = 0,
            .created = 1,
            .updated = 1,
            .created_user = "maker",
            .created_client = "client",
            .updated_user = "maker",
            .updated_client = "client"};
  }
  Status insert(const Resource& resource) {
    return world_.write([&](Tx& tx) { return insert_resource(tx, resource); });
  }
  Result<Resource> find(const Scope& scope, std::string_view id) {
    return world_.read([&](ReadTx& tx) { return find_resource(tx, scope, id); });
  }
  std::vector<std::string> list(const ResourceQuery& query, bool may_sort = false) {
    return must(world_.read([&](ReadTx& tx) -> Result<std::vector<std::string>> {
      const StatementCosts costs(tx);
      LG_ASSIGN(const auto found, list_resources(tx, world_.scope(), query));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      EXPECT_EQ(costs.sorts().empty(), !may_sort);
      std::vector<std::string> ids;
      for (const Resource& row : found) ids.push_back(row.id.text().substr(8));
      return ids;
    }));
  }

  TwoSandboxes world_;
};

TEST_F(ResourcesTest, FindsByEitherIdInItsSandbox) {
  Resource added = resource("a", "Title");
  added.class_id = "https://class";
  added.document = R"({"title":"Title"})";
  must(insert(added));
  must(insert(resource("b", "Other")));
  for (const char* id : {"https://a", "_a"}) {
    const Resource found = must(find(world_.scope(), id));
    EXPECT_EQ(found.id, added.id);
    EXPECT_EQ(found.alt_id, added.alt_id);
    EXPECT_EQ(found.scope, added.scope);
    EXPECT_EQ(found.container, "tenant");
    EXPECT_EQ(found.type, "schemas");
    EXPECT_EQ(found.title, "Title");
    EXPECT_EQ(found.class_id, "https://class");
    EXPECT_EQ(found.document, added.document);
    EXPECT_EQ(found.created_client, "client");
    EXPECT_EQ(found.updated_user, "maker");
    EXPECT_EQ(code_of(find(world_.other_scope(), id)), codes::schema_not_found.id);
  }
  EXPECT_EQ(code_of(find(world_.scope(), "a")), codes::schema_not_found.id);
  must(world_.read([&](ReadTx& tx) -> Status {
    const StatementCosts costs(tx);
    LG_TRY(find_resource(tx, world_.scope(), "_a"));
    LG_TRY(find_tenant_resource_by_title(tx, world_.scope(), "Other"));
    EXPECT_THAT(costs.full_scans(), IsEmpty());
    return {};
  }));
}

TEST_F(ResourcesTest, IdsAndTitlesAreUniqueInASandbox) {
  must(insert(resource("a", "Title")));
  Resource twin = resource("a", "Another");
  twin.alt_id = "_other";
  EXPECT_EQ(code_of(insert(twin)), codes::conflict.id);
  twin.id = ResourceId("https://other");
  twin.alt_id = "_a";
  EXPECT_EQ(code_of(insert(twin)), codes::conflict.id);

  Resource namesake = resource("b", "Title");
  namesake.type = "classes";
  EXPECT_EQ(code_of(insert(namesake)), codes::schema_title_taken.id);
  namesake.title = "title";
  must(insert(namesake));
  Resource global = resource("c", "Title");
  global.container = "global";
  must(insert(global));
  global = resource("d", "Title");
  global.container = "global";
  must(insert(global));

  Resource elsewhere = resource("a", "Title");
  elsewhere.scope = world_.other_scope();
  must(insert(elsewhere));
}

TEST_F(ResourcesTest, TitleFindsTenantResourcesAlone) {
  Resource global = resource("g", "Title");
  global.container = "global";
  must(insert(global));
  const auto find_title = [&](const Scope& scope) {
    return must(world_.read([&](ReadTx& tx) { return find_tenant_resource_by_title(tx, scope, "Title"); }));
  };
  EXPECT_FALSE(find_title(world_.scope()).has_value());
  must(insert(resource("t", "Title")));
  EXPECT_EQ(find_title(world_.scope())->alt_id, "_t");
  EXPECT_FALSE(find_title(world_.other_scope()).has_value());
}

TEST_F(ResourcesTest, UpdateIsGuardedByTheVersion) {
  must(insert(resource("a", "Title")));
  must(insert(resource("b", "Taken")));
  const auto update = [&](const Resource& changed, int64_t expected) {
    return world_.write([&](Tx& tx) { return update_resource(tx, changed, expected); });
  };
  Resource changed = resource("a", "New");
  changed.document = R"({"new":1})";
  changed.class_id = "https://class";
  changed.version = 1;
  changed.updated = 9;
  changed.updated_user = "changer";
  changed.updated_client = "another";
  changed.created = 99;
  changed.created_user = "liar";
  EXPECT_EQ(code_of(update(changed, 1)), codes::precondition_failed.id);
  must(update(changed, 0));
  EXPECT_EQ(code_of(update(changed, 0)), codes::precondition_failed.id);
  const Resource stored = must(find(world_.scope(), "_a"));
  EXPECT_EQ(stored.title, "New");
  EXPECT_EQ(stored.document, changed.document);
  EXPECT_EQ(stored.class_id, "https://class");
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(stored.updated, 9);
  EXPECT_EQ(stored.updated_user, "changer");
  EXPECT_EQ(stored.updated_client, "another");
  EXPECT_EQ(stored.created, 1);
  EXPECT_EQ(stored.created_user, "maker");

  changed.title = "Taken";
  EXPECT_EQ(code_of(update(changed, 1)), codes::schema_title_taken.id);
  changed.scope = world_.other_scope();
  EXPECT_EQ(code_of(update(changed, 1)), codes::schema_not_found.id);
}

TEST_F(ResourcesTest, DeletesItsOwn) {
  must(insert(resource("a", "Title")));
  const auto remove = [&](const Scope& scope) {
    return world_.write([&](Tx& tx) { return delete_resource(tx, scope, ResourceId("https://a")); });
  };
  EXPECT_EQ(code_of(remove(world_.other_scope())), codes::schema_not_found.id);
  must(remove(world_.scope()));
  EXPECT_EQ(code_of(remove(world_.scope())), codes::schema_not_found.id);
  EXPECT_EQ(code_of(find(world_.scope(), "_a")), codes::schema_not_found.id);
}

TEST_F(ResourcesTest, ListsByTitleInEitherDirection) {
  for (const auto& [id, title] : {std::pair("1", "B"), {"2", "A"}, {"3", "D"}, {"4", "C"}, {"5", "a"}}) {
    must(insert(resource(id, title)));
  }
  for (const char* id : {"7", "6"}) {
    Resource global = resource(id, "B");
    global.container = "global";
    must(insert(global));
  }
  Resource other_type = resource("8", "A class");
  other_type.type = "classes";
  must(insert(other_type));
  Resource of_class = resource("9", "E");
  of_class.class_id = "https://class";
  must(insert(of_class));
  Resource elsewhere = resource("x", "A");
  elsewhere.scope = world_.other_scope();
  must(insert(elsewhere));

  EXPECT_THAT(list({.type = "schemas"}), ElementsAre("2", "1", "6", "7", "4", "3", "9", "5"));
  EXPECT_THAT(list({.type = "schemas", .descending = true}), ElementsAre("5", "9", "3", "4", "7", "6", "1", "2"));
  EXPECT_THAT(list({.type = "schemas", .after_title = "B"}), ElementsAre("4", "3", "9", "5"));
  EXPECT_THAT(list({.type = "schemas", .descending = true, .after_title = "B"}), ElementsAre("2"));
  EXPECT_THAT(list({.type = "schemas", .after_title = "a"}), IsEmpty());
  EXPECT_THAT(list({.type = "schemas", .after_title = ""}), ElementsAre("2", "1", "6", "7", "4", "3", "9", "5"));
  EXPECT_THAT(list({.container = "global", .type = "schemas"}), ElementsAre("6", "7"));
  EXPECT_THAT(list({.container = "tenant", .type = "schemas", .limit = 2}), ElementsAre("2", "1"));
  EXPECT_THAT(list({.type = "schemas", .class_id = "https://class"}), ElementsAre("9"));
  EXPECT_THAT(list({.type = "classes"}), ElementsAre("8"));
  EXPECT_THAT(list({.limit = 3}, true), ElementsAre("2", "8", "1"));
}

TEST_F(ResourcesTest, CountsThoseOfTheSandbox) {
  must(insert(resource("1", "A")));
  must(insert(resource("2", "B")));
  Resource other = resource("3", "C");
  other.container = "global";
  other.type = "mixins";
  must(insert(other));
  other = resource("4", "D");
  other.scope = world_.other_scope();
  must(insert(other));
  const auto counts = must(world_.read([&](ReadTx& tx) { return count_resources(tx, world_.scope()); }));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].container, "global");
  EXPECT_EQ(counts[0].type, "mixins");
  EXPECT_EQ(counts[0].count, 1);
  EXPECT_EQ(counts[1].container, "tenant");
  EXPECT_EQ(counts[1].type, "schemas");
  EXPECT_EQ(counts[1].count, 2);
}

}  // namespace
}  // namespace lakegate::ledger
