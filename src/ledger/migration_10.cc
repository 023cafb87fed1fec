#include "ledger/migration_10.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    // The table itself is in the order of positions and the index in that of a dataset, so that an event costs two
    // pages. Both numbers are counted by the last row that has them.
    R"(CREATE TABLE positioned_event (
      sandbox    INTEGER NOT NULL,
      position   INTEGER NOT NULL CHECK (position > 0),
      org        INTEGER NOT NULL,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      seq        INTEGER NOT NULL CHECK (seq > 0),
      at         INTEGER NOT NULL,
      kind       TEXT NOT NULL,
      batch_id   TEXT NOT NULL,
      detail     TEXT NOT NULL,
      PRIMARY KEY (sandbox, position),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT, WITHOUT ROWID)",
    // In the order of time, except where a clock that was set back would change the order of a dataset.
    R"(INSERT INTO positioned_event (sandbox, position, org, dataset_id, seq, at, kind, batch_id, detail)
       SELECT sandbox, row_number() OVER (PARTITION BY sandbox ORDER BY latest, dataset_id, seq),
              org, dataset_id, seq, at, kind, batch_id, detail
       FROM (SELECT d.org, d.sandbox, e.dataset_id, e.seq, e.at, e.kind, e.batch_id, e.detail,
                    max(e.at) OVER (PARTITION BY e.dataset_id ORDER BY e.seq) AS latest
             FROM event e JOIN dataset d ON d.id = e.dataset_id))",
    "DROP TABLE event",
    "ALTER TABLE positioned_event RENAME TO event",
    "CREATE UNIQUE INDEX event_of_dataset ON event (dataset_id, seq)",

    // What retention took of a sandbox: whoever read no further than this may have missed something.
    R"(CREATE TABLE removed_events (
      sandbox  INTEGER PRIMARY KEY REFERENCES sandbox (number),
      position INTEGER NOT NULL
    ) STRICT)",

    "ALTER TABLE batch ADD COLUMN trace TEXT NOT NULL DEFAULT ''",
};

}  // namespace

std::span<const std::string_view> migration_10() { return statements; }

}  // namespace lakegate::ledger
