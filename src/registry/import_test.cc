#include "registry/import.h"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ledger/ledger_test_support.h"
#include "ledger/resources.h"
#include "registry/library.h"
#include "registry/registry.h"

namespace lakegate::registry {
namespace {

using testing::HasSubstr;

constexpr const char* built_in_id = "https://ns.adobe.com/xdm/context/person-name";

class Import : public testing::Test, public LedgerWorld {
 protected:
  static ImportDocument document(const char* text, std::optional<ResourceType> type = ResourceType::datatypes) {
    return {.type = type, .document = boost::json::parse(text).as_object()};
  }

  std::vector<ImportEntry> prepare(const std::vector<ImportDocument>& documents) {
    return must(read([&](ReadTx& tx) { return prepare_import(tx, author_, documents, now()); }));
  }
  Status store(const std::vector<ImportEntry>& entries) {
    return write([&](Tx& tx) { return store_import(tx, author_, entries, now()); });
  }
  std::vector<ImportEntry> import(const std::vector<ImportDocument>& documents) {
    std::vector<ImportEntry> entries = prepare(documents);
    must(store(entries));
    return entries;
  }
  ledger::Resource stored(const char* id) {
    return must(read([&](ReadTx& tx) { return ledger::find_resource(tx, scope(), id); }));
  }
  bool is_stored(const char* id) {
    return read([&](ReadTx& tx) { return ledger::find_resource(tx, scope(), id); }).has_value();
  }

  // "created unchanged refused", in the order of the documents.
  static std::string outcomes(const std::vector<ImportEntry>& entries) {
    std::string all;
    for (const ImportEntry& entry : entries) all += (all.empty() ? "" : " ") + std::string(to_string(entry.outcome));
    return all;
  }

