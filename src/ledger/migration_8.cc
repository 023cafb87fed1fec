#include "ledger/migration_8.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE subscription (
      number         INTEGER PRIMARY KEY,
      id             TEXT NOT NULL UNIQUE CHECK (id <> ''),
      org            INTEGER NOT NULL,
      sandbox        INTEGER NOT NULL,
      name           TEXT NOT NULL CHECK (name <> ''),
      kind           TEXT NOT NULL CHECK (kind IN ('webhook', 'kafka')),
      target         TEXT NOT NULL,
      secrets        TEXT NOT NULL,  -- apart from the target: never shown
      all_datasets   INTEGER NOT NULL CHECK (all_datasets IN (0, 1)),
      datasets       TEXT NOT NULL,  -- the rows of subscription_dataset as a JSON array
      types          TEXT NOT NULL,  -- JSON array; empty: all
      state          TEXT NOT NULL CHECK (state IN ('active', 'paused', 'suspended')),
      reason         TEXT NOT NULL,
      failing_since  INTEGER,
      start_position INTEGER NOT NULL,
      version        INTEGER NOT NULL,
      created        INTEGER NOT NULL,
      updated        INTEGER NOT NULL,
      created_user   TEXT NOT NULL,
      updated_user   TEXT NOT NULL,
      UNIQUE (org, sandbox, name),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT)",
    R"(CREATE TABLE subscription_dataset (
      subscription INTEGER NOT NULL REFERENCES subscription (number),
      dataset_id   TEXT NOT NULL REFERENCES dataset (id),
      PRIMARY KEY (subscription, dataset_id)
    ) STRICT, WITHOUT ROWID)",

    // `due`: when the next event of the lane may be tried; null: all are delivered.
    R"(CREATE TABLE delivery_lane (
      subscription INTEGER NOT NULL REFERENCES subscription (number),
      dataset_id   TEXT NOT NULL REFERENCES dataset (id),
      cursor       INTEGER NOT NULL CHECK (cursor >= 0),
      due          INTEGER,
      attempts     INTEGER NOT NULL CHECK (attempts >= 0),
      last_status  INTEGER NOT NULL,
      last_error   TEXT NOT NULL,
      updated      INTEGER NOT NULL,
      PRIMARY KEY (subscription, dataset_id)
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX delivery_lane_due ON delivery_lane (subscription, due) WHERE due IS NOT NULL",

    // `due` not null: asked to be sent again. `last_seq` > `seq`: a gap that retention left.
    R"(CREATE TABLE dead_letter (
      number       INTEGER PRIMARY KEY AUTOINCREMENT,
      subscription INTEGER NOT NULL REFERENCES subscription (number),
      dataset_id   TEXT NOT NULL REFERENCES dataset (id),
      seq          INTEGER NOT NULL CHECK (seq > 0),
      last_seq     INTEGER NOT NULL CHECK (last_seq >= seq),
      cause        TEXT NOT NULL CHECK (cause IN ('failed', 'refused', 'pruned')),
      at           INTEGER NOT NULL,
      attempts     INTEGER NOT NULL CHECK (attempts >= 0),
      last_status  INTEGER NOT NULL,
      last_error   TEXT NOT NULL,
      due          INTEGER
    ) STRICT)",
    "CREATE INDEX dead_letter_of_subscription ON dead_letter (subscription, number)",
    "CREATE INDEX dead_letter_due ON dead_letter (subscription, due) WHERE due IS NOT NULL",
    "CREATE INDEX dead_letter_of_lane ON dead_letter (subscription, dataset_id, seq)",
};

}  // namespace

std::span<const std::string_view> migration_8() { return statements; }

}  // namespace lakegate::ledger
