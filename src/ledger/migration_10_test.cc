// A ledger of before step 10: its events keep their numbers and get positions, in an order that contradicts none of
// them.
#include "ledger/migration_10.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "ledger/batches.h"
#include "ledger/events.h"
#include "ledger/ledger_test_support.h"
#include "ledger/migrations.h"

namespace lakegate::ledger {
namespace {

using testing::ElementsAre;

// As step 9 left it: two sandboxes, and in the first one two datasets. The clock was set back after the second event of
// dataset a.
void write_former_ledger(const std::filesystem::path& file) {
  soci::session session(soci::sqlite3, "db=\"" + file.string() + "\"");
  session << "PRAGMA application_id = 1281452901";
  session << "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT NULL) STRICT";
  for (const Migration& migration : migrations().first(9)) {
    for (const std::string_view statement : migration.statements) session << std::string(statement);
    session << "INSERT INTO migration VALUES (:number, 'then', 1)", soci::use(migration.number);
  }
  session << "INSERT INTO org VALUES (1, 'acme@AdobeOrg', 'acme', 'Acme', 1)";
  session << "INSERT INTO sandbox VALUES (1, 1, 'prod', 'p', 'production', 1), (2, 1, 'dev', 'd', 'development', 1)";
  for (const auto& [id, sandbox] : {std::pair{"a", 1}, {"b", 1}, {"c", 2}}) {
    session << "INSERT INTO dataset (id, view_id, org, sandbox, name, description, schema_id, schema_content_type,"
               " schema_version, extra, tags, table_name, table_key, deleted, created, updated, created_user,"
               " updated_user, created_client, version) VALUES (:id, :id2, 1, :sandbox, :id3, '', 's', 't', 1, '{}',"
               " '{}', :id4, :id5, 0, 1, 1, '', '', '', 1)",
        soci::use(std::string(id)), soci::use(std::string(id)), soci::use(sandbox), soci::use(std::string(id)),
        soci::use(std::string(id)), soci::use(std::string(id));
    session << "INSERT INTO pinned_schema VALUES (:id, 1, '{}', '{}', '{}', '0', 1)", soci::use(std::string(id));
  }
  session << "INSERT INTO event VALUES ('a', 4, 10, 'k', 'x', '{\"n\":1}'), ('a', 5, 90, 'k', '', '{}'),"
             " ('a', 6, 20, 'k', '', '{}'), ('a', 7, 95, 'k', '', '{}'), ('b', 1, 15, 'k', '', '{}'),"
             " ('b', 2, 92, 'k', '', '{}'), ('c', 1, 50, 'k', '', '{}')";
  session << "INSERT INTO batch (id, org, sandbox, dataset_id, status, external_id, format, input_format, tags,"
             " schema_version, created, updated, created_user, created_client, updated_user, version, file_count,"
             " size_bytes, record_count, failed_record_count, last_activity) VALUES ('x', 1, 1, 'a', 'loading', '',"
             " 'parquet', '{}', '{}', 1, 1, 1, '', '', '', 1, 0, 0, 0, 0, 1)";
}

TEST(MigrationOfEventsTest, NumbersWhatIsThere) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "ledger.db";
  write_former_ledger(file);
  const auto opened = Ledger::open(file, {});
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  Ledger& ledger = **opened;
  const auto names = [&](const Scope& scope) {
    std::vector<std::string> all;
    const EventPage page =
        must(ledger.read([&](ReadTx& tx) { return list_scope_events(tx, Sight::whole(scope), {}); }));
    for (const Event& event : page.events) {
      all.push_back(fmt::format("{} {}{} at {}", event.position, event.dataset_id, event.seq, event.at));
    }
    return all;
  };
  const Scope prod{OrgNumber{1}, SandboxNumber{1}};
  EXPECT_THAT(names(prod),
              ElementsAre("1 a4 at 10", "2 b1 at 15", "3 a5 at 90", "4 a6 at 20", "5 b2 at 92", "6 a7 at 95"));
  EXPECT_THAT(names({OrgNumber{1}, SandboxNumber{2}}), ElementsAre("1 c1 at 50"));

  const auto first = must(ledger.read([&](ReadTx& tx) { return list_events(tx, DatasetId("a"), 0, 1); }));
  EXPECT_EQ(first.at(0).detail, R"({"n":1})");
  EXPECT_EQ(first.at(0).batch_id, BatchId("x"));
  EXPECT_EQ(must(ledger.read([&](ReadTx& tx) { return get_batch(tx, BatchId("x")); })).trace, "");

  // And they count on.
  const Event next{.dataset_id = DatasetId("a"), .at = 99, .kind = "k", .scope = prod};
  EXPECT_EQ(must(ledger.write([&](Tx& tx) { return append_event(tx, next); })), 8);
  EXPECT_EQ(must(ledger.read([&](ReadTx& tx) { return newest_position(tx, prod); })), 7);
}

}  // namespace
}  // namespace lakegate::ledger
