#include "ledger/migrations.h"

#include "base/error_codes.h"
#include "ledger/migration_1.h"
#include "ledger/migration_10.h"
#include "ledger/migration_11.h"
#include "ledger/migration_12.h"
#include "ledger/migration_13.h"
#include "ledger/migration_14.h"
#include "ledger/migration_2.h"
#include "ledger/migration_3.h"
#include "ledger/migration_4.h"
#include "ledger/migration_5.h"
#include "ledger/migration_6.h"
#include "ledger/migration_7.h"
#include "ledger/migration_8.h"
#include "ledger/migration_9.h"
#include "ledger/sql.h"

namespace lakegate::ledger {
namespace {

// "Lake": tells our files from any other SQLite database.
constexpr int64_t application_id = 0x4C616B65;

Result<int64_t> number_of(Connection& connection, std::string_view sql) {
  const ReadTx tx(connection);
  LG_ASSIGN(const std::optional<int64_t> number, find_row<int64_t>(tx, sql));
  return number.value_or(0);
}

Status claim_file(Connection& connection) {
  LG_ASSIGN(const int64_t owner, number_of(connection, "PRAGMA application_id"));
  LG_ASSIGN(const int64_t tables, number_of(connection, "SELECT count(*) FROM sqlite_schema"));
  if (owner == application_id) return {};
  if (owner == 0 && tables == 0) return connection.run(fmt::format("PRAGMA application_id = {}", application_id));
  return fail(codes::invalid_argument, "The file is a database of another program");
}

Status apply(Connection& connection, const Migration& migration, Millis now) {
  LG_TRY(connection.run("BEGIN IMMEDIATE"));
  for (const std::string_view statement : migration.statements) LG_TRY(connection.run(statement));
  Tx tx(connection);
  LG_TRY(change_rows(tx, "INSERT INTO migration (number, name, applied) VALUES (:number, :name, :applied)",
                     migration.number, migration.name, now));
  return connection.run("COMMIT");
}

}  // namespace

std::span<const Migration> migrations() {
  static const Migration all[] = {{1, "first tables", migration_1()},
                                  {2, "what goes by time", migration_2()},
                                  {3, "where the store is", migration_3()},
                                  {4, "who refers to whom in the registry", migration_4()},
                                  {5, "what replaces what", migration_5()},
                                  {6, "lists of a million", migration_6()},
                                  {7, "public keys of clients", migration_7()},
                                  {8, "subscriptions to events", migration_8()},
                                  {9, "what clients were granted", migration_9()},
                                  {10, "events of a sandbox in order", migration_10()},
                                  {11, "orgs, sandboxes and keys come and go", migration_11()},
                                  {12, "quotas", migration_12()},
                                  {13, "outside issuers", migration_13()},
                                  {14, "subscriptions count on", migration_14()}};
  return all;
}

Status migrate(Connection& connection, Millis now) {
  LG_TRY(claim_file(connection));
  LG_TRY(connection.run(R"(CREATE TABLE IF NOT EXISTS migration (
    number  INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    applied INTEGER NOT NULL
  ) STRICT)"));
  LG_ASSIGN(const int64_t present, number_of(connection, "SELECT coalesce(max(number), 0) FROM migration"));
  const auto known = static_cast<int64_t>(migrations().size());
  if (present > known) {
    return fail(codes::invalid_argument,
                "It was written by a newer version of Lakegate (step {}; this one knows {}). Use that version.",
                present, known);
  }
  for (const Migration& migration : migrations().subspan(static_cast<size_t>(present))) {
    if (const Status applied = apply(connection, migration, now); !applied) {
      (void)connection.run("ROLLBACK");
      return fail(*applied.error().code, "Step {} ({}) failed: {}", migration.number, migration.name,
                  applied.error().message);
    }
  }
  return {};
}

}  // namespace lakegate::ledger
