#include "registry/change.h"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <tuple>

#include "ledger/descriptors.h"
#include "ledger/ledger_test_support.h"
#include "ledger/tables.h"
#include "model/error_codes.h"
#include "model/table_schema_json.h"
#include "registry/descriptors.h"
#include "registry/record.h"
#include "registry/registry.h"
#include "xdm/table_mapping.h"

namespace lakegate::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* profile = "https://ns.adobe.com/xdm/context/profile";

class ChangeTest : public testing::Test, public LedgerWorld {
 protected:
  ChangeTest() {
    group_ = create(ResourceType::mixins, fmt::format(R"({{"title": "Group", "meta:intendedToExtend": ["{}"],
        "properties": {{"_acme": {{"properties": {{"a": {{"type": "string"}}}}}}}}}})",
                                                      profile));
    schema_ = create(ResourceType::schemas, schema_of("Schema"));
  }

  std::string schema_of(const char* title) const {
    return fmt::format(R"({{"title": "{}", "allOf": [{{"$ref": "{}"}}, {{"$ref": "{}"}}]}})", title, profile,
                       group_.id.text());
  }
  Draft draft(ResourceType type, const std::string& body) {
    return must(read(
        [&](ReadTx& tx) { return prepare(tx, author_, type, boost::json::parse(body).as_object(), now(), random_); }));
  }
  Resource create(ResourceType type, const std::string& body) {
    const Draft made = draft(type, body);
    must(write([&](Tx& tx) { return insert(tx, author_, made); }));
    return made.resource;
  }

  DatasetId dataset_of_schema(const std::string& name) {
    const auto resolved = must(read([&](ReadTx& tx) { return resolve_schema(tx, scope(), schema_.id); }));
    xdm::FieldFacts facts;
    const TableSchema columns = must(xdm::to_table_schema(resolved, facts));
    Dataset dataset;
    dataset.id = DatasetId("dataset-" + name);
    dataset.view_id = ViewId("view-" + name);
    dataset.scope = scope();
    dataset.name = dataset.table_name = name;
    dataset.schema_id = schema_.id;
    dataset.schema_version = 1;
    TableState table;
    table.dataset_id = dataset.id;
    table.uuid = name;
    table.version = 1;
    table.last_column_id = facts.last_field_id();
    table.schemas = {columns};
    must(write([&](Tx& tx) -> Status {
      LG_TRY(ledger::insert_dataset(tx, dataset));
      LG_TRY(ledger::add_field_facts(tx, dataset.id, facts.added()));
      LG_TRY(ledger::pin_schema(tx, {.dataset_id = dataset.id,
                                     .schema_version = 1,
                                     .resolved_json = xdm::to_text(resolved),
                                     .table_schema_json = table_schema_to_json(columns),
                                     .check_schema_json = "{}",
                                     .check_hash = "0",
                                     .created = 1}));
      return ledger::insert_table(tx, table);
    }));
    return dataset.id;
  }
  void batch_of(const DatasetId& dataset) {
    Batch batch = new_batch();
    batch.dataset_id = dataset;
    insert_batch(batch);
  }

  // The group's fields become these.
  Result<Change> prepare_fields(const char* fields) {
    const ChangeRequest request{.type = ResourceType::mixins,
                                .id = group_.id.text(),
                                .edit = [&](const xdm::JsonObject& stored) -> Result<xdm::JsonObject> {
                                  xdm::JsonObject wanted = stored;
                                  wanted["properties"].as_object()["_acme"].as_object()["properties"] =
                                      boost::json::parse(fields);
                                  return wanted;
                                },
                                .condition = {}};
    return read([&](ReadTx& tx) { return prepare_change(tx, author_, request, now()); });
  }
  Status store(const Change& change) {
    return write([&](Tx& tx) { return store_change(tx, author_, change, now()); });
  }
  TableState table(const DatasetId& id) {
    return must(read([&](ReadTx& tx) { return ledger::load_table(tx, id); }));
  }
  std::string fresh_fields() {
    fields_ += fmt::format(R"(, "f{}": {{"type": "string"}})", ++count_);
    return fmt::format(R"({{"a": {{"type": "string"}}{}}})", fields_);
  }
  // The change is made ready, `meanwhile` happens, and the change is stored.
  void check_overtaken(bool overtaken, const std::function<void()>& meanwhile) {
    const Change change = must(prepare_fields(fresh_fields().c_str()));
    meanwhile();
    const Status stored = store(change);
    if (overtaken) {
      EXPECT_EQ(refusal_of(stored).code, &codes::conflict);
    }
    if (!overtaken) must(stored);
  }

  std::string fields_;
  int count_ = 0;
  SeededRandom random_{1};
  Author author_{.scope = scope(), .ims_org = "acme@AdobeOrg", .tenant = "acme", .client_id = "c", .user_id = "u"};
  Resource group_;
  Resource schema_;
};

