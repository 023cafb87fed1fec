// Times are milliseconds since 1970, flags 0 or 1, JSON is text. Ids of clients are text as they see them; objects have
// a number of ours, since their long keys are referred to from everywhere.
#include "ledger/migration_1.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE epoch (
      number  INTEGER PRIMARY KEY,
      started INTEGER NOT NULL,
      ended   INTEGER  -- an orderly stop
    ) STRICT)",

    // Who
    R"(CREATE TABLE org (
      number  INTEGER PRIMARY KEY,
      ims_org TEXT NOT NULL UNIQUE CHECK (ims_org <> ''),
      tenant  TEXT NOT NULL UNIQUE CHECK (tenant <> ''),
      name    TEXT NOT NULL,
      created INTEGER NOT NULL
    ) STRICT)",
    R"(CREATE TABLE sandbox (
      number  INTEGER PRIMARY KEY,
      org     INTEGER NOT NULL REFERENCES org (number),
      name    TEXT NOT NULL CHECK (name <> ''),
      id      TEXT NOT NULL UNIQUE,
      type    TEXT NOT NULL CHECK (type IN ('production', 'development')),
      created INTEGER NOT NULL,
      UNIQUE (org, name),
      UNIQUE (org, number)
    ) STRICT)",
    R"(CREATE TABLE client (
      client_id   TEXT PRIMARY KEY CHECK (client_id <> ''),
      org         INTEGER NOT NULL REFERENCES org (number),
      secret_hash TEXT NOT NULL,
      user_id     TEXT NOT NULL,
      name        TEXT NOT NULL,
      disabled    INTEGER NOT NULL CHECK (disabled IN (0, 1)),
      created     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX client_of_org ON client (org)",
    R"(CREATE TABLE audit (
      number  INTEGER PRIMARY KEY,
      org     INTEGER NOT NULL REFERENCES org (number),
      at      INTEGER NOT NULL,
      actor   TEXT NOT NULL,
      action  TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail  TEXT NOT NULL
    ) STRICT)",
    "CREATE INDEX audit_of_subject ON audit (org, subject, number)",
    "CREATE INDEX audit_by_time ON audit (at)",

    // Schema resources
    R"(CREATE TABLE resource (
      number         INTEGER PRIMARY KEY,
      org            INTEGER NOT NULL,
      sandbox        INTEGER NOT NULL,
      id             TEXT NOT NULL CHECK (id <> ''),
      alt_id         TEXT NOT NULL CHECK (alt_id <> ''),
      container      TEXT NOT NULL CHECK (container IN ('tenant', 'global')),
      type           TEXT NOT NULL CHECK (type IN ('schemas', 'classes', 'mixins', 'datatypes', 'behaviors')),
      title          TEXT NOT NULL,
      class_id       TEXT NOT NULL,
      document       TEXT NOT NULL,
      version        INTEGER NOT NULL,
      created        INTEGER NOT NULL,
      updated        INTEGER NOT NULL,
      created_user   TEXT NOT NULL,
      created_client TEXT NOT NULL,
      updated_user   TEXT NOT NULL,
      updated_client TEXT NOT NULL,
      UNIQUE (sandbox, id),
      UNIQUE (sandbox, alt_id),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT)",
    "CREATE UNIQUE INDEX resource_title ON resource (org, sandbox, title) WHERE container = 'tenant'",
    "CREATE INDEX resource_list ON resource (org, sandbox, type, title, id)",

    // Datasets
    R"(CREATE TABLE dataset (
      id                  TEXT PRIMARY KEY CHECK (id <> ''),
      view_id             TEXT NOT NULL UNIQUE,
      org                 INTEGER NOT NULL,
      sandbox             INTEGER NOT NULL,
      name                TEXT NOT NULL,
      description         TEXT NOT NULL,
      schema_id           TEXT NOT NULL,
      schema_content_type TEXT NOT NULL,
      schema_version      INTEGER NOT NULL,
      extra               TEXT NOT NULL,
      tags                TEXT NOT NULL,
      table_name          TEXT NOT NULL CHECK (table_name <> ''),
      table_key           TEXT NOT NULL,  -- table_name in lower case
      deleted             INTEGER NOT NULL CHECK (deleted IN (0, 1)),
      created             INTEGER NOT NULL,
      updated             INTEGER NOT NULL,
      created_user        TEXT NOT NULL,
      updated_user        TEXT NOT NULL,
      created_client      TEXT NOT NULL,
      version             INTEGER NOT NULL,
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT)",
    "CREATE UNIQUE INDEX dataset_table ON dataset (org, sandbox, table_key) WHERE deleted = 0",
    "CREATE INDEX dataset_by_time ON dataset (org, sandbox, created, id) WHERE deleted = 0",
    "CREATE INDEX dataset_by_name ON dataset (org, sandbox, name, id) WHERE deleted = 0",
    "CREATE INDEX dataset_of_schema ON dataset (org, sandbox, schema_id) WHERE deleted = 0",
    R"(CREATE TABLE dataset_tag (
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      key        TEXT NOT NULL,
      value      TEXT NOT NULL,
      PRIMARY KEY (dataset_id, key, value)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE pinned_schema (
      dataset_id     TEXT NOT NULL REFERENCES dataset (id),
      schema_version INTEGER NOT NULL CHECK (schema_version > 0),
      resolved       TEXT NOT NULL,
      table_schema   TEXT NOT NULL,
      check_schema   TEXT NOT NULL,
      check_hash     TEXT NOT NULL,
      created        INTEGER NOT NULL,
      PRIMARY KEY (dataset_id, schema_version)
    ) STRICT)",
    R"(CREATE TABLE field_fact (
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      field_id   INTEGER NOT NULL CHECK (field_id > 0),
      path       TEXT NOT NULL,
      table_name TEXT NOT NULL,
      PRIMARY KEY (dataset_id, field_id),
      UNIQUE (dataset_id, path)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE event (
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      seq        INTEGER NOT NULL CHECK (seq > 0),
      at         INTEGER NOT NULL,
      kind       TEXT NOT NULL,
      batch_id   TEXT NOT NULL,
      detail     TEXT NOT NULL,
      PRIMARY KEY (dataset_id, seq)
    ) STRICT, WITHOUT ROWID)",

    // Batches
    R"(CREATE TABLE batch (
      id                  TEXT PRIMARY KEY CHECK (id <> ''),
      org                 INTEGER NOT NULL,
      sandbox             INTEGER NOT NULL,
      dataset_id          TEXT NOT NULL REFERENCES dataset (id),
      status              TEXT NOT NULL CHECK (status IN ('loading', 'loaded', 'staging', 'staged', 'active', 'failed',
                                                          'aborted', 'abandoned', 'inactive', 'deleted')),
      external_id         TEXT NOT NULL,
      format              TEXT NOT NULL CHECK (format IN ('parquet', 'json', 'csv')),
      input_format        TEXT NOT NULL,
      tags                TEXT NOT NULL,
      schema_version      INTEGER NOT NULL,
      created             INTEGER NOT NULL,
      updated             INTEGER NOT NULL,
      started             INTEGER,
      completed           INTEGER,
      created_user        TEXT NOT NULL,
      created_client      TEXT NOT NULL,
      updated_user        TEXT NOT NULL,
      version             INTEGER NOT NULL,
      file_count          INTEGER NOT NULL CHECK (file_count >= 0),
      size_bytes          INTEGER NOT NULL CHECK (size_bytes >= 0),
      record_count        INTEGER NOT NULL CHECK (record_count >= 0),
      failed_record_count INTEGER NOT NULL CHECK (failed_record_count >= 0),
      snapshot_id         INTEGER,
      last_activity       INTEGER NOT NULL,
      last_file_number    INTEGER NOT NULL DEFAULT 0,
      has_history         INTEGER NOT NULL DEFAULT 1 CHECK (has_history IN (0, 1)),  -- 0: retention removed it
      open_file_count     INTEGER NOT NULL DEFAULT 0 CHECK (open_file_count BETWEEN 0 AND last_file_number),
      good_file_count     INTEGER NOT NULL DEFAULT 0 CHECK (good_file_count >= 0),  -- these four: of judged files
      bad_file_count      INTEGER NOT NULL DEFAULT 0 CHECK (bad_file_count >= 0),
      good_record_count   INTEGER NOT NULL DEFAULT 0 CHECK (good_record_count >= 0),
      bad_record_count    INTEGER NOT NULL DEFAULT 0 CHECK (bad_record_count >= 0),
      CHECK (status <> 'active' OR snapshot_id IS NOT NULL),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number),
      FOREIGN KEY (dataset_id, schema_version) REFERENCES pinned_schema (dataset_id, schema_version)
    ) STRICT)",
    "CREATE INDEX batch_by_time ON batch (org, sandbox, created, id)",
    "CREATE INDEX batch_of_dataset ON batch (org, sandbox, dataset_id, created, id)",
    "CREATE UNIQUE INDEX batch_external_id ON batch (sandbox, external_id) WHERE external_id <> ''",
    // With OR, not IN: SQLite then sees that `status = 'loaded'` is among them.
    R"(CREATE INDEX batch_work ON batch (status, id)
       WHERE status = 'loading' OR status = 'loaded' OR status = 'staging' OR status = 'staged'
             OR status = 'inactive')",
    "CREATE INDEX batch_idle ON batch (last_activity) WHERE status = 'loading'",
    R"(CREATE INDEX batch_with_old_history ON batch (updated)
       WHERE status IN ('failed', 'aborted', 'abandoned', 'deleted') AND has_history = 1)",
    R"(CREATE TABLE batch_history (
      batch_id    TEXT NOT NULL REFERENCES batch (id),
      number      INTEGER NOT NULL,
      from_status TEXT NOT NULL,
      to_status   TEXT NOT NULL,
      event       TEXT NOT NULL,
      at          INTEGER NOT NULL,
      cause       TEXT NOT NULL,
      user        TEXT NOT NULL,
      PRIMARY KEY (batch_id, number)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE batch_error (
      batch_id     TEXT NOT NULL REFERENCES batch (id),
      number       INTEGER NOT NULL,
      code         TEXT NOT NULL,
      description  TEXT NOT NULL,
      file         TEXT NOT NULL,
      column_path  TEXT NOT NULL,
      row_numbers  TEXT NOT NULL,
      record_count INTEGER NOT NULL,
      found        TEXT NOT NULL,
      expected     TEXT NOT NULL,
      PRIMARY KEY (batch_id, number)
    ) STRICT, WITHOUT ROWID)",

    // Objects and files
    R"(CREATE TABLE object (
      number         INTEGER PRIMARY KEY,
      key            TEXT NOT NULL UNIQUE CHECK (key <> ''),
      dataset_id     TEXT NOT NULL REFERENCES dataset (id),
      batch_id       TEXT REFERENCES batch (id),  -- none: the table's own
      state          TEXT NOT NULL CHECK (state IN ('writing', 'live', 'condemned')),
      epoch          INTEGER NOT NULL,
      due            INTEGER,
      awaits_verdict INTEGER NOT NULL DEFAULT 0 CHECK (awaits_verdict IN (0, 1)),
      CHECK ((state = 'condemned') = (due IS NOT NULL)),
      CHECK (awaits_verdict = 0 OR state = 'live')
    ) STRICT)",
    "CREATE INDEX object_writing ON object (epoch) WHERE state = 'writing'",
    "CREATE INDEX object_due ON object (due) WHERE state = 'condemned'",
    "CREATE INDEX object_of_batch ON object (batch_id) WHERE batch_id IS NOT NULL",
    "CREATE INDEX object_awaiting_verdict ON object (number) WHERE awaits_verdict = 1",
    R"(CREATE TABLE batch_file (
      batch_id    TEXT NOT NULL REFERENCES batch (id),
      number      INTEGER NOT NULL CHECK (number > 0),
      path        TEXT NOT NULL CHECK (path <> ''),
      object      INTEGER REFERENCES object (number) ON DELETE SET NULL,  -- none: its bytes are gone
      chunked     INTEGER NOT NULL CHECK (chunked IN (0, 1)),
      complete    INTEGER NOT NULL CHECK (complete IN (0, 1)),
      total_bytes INTEGER CHECK (total_bytes >= 0),
      sent_bytes  INTEGER NOT NULL CHECK (sent_bytes >= 0),
      sha256      TEXT NOT NULL,
      range_count INTEGER NOT NULL DEFAULT 0,
      held_bytes  INTEGER NOT NULL DEFAULT 0,
      contiguous_bytes INTEGER NOT NULL DEFAULT 0,  -- held from the file's begin on without a gap
      created     INTEGER NOT NULL,
      updated     INTEGER NOT NULL,
      PRIMARY KEY (batch_id, number),
      UNIQUE (batch_id, path)
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX batch_file_of_object ON batch_file (object)",
    "CREATE INDEX batch_file_open ON batch_file (batch_id, number) WHERE complete = 0",
    R"(CREATE TABLE held_range (
      batch_id    TEXT NOT NULL,
      file_number INTEGER NOT NULL,
      begin_byte  INTEGER NOT NULL CHECK (begin_byte >= 0),
      end_byte    INTEGER NOT NULL,
      PRIMARY KEY (batch_id, file_number, begin_byte),
      CHECK (end_byte > begin_byte),
      FOREIGN KEY (batch_id, file_number) REFERENCES batch_file (batch_id, number)
    ) STRICT, WITHOUT ROWID)",

    // Verdicts
    R"(CREATE TABLE verdict (
      object              INTEGER PRIMARY KEY REFERENCES object (number) ON DELETE CASCADE,
      verdict             TEXT NOT NULL CHECK (verdict IN ('good', 'bad')),
      record_count        INTEGER NOT NULL,
      failed_record_count INTEGER NOT NULL,
      report              TEXT NOT NULL,  -- all of it, model/validation_report_json.h
      at                  INTEGER NOT NULL
    ) STRICT)",
    R"(CREATE TABLE data_file (
      object       INTEGER PRIMARY KEY REFERENCES verdict (object) ON DELETE CASCADE,
      sent_bytes   INTEGER NOT NULL CHECK (sent_bytes >= 0),
      table_bytes  INTEGER NOT NULL,
      record_count INTEGER NOT NULL,
      origin       TEXT NOT NULL CHECK (origin IN ('as_sent', 'normalised', 'converted')),
      CHECK (table_bytes >= sent_bytes OR origin = 'converted')
    ) STRICT)",

    // Tables
    R"(CREATE TABLE iceberg_table (
      dataset_id           TEXT PRIMARY KEY REFERENCES dataset (id),
      uuid                 TEXT NOT NULL UNIQUE,
      version              INTEGER NOT NULL CHECK (version > 0),
      last_sequence_number INTEGER NOT NULL,
      last_updated         INTEGER NOT NULL,
      last_column_id       INTEGER NOT NULL,
      current_schema_id    INTEGER NOT NULL,
      properties           TEXT NOT NULL,
      metadata_object      INTEGER REFERENCES object (number),
      metadata_version     INTEGER NOT NULL DEFAULT 0,
      dataset_deleted      INTEGER NOT NULL DEFAULT 0 CHECK (dataset_deleted IN (0, 1))  -- for the index below
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE INDEX iceberg_table_stale ON iceberg_table (dataset_id)
       WHERE metadata_version < version AND dataset_deleted = 0)",
    R"(CREATE TABLE table_schema (
      dataset_id TEXT NOT NULL REFERENCES iceberg_table (dataset_id),
      schema_id  INTEGER NOT NULL,
      document   TEXT NOT NULL,
      PRIMARY KEY (dataset_id, schema_id)
    ) STRICT)",
    R"(CREATE TABLE table_snapshot (
      dataset_id         TEXT NOT NULL REFERENCES iceberg_table (dataset_id),
      snapshot_id        INTEGER NOT NULL,
      parent_snapshot_id INTEGER,
      sequence_number    INTEGER NOT NULL,
      at                 INTEGER NOT NULL,
      manifest_list      INTEGER NOT NULL REFERENCES object (number),
      schema_id          INTEGER NOT NULL,
      summary            TEXT NOT NULL,
      PRIMARY KEY (dataset_id, snapshot_id),
      UNIQUE (dataset_id, sequence_number)
    ) STRICT)",
    R"(CREATE TABLE table_manifest (
      dataset_id          TEXT NOT NULL REFERENCES iceberg_table (dataset_id),
      object              INTEGER NOT NULL REFERENCES object (number),
      position            INTEGER NOT NULL,
      length_bytes        INTEGER NOT NULL,
      sequence_number     INTEGER NOT NULL,
      min_sequence_number INTEGER NOT NULL,
      added_snapshot_id   INTEGER NOT NULL,
      added_files         INTEGER NOT NULL,
      existing_files      INTEGER NOT NULL,
      deleted_files       INTEGER NOT NULL,
      added_rows          INTEGER NOT NULL,
      existing_rows       INTEGER NOT NULL,
      deleted_rows        INTEGER NOT NULL,
      PRIMARY KEY (dataset_id, object)
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX table_snapshot_object ON table_snapshot (manifest_list)",
    "CREATE INDEX table_manifest_object ON table_manifest (object)",
    "CREATE INDEX iceberg_table_object ON iceberg_table (metadata_object)",
    R"(CREATE TABLE batch_snapshot (
      batch_id        TEXT PRIMARY KEY REFERENCES batch (id),
      dataset_id      TEXT NOT NULL REFERENCES dataset (id),
      snapshot_id     INTEGER NOT NULL,
      sequence_number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX batch_snapshot_of_table ON batch_snapshot (dataset_id, snapshot_id, batch_id)",

    R"(CREATE TABLE retired (
      number          INTEGER PRIMARY KEY,
      dataset_id      TEXT NOT NULL REFERENCES dataset (id),
      sequence_number INTEGER NOT NULL,  -- of the first snapshot without it
      object          INTEGER UNIQUE REFERENCES object (number) ON DELETE CASCADE,
      batch_id        TEXT UNIQUE REFERENCES batch (id),  -- all objects of it
      CHECK ((object IS NULL) <> (batch_id IS NULL))
    ) STRICT)",
    "CREATE INDEX retired_by_sequence ON retired (dataset_id, sequence_number)",

    // Answers
    R"(CREATE TABLE stored_answer (
      org          INTEGER NOT NULL,
      sandbox      INTEGER NOT NULL,
      key          TEXT NOT NULL,
      request_hash TEXT NOT NULL,
      status       INTEGER NOT NULL,
      location     TEXT NOT NULL,
      body         TEXT NOT NULL,
      created      INTEGER NOT NULL,
      PRIMARY KEY (org, sandbox, key),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX stored_answer_by_time ON stored_answer (created)",
};

}  // namespace

std::span<const std::string_view> migration_1() { return statements; }

}  // namespace lakegate::ledger