  Author author_{.scope = scope(), .ims_org = "acme@AdobeOrg", .tenant = "acme", .client_id = "c", .user_id = "u"};
};

TEST_F(Import, StoresGlobalResourcesOnceAndCountsTheirChanges) {
  const auto first = document(
      R"({"$id": "https://x/a", "title": "A", "type": "object", "properties": {"xdm:p": {"type": "string"}}})");
  EXPECT_EQ(outcomes(import({first})), "created");
  EXPECT_EQ(outcomes(import({first})), "unchanged");
  EXPECT_EQ(stored("https://x/a").version, 0);

  const auto second = document(
      R"({"$id": "https://x/a", "title": "B", "type": "object", "properties": {"xdm:p": {"type": "string"}}})");
  EXPECT_EQ(outcomes(import({second})), "updated");
  const ledger::Resource row = stored("_x.a");
  EXPECT_EQ(row.version, 1);
  EXPECT_EQ(row.title, "B");
  EXPECT_EQ(row.container, "global");
  EXPECT_LT(row.created, row.updated);

  const Resource found =
      must(read([&](ReadTx& tx) { return find(tx, scope(), Container::global, ResourceType::datatypes, "_x.a"); }));
  EXPECT_EQ(found.version, "1.1");
  EXPECT_EQ(xdm::text_member(found.document, "version"), "1.1");
  EXPECT_EQ(xdm::text_member(found.document, "meta:resourceType"), "datatypes");
  EXPECT_EQ(xdm::text_member(found.document, "meta:containerId"), "global");
}

TEST_F(Import, WhatTheRegistrySetsMakesNoDifference) {
  import({document(R"({"$id": "https://x/a", "title": "A", "type": "object"})")});
  const auto exported = document(R"({"meta:altId": "_other", "version": "3.7", "title": "A", "type": "object",
    "$id": "https://x/a", "meta:registryMetadata": {"eTag": "x"}})");
  // The order of members is the document's own.
  EXPECT_EQ(outcomes(import({exported})), "updated");
  EXPECT_EQ(stored("https://x/a").alt_id, "_x.a");
  EXPECT_EQ(outcomes(import({document(R"({"version": "9.9", "title": "A", "type": "object", "$id": "https://x/a"})")})),
            "unchanged");
}

TEST_F(Import, ReplacesWhatIsBuiltIn) {
  const auto name = document(fmt::format(R"({{"$id": "{}", "title": "Name", "type": "object",
    "properties": {{"xdm:mine": {{"type": "string"}}}}}})",
                                         built_in_id)
                                 .c_str());
  EXPECT_EQ(outcomes(import({name})), "replaced");
  EXPECT_EQ(outcomes(import({name})), "unchanged");
  const auto resolved = must(read([&](ReadTx& tx) -> Result<xdm::ResolvedSchema> {
    return Library(tx, scope())
        .resolve(boost::json::parse(fmt::format(R"({{"allOf": [{{"$ref": "{}"}}]}})", built_in_id)).as_object());
  }));
  EXPECT_TRUE(resolved.tree.at("properties").as_object().contains("mine"));
  // In its own sandbox alone.
  const auto elsewhere = must(read(
      [&](ReadTx& tx) { return find(tx, other_sandbox(), Container::global, ResourceType::datatypes, built_in_id); }));
  EXPECT_NE(elsewhere.title, "Name");
}

TEST_F(Import, FindsTheTypeAndMayChangeIt) {
  const char* text =
      R"({"$id": "https://x/a", "title": "A", "type": "object", "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/record"}]})";
  EXPECT_EQ(outcomes(import({document(text, std::nullopt)})), "created");
  EXPECT_EQ(stored("https://x/a").type, "classes");
  const Millis created = stored("https://x/a").created;
  EXPECT_EQ(outcomes(import({document(text, ResourceType::schemas)})), "updated");
  EXPECT_EQ(stored("https://x/a").type, "schemas");
  EXPECT_EQ(stored("https://x/a").version, 1);
  EXPECT_EQ(stored("https://x/a").created, created);

  const auto schema = document(R"({"$id": "https://x/s", "title": "S", "type": "object", "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/context/profile"}]})",
                               std::nullopt);
  import({schema});
  EXPECT_EQ(stored("https://x/s").type, "schemas");
  EXPECT_EQ(stored("https://x/s").class_id, "https://ns.adobe.com/xdm/context/profile");
}

TEST_F(Import, TakesDocumentsInAnyOrder) {
  const auto user = document(
      R"({"$id": "https://x/user", "title": "U", "type": "object", "properties": {"xdm:a": {"$ref": "https://x/used"}}})");
  const auto used = document(
      R"({"$id": "https://x/used", "title": "V", "type": "object", "properties": {"xdm:b": {"type": "string"}}})");
  const auto entries = import({user, used});
  EXPECT_EQ(outcomes(entries), "created created");
  EXPECT_EQ(entries[0].resource.id, ResourceId("https://x/user"));
}

// Each is refused by itself; a good document beside it comes in.
TEST_F(Import, RefusesOneByOne) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"title": "A", "type": "object"})", "\"$id\" is missing"},
      {R"({"$id": "no uri", "title": "A"})", "absolute URI"},
      {R"({"$id": "https://x/a#b", "title": "A"})", "fragment"},
      {R"({"$id": "https://x/a", "type": "object"})", "title"},
      {R"({"$id": "https://x/a", "title": "A", "properties": {"xdm:p": {"$ref": "https://x/none"}}})",
       "https://x/none"},
      {R"({"$id": "https://x/a", "title": "A", "oneOf": [{"$ref": "https://x/none"}]})", "https://x/none"},
      {R"({"$id": "https://x/a", "title": "A", "properties": {"p": {"$ref": "https://x/good#/definitions/none"}}})",
       "definitions/none"},
      {R"({"$id": "https://x/a", "title": "A", "properties": {"p": 7}})", "\"p\""},
      {R"({"$id": "https://x/a", "title": "A", "properties": {"p": {"type": "strin"}}})", "strin"},
      {R"({"$id": "https://x/a", "title": "A", "properties": {"p": {"type": "string", "pattern": "^(?=x)y"}}})",
       "(?=x)y"},
      {R"({"$id": "https://x/a", "title": "A", "allOf": [{"properties": {"p": {"type": "string"}}}, {"properties": {"p": {"type": "number"}}}]})",
       "two types"},
  };
  const auto good = document(R"({"$id": "https://x/good", "title": "G", "type": "object"})");
  for (const auto& [text, reason] : cases) {
    SCOPED_TRACE(text);
    const auto entries = import({document(text), good});
    EXPECT_EQ(entries[0].outcome, ImportOutcome::refused);
    ASSERT_TRUE(entries[0].reason.has_value());
    EXPECT_THAT(entries[0].reason->message, HasSubstr(reason));
    EXPECT_NE(entries[1].outcome, ImportOutcome::refused);
    EXPECT_FALSE(is_stored("https://x/a"));
  }
}

TEST_F(Import, ARefusalLeavesWhatWasThere) {
  import({document(
      R"({"$id": "https://x/used", "title": "V", "type": "object", "properties": {"xdm:b": {"type": "string"}}})")});
  const auto bad = document(
      R"({"$id": "https://x/used", "title": "V", "type": "object", "properties": {"xdm:b": {"type": "nothing"}}})");
  const auto user = document(
      R"({"$id": "https://x/user", "title": "U", "type": "object", "properties": {"xdm:a": {"$ref": "https://x/used"}}})");
  EXPECT_EQ(outcomes(import({user, bad})), "created refused");
  EXPECT_EQ(stored("https://x/used").version, 0);
  // What refers to a refused one that was never there says so.
  const auto worse =
      document(R"({"$id": "https://x/new", "title": "V", "properties": {"xdm:b": {"type": "nothing"}}})");
  const auto on_worse =
      document(R"({"$id": "https://x/on-new", "title": "U", "properties": {"xdm:a": {"$ref": "https://x/new"}}})");
  const auto entries = import({on_worse, worse});
  EXPECT_EQ(outcomes(entries), "refused refused");
  EXPECT_THAT(entries[0].reason->message, HasSubstr("\"https://x/new\", which was refused"));
}

TEST_F(Import, ACircleComesInWholeOrNotAtAll) {
  const auto one =
      document(R"({"$id": "https://x/1", "title": "1", "properties": {"xdm:a": {"$ref": "https://x/2"}}})");
  const auto two = document(
      R"({"$id": "https://x/2", "title": "2", "properties": {"xdm:b": {"$ref": "https://x/1"}, "xdm:c": {"type": "string"}}})");
  const auto bad = document(R"({"$id": "https://x/2", "properties": {"xdm:b": {"$ref": "https://x/1"}}})");
  const auto refused = import({one, bad});
  EXPECT_EQ(outcomes(refused), "refused refused");
  EXPECT_THAT(refused[0].reason->message, HasSubstr("https://x/2"));
  EXPECT_THAT(refused[1].reason->message, HasSubstr("title"));
  EXPECT_EQ(outcomes(import({one, two})), "created created");
}

TEST_F(Import, LeavesATenantsOwnAlone) {
  ledger::Resource own;
  own.id = ResourceId("https://x/own");
  own.alt_id = "_x.own";
  own.scope = scope();
  own.container = "tenant";
  own.type = "datatypes";
  own.title = "Own";
  own.document = R"({"$id": "https://x/own", "title": "Own", "type": "object"})";
  must(write([&](Tx& tx) { return ledger::insert_resource(tx, own); }));
  const auto entries =
      import({document(R"({"$id": "https://x/own", "title": "Mine", "type": "object"})"),
              document(R"({"$id": "http://x/own", "title": "Mine", "type": "object"})"),
              document(R"({"$id": "https://x/a", "title": "A", "properties": {"xdm:a": {"$ref": "https://x/own"}}})")});
  EXPECT_EQ(outcomes(entries), "refused refused refused");
  EXPECT_THAT(entries[0].reason->message, HasSubstr("own under this $id, \"Own\""));
  EXPECT_THAT(entries[1].reason->message, HasSubstr("another document of this request"));
  EXPECT_THAT(entries[2].reason->message, HasSubstr("your tenant's datatypes"));
}

TEST_F(Import, OneDocumentForOneIdAndNotTooMany) {
  const auto one = document(R"({"$id": "https://x/1", "title": "1"})");
  const std::vector<ImportDocument> twice = {one, one};
  EXPECT_THAT(refusal_of(read([&](ReadTx& tx) { return prepare_import(tx, author_, twice, 1); })).message,
              HasSubstr("https://x/1"));
  const std::vector<ImportDocument> many(import_documents_max + 1, one);
  EXPECT_THAT(refusal_of(read([&](ReadTx& tx) { return prepare_import(tx, author_, many, 1); })).message,
              HasSubstr("at most 100"));
}

TEST_F(Import, NoticesThatSomeoneElseWasFaster) {
  const auto first = prepare({document(R"({"$id": "https://x/1", "title": "1"})")});
  const auto second = prepare({document(R"({"$id": "https://x/1", "title": "2"})")});
  must(store(first));
  EXPECT_EQ(refusal_of(store(second)).kind(), ErrorKind::conflict);
  EXPECT_EQ(stored("https://x/1").title, "1");
}

}  // namespace
}  // namespace lakegate::registry