TEST_F(ChangeTest, TakesTheDatasetsAlong) {
  const DatasetId first = dataset_of_schema("first");
  const DatasetId second = dataset_of_schema("second");
  const TableState before = table(first);
  const Change change = must(prepare_fields(R"({"a": {"type": "string"}, "b": {"type": "number"}})"));
  EXPECT_EQ(table(first).version, before.version) << "nothing is stored yet";
  must(store(change));
  for (const DatasetId& id : {first, second}) {
    const TableState after = table(id);
    EXPECT_EQ(after.version, 2);
    EXPECT_EQ(after.current_schema_id, 1);
    EXPECT_EQ(after.last_column_id, before.last_column_id + 1);
    EXPECT_NE(find_column(after.schemas.back(), after.last_column_id), nullptr);
    const auto dataset = must(read([&](ReadTx& tx) { return ledger::get_dataset(tx, id); }));
    EXPECT_EQ(dataset.schema_version, 2);
  }
}

TEST_F(ChangeTest, ATableThatKeepsItsColumnsStaysAsItIs) {
  const DatasetId id = dataset_of_schema("first");
  must(store(must(prepare_fields(R"({"a": {"type": "string", "maxLength": 5}})"))));
  EXPECT_EQ(table(id).version, 1);
  EXPECT_EQ(must(read([&](ReadTx& tx) { return ledger::get_dataset(tx, id); })).schema_version, 2) << "checks differ";
  must(store(must(prepare_fields(R"({"a": {"type": "string", "maxLength": 5, "title": "new"}})"))));
  EXPECT_EQ(must(read([&](ReadTx& tx) { return ledger::get_dataset(tx, id); })).schema_version, 2);
}

TEST_F(ChangeTest, SayingTheSameAgainChangesNothing) {
  const Change change = must(prepare_fields(R"({"a": {"type": "string"}})"));
  EXPECT_TRUE(change.nothing_differs);
  must(store(change));
  EXPECT_EQ(must(read([&](ReadTx& tx) { return ledger::find_resource(tx, scope(), group_.id.text()); })).version, 0);
}

