#include "ledger/migration_13.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE issuer (
      id         TEXT PRIMARY KEY CHECK (id <> ''),
      org        INTEGER NOT NULL REFERENCES org (number),
      issuer     TEXT NOT NULL CHECK (issuer <> ''),
      definition TEXT NOT NULL,
      created    INTEGER NOT NULL,
      updated    INTEGER NOT NULL,
      UNIQUE (org, issuer)
    ) STRICT)",
    "CREATE INDEX issuer_of_org ON issuer (org, created, id)",
    "CREATE INDEX issuer_by_age ON issuer (created, id)",
};

}  // namespace

std::span<const std::string_view> migration_13() { return statements; }

}  // namespace lakegate::ledger
