#include "catalog/dataset_creation.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "catalog/catalog_test_support.h"
#include "ledger/audit.h"
#include "ledger/events.h"
#include "ledger/tables.h"
#include "model/check_schema_json.h"
#include "model/error_codes.h"
#include "model/table_schema_json.h"

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

TEST(DatasetCreation, StoresAllThatBelongsToIt) {
  CatalogWorld world;
  const Dataset made = must(world.create(R"({"name": "Loyalty Members", "description": "d", "dataSourceId": "x",
                                             "schemaRef": {"id": "schema"}, "tags": {"k": ["v"]}})"));
  const Dataset found =
      must(world.read([&](ReadTx& tx) { return ledger::find_dataset(tx, Sight::whole(world.scope()), made.id); }));
  EXPECT_EQ(found.name, "Loyalty Members");
  EXPECT_EQ(found.table_name, "loyalty_members");
  EXPECT_EQ(found.tags, (Tags{{"adobe/pqs/table", {"loyalty_members"}}, {"k", {"v"}}}));
  EXPECT_EQ(found.schema_version, 1);
  EXPECT_EQ(found.version, 0);
  EXPECT_EQ(found.created_user, "ann@acme");
  EXPECT_EQ(found.id.text().size(), 24);
  EXPECT_EQ(found.extra_json,
            R"({"dataSourceId":"x","classification":{"dataBehavior":"record","managedBy":"CUSTOMER"}})");

  const auto pinned = must(world.read([&](ReadTx& tx) { return ledger::get_pinned_schema(tx, made.id, 1); }));
  const TableSchema columns = must(table_schema_from_json(pinned.table_schema_json));
  ASSERT_EQ(columns.columns.size(), 2);
  EXPECT_EQ(columns.columns[1].name, "text");
  EXPECT_EQ(must(check_schema_from_json(pinned.check_schema_json)).columns[0].name, "id");
  EXPECT_EQ(pinned.check_hash.size(), 64);
  EXPECT_EQ(must(xdm::resolved_schema_from_text(pinned.resolved_json)).id.text(), "schema");

  const auto facts = must(world.read([&](ReadTx& tx) { return ledger::field_facts(tx, made.id); }));
  EXPECT_EQ(facts, (std::vector<FieldFact>{{"id", 1, "id"}, {"text", 2, "text"}}));
  const TableState table = must(world.read([&](ReadTx& tx) { return ledger::load_table(tx, made.id); }));
  EXPECT_EQ(table.schemas, std::vector{columns});
  EXPECT_EQ(table.current_schema_id, 0);
  EXPECT_EQ(table.last_column_id, 2);
  EXPECT_EQ(table.uuid.size(), 36);
  EXPECT_EQ(table.properties.at("lakegate.dataset-id"), made.id.text());
  EXPECT_EQ(table.properties.at("lakegate.schema-id"), "schema");

  const auto audit =
      must(world.read([&](ReadTx& tx) { return ledger::list_audit(tx, world.scope().org, made.id.text(), 9); }));
  ASSERT_EQ(audit.size(), 1);
  EXPECT_EQ(audit[0].action, "dataset.create");
  EXPECT_EQ(audit[0].actor, "ann@acme");
  const auto events = must(world.read([&](ReadTx& tx) { return ledger::list_events(tx, made.id, 0, 9); }));
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].kind, "dataset.created");
}

TEST(DatasetCreation, TableNames) {
  CatalogWorld world;
  const auto table_of = [&](const char* document) {
    const auto made = world.create(document);
    return made ? made->table_name : std::string(made.error().code->id);
  };
  EXPECT_EQ(table_of(R"({"name": "Twins", "schemaRef": {"id": "schema"}})"), "twins");
  EXPECT_EQ(table_of(R"({"name": "twins", "schemaRef": {"id": "schema"}})"), "twins_2");
  EXPECT_EQ(table_of(R"({"name": "x", "schemaRef": {"id": "schema"}, "tags": {"adobe/pqs/table": ["My_Table"]}})"),
            "My_Table");
  EXPECT_EQ(table_of(R"({"name": "y", "schemaRef": {"id": "schema"}, "tags": {"adobe/pqs/table": ["MY_TABLE"]}})"),
            "LG-1301-409");
  EXPECT_EQ(table_of(R"({"name": "My Table", "schemaRef": {"id": "schema"}})"), "my_table_2");
}

TEST(DatasetCreation, SchemaReferencedByItsOtherName) {
  CatalogWorld world;
  const Dataset made = must(world.create(R"({"name": "n", "schemaRef": {"id": "_alt.schema"}})"));
  EXPECT_EQ(made.schema_id.text(), "schema");
}

TEST(DatasetCreation, RefusesASchemaWithoutColumns) {
  CatalogWorld world;
  const Error refused = refusal_of(world.create(R"({"name": "n", "schemaRef": {"id": "empty"}})"));
  EXPECT_EQ(refused.code->id, codes::schema_invalid.id);
  EXPECT_NE(refused.message.find("\"empty\""), std::string::npos);
}

// Between resolving and storing another request may delete the schema.
TEST(DatasetCreation, RefusesASchemaThatIsGone) {
  CatalogWorld world;
  const DatasetDraft draft = world.prepare(R"({"name": "n", "schemaRef": {"id": "schema"}})");
  must(world.write([&](Tx& tx) { return ledger::delete_resource(tx, world.scope(), ResourceId("schema")); }));
  const auto stored = world.write([&](Tx& tx) { return insert_dataset(tx, draft, world.author()); });
  EXPECT_EQ(refusal_of(stored).code->id, codes::schema_reference_unknown.id);
}

}  // namespace
}  // namespace lakegate::catalog
