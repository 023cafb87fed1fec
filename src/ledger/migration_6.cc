// What the Catalog's lists need to be quick with a million batches. An index on what changes while a batch is made
// holds only batches that have ended: it is written once a batch, not with each change. Lists read those that still
// live apart.
#include "ledger/migration_6.h"

namespace lakegate::ledger {
namespace {

// As in batch_rows.h: SQLite compares the words.
#define IF_LIVING " WHERE status = 'loading' OR status = 'loaded' OR status = 'staging' OR status = 'staged'"
#define IF_ENDED                                                                                             \
  " WHERE status = 'active' OR status = 'failed' OR status = 'aborted' OR status = 'abandoned' OR status = " \
  "'inactive' OR status = 'deleted'"

constexpr std::string_view statements[] = {
    "CREATE INDEX batch_living ON batch (sandbox, dataset_id, status, id)" IF_LIVING,
    "CREATE INDEX batch_by_status ON batch (org, sandbox, status, created, id)" IF_ENDED,
    "CREATE INDEX batch_of_dataset_in_status ON batch (org, sandbox, dataset_id, status, created, id)" IF_ENDED,
    "CREATE INDEX batch_by_update ON batch (org, sandbox, updated, id)" IF_ENDED,
    "CREATE INDEX batch_by_start ON batch (org, sandbox, started, id)" IF_ENDED,
    "CREATE INDEX batch_by_end ON batch (org, sandbox, completed, id)" IF_ENDED,
    "CREATE INDEX batch_by_records ON batch (org, sandbox, record_count, id)" IF_ENDED,
    "CREATE INDEX batch_by_failed_records ON batch (org, sandbox, failed_record_count, id)" IF_ENDED,
    "CREATE INDEX batch_by_size ON batch (org, sandbox, size_bytes, id)" IF_ENDED,
    "CREATE INDEX batch_by_user ON batch (org, sandbox, created_user, created, id)",
    // Each dataset may have a time to live of its own.
    "DROP INDEX batch_active_since",
    "CREATE INDEX batch_active_since ON batch (dataset_id, completed) WHERE status = 'active'",

    R"(CREATE TABLE batch_tag (
      batch_id TEXT NOT NULL REFERENCES batch (id),
      key      TEXT NOT NULL,
      value    TEXT NOT NULL,
      sandbox  INTEGER NOT NULL,
      PRIMARY KEY (batch_id, key, value)
    ) STRICT, WITHOUT ROWID)",
    R"(INSERT OR IGNORE INTO batch_tag (batch_id, key, value, sandbox)
       SELECT b.id, t.key, CASE v.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE v.value END, b.sandbox
       FROM batch b, json_each(b.tags) t,
            json_each(CASE t.type WHEN 'array' THEN t.value ELSE json_array(json_extract(b.tags, t.fullkey)) END) v
       WHERE v.type NOT IN ('null', 'object', 'array') AND t.type NOT IN ('null', 'object', 'true', 'false'))",
    R"(INSERT OR IGNORE INTO batch_tag (batch_id, key, value, sandbox)
       SELECT b.id, t.key, t.type, b.sandbox FROM batch b, json_each(b.tags) t WHERE t.type IN ('true', 'false'))",
    "CREATE INDEX batch_tag_by_value ON batch_tag (sandbox, key, value, batch_id)",

    R"(CREATE TABLE available_dates (
      batch_id TEXT PRIMARY KEY REFERENCES batch (id),
      start_at INTEGER,
      end_at   INTEGER
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX available_dates_by_start ON available_dates (start_at)",
    "CREATE INDEX available_dates_by_end ON available_dates (end_at)",

    // Without figures SQLite takes (org, sandbox) for a rare pair, and walks all batches where it finds it in an index.
    // These are of a ledger with a million batches; in a small one any plan will do.
    "ANALYZE epoch",
    R"(INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
       ('batch', 'sqlite_autoindex_batch_1', '1000000 1'),
       ('batch', 'batch_by_time', '1000000 500000 200000 1 1'),
       ('batch', 'batch_of_dataset', '1000000 500000 200000 5000 1 1'),
       ('batch', 'batch_by_status', '1000000 500000 200000 50000 1 1'),
       ('batch', 'batch_living', '1000 200 5 2 1'),
       ('batch', 'batch_of_dataset_in_status', '1000000 500000 200000 5000 1000 1 1'),
       ('batch', 'batch_external_id', '1000000 200000 1'),
       ('batch', 'batch_by_update', '1000000 500000 200000 1 1'),
       ('batch', 'batch_by_start', '1000000 500000 200000 1 1'),
       ('batch', 'batch_by_end', '1000000 500000 200000 1 1'),
       ('batch', 'batch_by_records', '1000000 500000 200000 100 1'),
       ('batch', 'batch_by_failed_records', '1000000 500000 200000 100 1'),
       ('batch', 'batch_by_size', '1000000 500000 200000 100 1'),
       ('batch', 'batch_by_user', '1000000 500000 200000 20000 1 1'))",
    "ANALYZE sqlite_schema",
};

}  // namespace

std::span<const std::string_view> migration_6() { return statements; }

}  // namespace lakegate::ledger
