#include "ledger/migration_7.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE client_key (
      client_id TEXT NOT NULL REFERENCES client (client_id),
      key_id    TEXT NOT NULL CHECK (key_id <> ''),
      pem       TEXT NOT NULL,
      created   INTEGER NOT NULL,
      PRIMARY KEY (client_id, key_id)
    ) STRICT, WITHOUT ROWID)",
};

}  // namespace

std::span<const std::string_view> migration_7() { return statements; }

}  // namespace lakegate::ledger
