#include "ledger/migration_12.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE quota (
      org             INTEGER NOT NULL REFERENCES org (number),
      sandbox         INTEGER NOT NULL,  -- 0: of the org as a whole
      stored_bytes    INTEGER CHECK (stored_bytes >= 0),
      batches         INTEGER CHECK (batches >= 0),
      batches_per_day INTEGER CHECK (batches_per_day >= 0),
      open_uploads    INTEGER CHECK (open_uploads >= 0),
      PRIMARY KEY (org, sandbox)
    ) STRICT, WITHOUT ROWID)",
    // Of those sandboxes alone that a quota is about.
    R"(CREATE TABLE usage (
      sandbox        INTEGER PRIMARY KEY REFERENCES sandbox (number),
      org            INTEGER NOT NULL REFERENCES org (number),
      stored_bytes   INTEGER NOT NULL CHECK (stored_bytes >= 0),
      batches        INTEGER NOT NULL CHECK (batches >= 0),
      day            INTEGER NOT NULL,  -- since 1970, UTC
      batches_of_day INTEGER NOT NULL CHECK (batches_of_day >= 0)
    ) STRICT)",
    "CREATE INDEX usage_of_org ON usage (org)",
    // As sent; of a file that is still open its held_bytes say it.
    "ALTER TABLE object ADD COLUMN counted_bytes INTEGER NOT NULL DEFAULT 0",
    R"(UPDATE object SET counted_bytes = f.sent_bytes FROM batch_file f
       WHERE f.object = object.number AND f.complete = 1)",
};

}  // namespace

std::span<const std::string_view> migration_12() { return statements; }

}  // namespace lakegate::ledger
