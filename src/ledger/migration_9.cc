#include "ledger/migration_9.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    // A client without a row has no restriction. `rights` is "read,manage"; no sandbox: every one of the org;
    // `datasets`
    // is a JSON array of ids, none: all.
    R"(CREATE TABLE client_grant (
      client_id TEXT NOT NULL REFERENCES client (client_id),
      number    INTEGER NOT NULL,
      rights    TEXT NOT NULL CHECK (rights <> ''),
      sandbox   INTEGER REFERENCES sandbox (number),
      datasets  TEXT CHECK (datasets <> ''),
      PRIMARY KEY (client_id, number)
    ) STRICT, WITHOUT ROWID)",
};

}  // namespace

std::span<const std::string_view> migration_9() { return statements; }

}  // namespace lakegate::ledger
