#include "ledger/migration_5.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE replay (
      batch_id TEXT PRIMARY KEY REFERENCES batch (id),
      reason   TEXT NOT NULL CHECK (reason <> '')
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE predecessor (
      batch_id       TEXT NOT NULL REFERENCES replay (batch_id),
      place          INTEGER NOT NULL,  -- in the order of the request
      predecessor_id TEXT NOT NULL REFERENCES batch (id),
      external_id    TEXT NOT NULL,     -- if the client named it so; else empty
      PRIMARY KEY (batch_id, place),
      UNIQUE (predecessor_id, batch_id),
      CHECK (predecessor_id <> batch_id)
    ) STRICT, WITHOUT ROWID)",
};

}  // namespace

std::span<const std::string_view> migration_5() { return statements; }

}  // namespace lakegate::ledger