TEST_F(ChangeTest, IsPreparedAgainWhenItsGroundMoved) {
  check_overtaken(false, [] {});
  check_overtaken(true,
                  [&] { must(store(must(prepare_fields(R"({"a": {"type": "string"}, "c": {"type": "string"}})")))); });
  check_overtaken(true, [&] { create(ResourceType::schemas, schema_of("Other schema of the group")); });
  check_overtaken(false, [&] { create(ResourceType::datatypes, R"({"title": "Nobody's type"})"); });
  DatasetId dataset;
  check_overtaken(true, [&] { dataset = dataset_of_schema("meanwhile"); });
  check_overtaken(true, [&] { batch_of(dataset); });
}

TEST_F(ChangeTest, ACreationIsPreparedAgainWhenTheRegistryMoved) {
  const Draft waiting = draft(ResourceType::schemas, schema_of("Waits"));
  must(store(must(prepare_fields(R"({"z": {"type": "string"}})"))));
  EXPECT_EQ(refusal_of(write([&](Tx& tx) { return insert(tx, author_, waiting); })).code, &codes::conflict);
}

TEST_F(ChangeTest, FieldIdsAreNeverGivenToAnotherPath) {
  const DatasetId id = dataset_of_schema("first");
  const int32_t last = table(id).last_column_id;
  must(store(must(prepare_fields(R"({"b": {"type": "string"}})"))));
  must(store(must(prepare_fields(R"({"a": {"type": "string"}, "c": {"type": "string"}})"))));
  const TableState after = table(id);
  EXPECT_EQ(after.last_column_id, last + 2);
  EXPECT_EQ(find_column(after.schemas.back(), last)->name, "a");
  EXPECT_EQ(find_column(after.schemas.back(), last + 1), nullptr);
  EXPECT_EQ(find_column(after.schemas.back(), last + 2)->name, "c");
  EXPECT_EQ(after.schemas.size(), 1u) << "no snapshot needs the former ones";
}

TEST_F(ChangeTest, ARefusalNamesPathAndDataset) {
  const DatasetId id = dataset_of_schema("holder");
  batch_of(id);
  const Error refused = refusal_of(prepare_fields(R"({"b": {"type": "string"}})"));
  EXPECT_EQ(refused.code, &codes::schema_breaks_data);
  EXPECT_THAT(refused.message, HasSubstr("\"_acme.a\""));
  EXPECT_THAT(refused.message, HasSubstr("dataset \"holder\" (dataset-holder)"));
}

// contract/schema-registry.md, "Resources": a descriptor's xdm:sourceProperty is a field of its schema.
TEST_F(ChangeTest, AFieldStaysWhileADescriptorIsOnIt) {
  const auto descriptor = [&](const char* id, const char* property) {
    must(write([&](Tx& tx) {
      return ledger::insert_descriptor(tx, {.id = id,
                                            .scope = scope(),
                                            .type = "xdm:descriptorDeprecated",
                                            .source_schema = schema_.id,
                                            .source_property = property,
                                            .document = fmt::format(R"({{"xdm:sourceProperty": {}}})", property)});
    }));
  };
  descriptor("never", R"("/_acme/never")");
  must(store(must(prepare_fields(R"({"a": {"type": "string"}, "b": {"type": "string"}})"))));
  descriptor("one", R"("/_acme/a")");
  descriptor("several", R"(["/personID", "/_acme/b"])");
  const char* without_a = R"({"b": {"type": "string"}})";
  const char* without_b = R"({"a": {"type": "string"}})";
  for (const auto& [fields, path, id] : {std::tuple{without_a, "\"/_acme/a\"", "descriptor one"},
                                         std::tuple{without_b, "\"/_acme/b\"", "descriptor several"}}) {
    const Error refused = refusal_of(prepare_fields(fields));
    EXPECT_EQ(refused.code, &codes::schema_breaks_data);
    EXPECT_THAT(refused.message, HasSubstr(path));
    EXPECT_THAT(refused.message, HasSubstr(id));
  }
  must(write([&](Tx& tx) { return ledger::delete_descriptor(tx, scope(), "one"); }));
  must(store(must(prepare_fields(without_a))));
}

TEST_F(ChangeTest, AFieldStaysWhileARelationshipLeadsToIt) {
  must(write([&](Tx& tx) {
    return ledger::insert_descriptor(
        tx, {.id = "relation",
             .scope = scope(),
             .type = "xdm:descriptorOneToOne",
             .source_schema = ResourceId("elsewhere"),
             .source_property = "/x",
             .other_schema = schema_.id,
             .document = R"({"xdm:sourceProperty": "/x", "xdm:destinationProperty": "/_acme/a"})"});
  }));
  EXPECT_THAT(refusal_of(prepare_fields(R"({"b": {"type": "string"}})")).message, HasSubstr("descriptor relation"));
}

TEST_F(ChangeTest, TheAuditTrailHasWhatDiffers) {
  must(store(must(prepare_fields(R"({"a": {"type": "number"}, "b": {"type": "string"}})"))));
  const auto trail = must(read([&](ReadTx& tx) { return audit_trail(tx, author_, group_.id.text()); }));
  ASSERT_EQ(trail.size(), 2u);
  std::vector<std::string> seen;
  for (const auto& update : trail[0].at("updates").as_array())
    seen.push_back(std::string(update.at("action").as_string()) + " " + std::string(update.at("path").as_string()));
  EXPECT_THAT(seen, ElementsAre("replace /properties/_acme/properties/a/type", "add /properties/_acme/properties/b"));
  Author other = author_;
  other.scope = other_sandbox();
  EXPECT_THAT(must(read([&](ReadTx& tx) { return audit_trail(tx, other, group_.id.text()); })), IsEmpty());
}

}  // namespace
}  // namespace lakegate::registry
