#include "ledger/resource_references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/datasets.h"
#include "ledger/descriptors.h"
#include "ledger/ledger_test_support.h"
#include "ledger/resources.h"
#include "ledger/schema_moves.h"
#include "ledger/statement_costs_test_support.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ResourceReferencesTest : public testing::Test {
 protected:
  Resource resource(const Scope& scope, const std::string& id, const std::string& document) {
    Resource made;
    made.id = ResourceId(id);
    made.alt_id = "_" + id;
    made.scope = scope;
    made.container = "tenant";
    made.type = "mixins";
    made.title = "Title of " + id;
    made.document = document;
    return made;
  }
  void insert(const std::string& id, const std::string& document) {
    for (const Scope& scope : {world_.scope(), world_.other_sandbox()})
      must(world_.write([&](Tx& tx) { return insert_resource(tx, resource(scope, id, document)); }));
  }
  std::vector<std::string> ids(const std::vector<Referrer>& found) {
    std::vector<std::string> ids;
    for (const Referrer& one : found) ids.push_back(one.id.text());
    return ids;
  }
  std::vector<std::string> referrers_of(const std::string& id) {
    return must(world_.read([&](ReadTx& tx) -> Result<std::vector<std::string>> {
      const StatementCosts costs(tx);
      LG_ASSIGN(const auto found, referrers(tx, world_.scope(), ResourceId(id), "_" + id, 10));
      EXPECT_THAT(costs.full_scans(), IsEmpty());
      return ids(found);
    }));
  }
  std::vector<std::string> affected_by(const std::string& id) {
    return must(world_.read([&](ReadTx& tx) -> Result<std::vector<std::string>> {
      LG_ASSIGN(const auto found, affected_resources(tx, world_.scope(), ResourceId(id)));
      return ids(found);
    }));
  }
  int64_t changes(const Scope& scope) {
    return must(world_.read([&](ReadTx& tx) { return registry_change_count(tx, scope); }));
  }

  LedgerWorld world_;
};

TEST_F(ResourceReferencesTest, AreWhatTheDocumentsSay) {
  insert("type", "{}");
  insert("group", R"({"meta:intendedToExtend": ["class"], "properties": {"a": {"items": {"$ref": "type#/b"}}}})");
  insert("schema", R"({"allOf": [{"$ref": "_group"}, {"$ref": "#/definitions/x"}, {"$ref": "class"}]})");
  insert("class", R"({"properties": {"$ref": {"type": "string"}}})");
  EXPECT_THAT(referrers_of("type"), ElementsAre("group"));
  EXPECT_THAT(referrers_of("group"), ElementsAre("schema"));
  EXPECT_THAT(referrers_of("class"), ElementsAre("group", "schema"));
  EXPECT_THAT(referrers_of("schema"), IsEmpty());
  EXPECT_THAT(affected_by("type"), ElementsAre("type", "group", "schema"));
  EXPECT_THAT(affected_by("class"), ElementsAre("schema", "class")) << "what is intended for it holds nothing of it";
}

TEST_F(ResourceReferencesTest, FollowChangesAndCircles) {
  insert("a", R"({"$ref": "b"})");
  insert("b", R"({"$ref": "a"})");
  EXPECT_THAT(affected_by("a"), ElementsAre("a", "b"));
  Resource changed = resource(world_.scope(), "a", "{}");
  changed.version = 1;
  must(world_.write([&](Tx& tx) { return update_resource(tx, changed, 0); }));
  EXPECT_THAT(referrers_of("b"), IsEmpty());
  must(world_.write([&](Tx& tx) { return delete_resource(tx, world_.scope(), ResourceId("b")); }));
  EXPECT_THAT(referrers_of("a"), IsEmpty());
}

TEST_F(ResourceReferencesTest, ChangesAreCountedAndCreationsAreNot) {
  insert("a", "{}");
  EXPECT_EQ(changes(world_.scope()), 0);
  Resource changed = resource(world_.scope(), "a", "{}");
  changed.version = 1;
  must(world_.write([&](Tx& tx) { return update_resource(tx, changed, 0); }));
  EXPECT_EQ(changes(world_.scope()), 1);
  must(world_.write([&](Tx& tx) { return delete_resource(tx, world_.scope(), ResourceId("a")); }));
  EXPECT_EQ(changes(world_.scope()), 2);
  Resource global = resource(world_.scope(), "g", "{}");
  global.container = "global";
  must(world_.write([&](Tx& tx) { return insert_resource(tx, global); }));
  EXPECT_EQ(changes(world_.scope()), 3);
  EXPECT_EQ(changes(world_.other_sandbox()), 0);
}

TEST_F(ResourceReferencesTest, DescriptorsStayInTheirSandbox) {
  const Descriptor made{.id = std::string(40, 'a'),
                        .scope = world_.scope(),
                        .type = "xdm:descriptorIdentity",
                        .source_schema = ResourceId("schema"),
                        .source_property = "/a",
                        .other_schema = ResourceId("other"),
                        .document = "{}",
                        .created = 1,
                        .updated = 1};
  must(world_.write([&](Tx& tx) { return insert_descriptor(tx, made); }));
  const auto found = [&](const Scope& scope) {
    return world_.read([&](ReadTx& tx) { return find_descriptor(tx, scope, made.id); });
  };
  EXPECT_EQ(must(found(world_.scope())).source_schema, made.source_schema);
  EXPECT_EQ(refusal_of(found(world_.other_sandbox())).code, &codes::descriptor_not_found);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return count_descriptors(tx, world_.scope()); })), 1);
  EXPECT_EQ(must(world_.read([&](ReadTx& tx) { return count_descriptors(tx, world_.other_sandbox()); })), 0);
  const auto remove = [&](const Scope& scope, const char* schema) {
    must(world_.write([&](Tx& tx) { return delete_descriptors_of_schema(tx, scope, ResourceId(schema)); }));
  };
  remove(world_.other_sandbox(), "schema");
  remove(world_.scope(), "");
  EXPECT_TRUE(found(world_.scope()).has_value());
  remove(world_.scope(), "other");
  EXPECT_FALSE(found(world_.scope()).has_value());
}

class SchemaMovesTest : public testing::Test, public LedgerWorld {
 protected:
  SchemaUser user() {
    const auto users = must(read([&](ReadTx& tx) -> Result<std::vector<SchemaUser>> {
      LG_ASSIGN(const Dataset dataset, get_dataset(tx, this->dataset()));
      return users_of_schema(tx, scope(), dataset.schema_id);
    }));
    for (const SchemaUser& one : users) {
      if (one.id == dataset()) return one;
    }
    return {};
  }
};

TEST_F(SchemaMovesTest, ADatasetHoldsDataOnceABatchMayHaveAny) {
  EXPECT_FALSE(user().holds_data);
  const BatchId failed = insert_batch();
  EXPECT_TRUE(user().holds_data) << "its files may have come in already";
  move_to(failed, BatchStatus::failed);
  EXPECT_FALSE(user().holds_data);
  move_to(insert_batch(), BatchStatus::active);
  EXPECT_TRUE(user().holds_data);
}

TEST_F(SchemaMovesTest, MovesByOneFromWhereItWas) {
  const int64_t before = user().schema_version;
  must(write([&](Tx& tx) { return move_to_next_schema(tx, dataset(), before); }));
  EXPECT_EQ(user().schema_version, before + 1);
  const auto again = write([&](Tx& tx) { return move_to_next_schema(tx, dataset(), before); });
  EXPECT_EQ(refusal_of(again).kind(), ErrorKind::conflict);
}

}  // namespace
}  // namespace lakegate::ledger
