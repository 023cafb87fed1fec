// A ledger of before step 4 finds out who refers to whom: the same as if its resources were created today.
#include "ledger/migration_4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "ledger/ledger_test_support.h"
#include "ledger/migrations.h"
#include "ledger/resources.h"

namespace lakegate::ledger {
namespace {

struct Written {
  std::string id;
  std::string document;
};

const std::vector<Written> resources = {
    {"type", "{}"},
    {"group", R"({"meta:intendedToExtend": ["class", "", 5], "properties": {"a": {"items": {"$ref": "type#/b"}}}})"},
    {"schema", R"({"allOf": [{"$ref": "_group"}, {"$ref": "#/definitions/x"}, {"$ref": "class"}, {"$ref": "class"}]})"},
    {"class", R"({"$id": "class", "properties": {"$ref": {"type": "string"}, "b": {"$ref": "class#/a"}}})"},
    {"none", R"({"meta:intendedToExtend": []})"}};

std::vector<std::string> references_in(const std::filesystem::path& file) {
  soci::session session(soci::sqlite3, "db=\"" + file.string() + "\"");
  const soci::rowset<std::string> rows =
      (session.prepare
       << "SELECT r.sandbox || ' ' || r.id || ' ' || f.kind || ' ' || f.target FROM resource_reference f"
          " JOIN resource r ON r.number = f.source AND r.sandbox = f.sandbox ORDER BY 1");
  return {rows.begin(), rows.end()};
}

// As step 3 left it, with the sandboxes' own numbers 1 and 2.
void write_former_ledger(const std::filesystem::path& file) {
  soci::session session(soci::sqlite3, "db=\"" + file.string() + "\"");
  session << "PRAGMA application_id = 1281452901";
  session << "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT NULL) STRICT";
  for (const Migration& migration : migrations().first(3)) {
    for (const std::string_view statement : migration.statements) session << std::string(statement);
    session << "INSERT INTO migration VALUES (:number, 'then', 1)", soci::use(migration.number);
  }
  session << "INSERT INTO org VALUES (1, 'acme@AdobeOrg', 'acme', 'Acme', 1)";
  session << "INSERT INTO sandbox VALUES (1, 1, 'prod', 'p', 'production', 1), (2, 1, 'dev', 'd', 'development', 1)";
  for (const int sandbox : {1, 2}) {
    for (const Written& one : resources) {
      session << "INSERT INTO resource (org, sandbox, id, alt_id, container, type, title, class_id, document, version,"
                 " created, updated, created_user, created_client, updated_user, updated_client) VALUES (1, :sandbox,"
                 " :id, '_' || :id2, 'tenant', 'mixins', :id3, '', :document, 0, 1, 1, '', '', '', '')",
          soci::use(sandbox), soci::use(one.id), soci::use(one.id), soci::use(one.id), soci::use(one.document);
    }
  }
}

// Created by today's program, in the first sandbox of a world.
std::vector<std::string> references_of_today() {
  LedgerWorld world;
  for (const Written& one : resources) {
    Resource made;
    made.id = ResourceId(one.id);
    made.alt_id = "_" + one.id;
    made.scope = world.scope();
    made.container = "tenant";
    made.type = "mixins";
    made.title = one.id;
    made.document = one.document;
    must(world.write([&](Tx& tx) { return insert_resource(tx, made); }));
  }
  std::vector<std::string> found = references_in(world.file());
  for (std::string& one : found) one.erase(0, one.find(' ') + 1);
  return found;
}

TEST(MigrationOfReferencesTest, FindsWhatTodaysResourcesHave) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger.db";
  write_former_ledger(file);
  const auto opened = Ledger::open(file, {});
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  const std::vector<std::string> wanted = {"group intends class", "group refers type", "schema refers _group",
                                           "schema refers class"};
  std::vector<std::string> expected;
  for (const char* sandbox : {"1 ", "2 "}) {
    for (const std::string& reference : wanted) expected.push_back(sandbox + reference);
  }
  EXPECT_EQ(references_in(file), expected);
  EXPECT_EQ(references_of_today(), wanted);
}

}  // namespace
}  // namespace lakegate::ledger
