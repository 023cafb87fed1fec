#include "catalog/dataset_change.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/catalog_test_support.h"
#include "ledger/audit.h"
#include "model/error_codes.h"

namespace lakegate::catalog {
namespace {

namespace json = boost::json;

constexpr const char* shown = R"({"name":"n","description":"d","schemaRef":{"id":"schema"},
  "tags":{"adobe/pqs/table":["n"],"a":["1"]},"extensions":{"x":{"y":1,"z":2}},"version":"1.0.0"})";

std::string change(const char* change, ChangeForm form) {
  const auto changed = change_document(json::parse(shown).as_object(), json::parse(change), form);
  return changed ? json::serialize(*changed) : std::string(changed.error().code->id);
}

TEST(DatasetChange, Forms) {
  EXPECT_EQ(change(R"({"name":"m","description":null,"extensions":{"x":{}}})", ChangeForm::merge),
            R"({"name":"m","schemaRef":{"id":"schema"},"tags":{"adobe/pqs/table":["n"],"a":["1"]},)"
            R"("extensions":{"x":{}},"version":"1.0.0"})");
  EXPECT_EQ(change(R"({"extensions":{"x":{"z":null}},"tags":{"b":["2"]}})", ChangeForm::deep_merge),
            R"({"name":"n","description":"d","schemaRef":{"id":"schema"},)"
            R"("tags":{"adobe/pqs/table":["n"],"a":["1"],"b":["2"]},"extensions":{"x":{"y":1}},"version":"1.0.0"})");
  EXPECT_EQ(change(R"({"name":"m"})", ChangeForm::replace), R"({"name":"m"})");
  const char* patch = R"([{"op":"add","path":"/tags/unifiedProfile","value":["enabled:true"]},
                          {"op":"remove","path":"/extensions"},{"op":"test","path":"/version","value":"1.0.0"}])";
  const char* patched = R"({"name":"n","description":"d","schemaRef":{"id":"schema"},)"
                        R"("tags":{"adobe/pqs/table":["n"],"a":["1"],"unifiedProfile":["enabled:true"]},)"
                        R"("version":"1.0.0"})";
  EXPECT_EQ(change(patch, ChangeForm::merge), patched);
  EXPECT_EQ(change(patch, ChangeForm::deep_merge), patched);
  EXPECT_EQ(change(patch, ChangeForm::replace), "LG-1000-400");
  EXPECT_EQ(change(R"(7)", ChangeForm::merge), "LG-1000-400");
  EXPECT_EQ(change(R"([{"op":"replace","path":"","value":7}])", ChangeForm::merge), "LG-1000-400");
}

Result<Dataset> changed_to(const Dataset& dataset, const char* document) {
  LG_ASSIGN(const DatasetFields fields, read_dataset_fields(json::parse(document).as_object()));
  return with_fields(dataset, fields);
}

TEST(DatasetChange, StoredOnceForEachVersion) {
  CatalogWorld world;
  const Dataset made = must(world.create(R"({"name": "n", "schemaRef": {"id": "schema"}})"));
  const Dataset wanted = must(
      changed_to(made, R"({"name": "New name", "schemaRef": {"id": "schema"}, "tags": {"k": ["v"]}, "more": true})"));
  const auto store = [&] { return world.write([&](Tx& tx) { return store_change(tx, wanted, world.author(), 5); }); };
  const Dataset stored = must(store());
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(refusal_of(store()).code->id, codes::precondition_failed.id);

  const Dataset found =
      must(world.read([&](ReadTx& tx) { return ledger::find_dataset(tx, Sight::whole(world.scope()), made.id); }));
  EXPECT_EQ(found.name, "New name");
  EXPECT_EQ(found.table_name, "n") << "readers know it by that";
  EXPECT_EQ(found.tags, (Tags{{"adobe/pqs/table", {"n"}}, {"k", {"v"}}}));
  EXPECT_EQ(found.updated, 5);
  EXPECT_EQ(found.extra_json, R"({"more":true,"classification":{"dataBehavior":"record","managedBy":"CUSTOMER"}})");
  const auto audit =
      must(world.read([&](ReadTx& tx) { return ledger::list_audit(tx, world.scope().org, made.id.text(), 9); }));
  EXPECT_TRUE(std::ranges::any_of(audit, [](const auto& entry) { return entry.action == "dataset.update"; }));
}

TEST(DatasetChange, WhatIsFixedAtCreation) {
  CatalogWorld world;
  const Dataset made = must(world.create(R"({"name": "n", "schemaRef": {"id": "schema"}})"));
  const auto refusal = [&](const char* document) { return refusal_of(changed_to(made, document)).message; };
  EXPECT_NE(refusal(R"({"name": "n", "schemaRef": {"id": "empty"}})").find("\"schema\""), std::string::npos);
  EXPECT_NE(refusal(R"({"name": "n", "schemaRef": {"id": "schema"}, "tags": {"adobe/pqs/table": ["other"]}})")
                .find("\"other\""),
            std::string::npos);
  must(changed_to(made, R"({"name": "n", "schemaRef": {"id": "schema"}, "tags": {"adobe/pqs/table": ["n"]}})"));
}

}  // namespace
}  // namespace lakegate::catalog
