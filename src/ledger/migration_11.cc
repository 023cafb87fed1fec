#include "ledger/migration_11.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    // A deleted org, sandbox or key stays as a row: history names it, and its id is never given again.
    R"(ALTER TABLE org ADD COLUMN state TEXT NOT NULL DEFAULT 'enabled'
       CHECK (state IN ('enabled', 'disabled', 'deleted')))",

    // `name` of a deleted one ends in "~" and its number, which no name can have: the name is free again.
    "ALTER TABLE sandbox ADD COLUMN title TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sandbox ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE sandbox ADD COLUMN updated INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sandbox ADD COLUMN created_user TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sandbox ADD COLUMN updated_user TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sandbox ADD COLUMN deleted INTEGER",
    "UPDATE sandbox SET title = CASE name WHEN 'prod' THEN 'Production' ELSE name END, updated = created",

    "ALTER TABLE client ADD COLUMN created_user TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE client ADD COLUMN updated INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE client ADD COLUMN secret_created INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE client ADD COLUMN tokens_void_until INTEGER NOT NULL DEFAULT 0",  // issued then or before
    "ALTER TABLE client ADD COLUMN deleted INTEGER",
    "UPDATE client SET updated = created, secret_created = created",
    // Secrets that were followed by others and are good for a while yet.
    R"(CREATE TABLE former_secret (
      client_id   TEXT NOT NULL REFERENCES client (client_id),
      secret_hash TEXT NOT NULL CHECK (secret_hash <> ''),
      good_until  INTEGER NOT NULL,
      PRIMARY KEY (client_id, secret_hash)
    ) STRICT, WITHOUT ROWID)",

    // The audit trail is read from its newest row on, by one of these.
    "ALTER TABLE audit ADD COLUMN request_id TEXT NOT NULL DEFAULT ''",
    "DROP INDEX audit_of_subject",
    "CREATE INDEX audit_of_org ON audit (org, at, number)",
    "CREATE INDEX audit_of_subject ON audit (org, subject, at, number)",
    "CREATE INDEX audit_of_actor ON audit (org, actor, at, number)",
    "CREATE INDEX audit_of_action ON audit (org, action, at, number)",
};

}  // namespace

std::span<const std::string_view> migration_11() { return statements; }

}  // namespace lakegate::ledger
