#include "ledger/migration_4.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    // Kept by the operations of resources.h from the documents' own words. `target` is what stands there, an $id or a
    // meta:altId, with or without a resource of that name.
    R"(CREATE TABLE resource_reference (
      source  INTEGER NOT NULL REFERENCES resource (number) ON DELETE CASCADE,
      kind    TEXT NOT NULL CHECK (kind IN ('refers', 'intends')),  -- $ref, meta:intendedToExtend
      target  TEXT NOT NULL CHECK (target <> ''),
      sandbox INTEGER NOT NULL,  -- behind the key: before it SQLite 3.40 calls it NULL in its integrity check
      PRIMARY KEY (source, kind, target)
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX resource_referrers ON resource_reference (sandbox, target, kind, source)",
    R"(INSERT OR IGNORE INTO resource_reference (source, sandbox, kind, target)
       SELECT number, sandbox, 'refers', target FROM (
         SELECT r.number, r.sandbox, r.id,
                CASE instr(t.value, '#') WHEN 0 THEN t.value ELSE substr(t.value, 1, instr(t.value, '#') - 1) END AS target
         FROM resource r, json_tree(r.document) t WHERE t.key = '$ref' AND t.type = 'text')
       WHERE target <> '' AND target <> id)",
    R"(INSERT OR IGNORE INTO resource_reference (source, sandbox, kind, target)
       SELECT r.number, r.sandbox, 'intends', t.value
       FROM resource r, json_each(r.document, '$."meta:intendedToExtend"') t
       WHERE t.type = 'text' AND t.value <> '')",

    // How often resources of the sandbox were changed or removed: what was prepared before such a change is stale.
    R"(CREATE TABLE registry_change (
      sandbox INTEGER PRIMARY KEY REFERENCES sandbox (number),
      count   INTEGER NOT NULL
    ) STRICT)",

    R"(CREATE TABLE descriptor (
      number          INTEGER PRIMARY KEY,
      org             INTEGER NOT NULL,
      sandbox         INTEGER NOT NULL,
      id              TEXT NOT NULL CHECK (id <> ''),
      type            TEXT NOT NULL CHECK (type <> ''),
      source_schema   TEXT NOT NULL,
      source_property TEXT NOT NULL,
      other_schema    TEXT NOT NULL,  -- what a relationship leads to; empty: none
      document        TEXT NOT NULL,
      created         INTEGER NOT NULL,
      updated         INTEGER NOT NULL,
      UNIQUE (sandbox, id),
      FOREIGN KEY (org, sandbox) REFERENCES sandbox (org, number)
    ) STRICT)",
    "CREATE INDEX descriptor_list ON descriptor (org, sandbox, type, id)",
    "CREATE INDEX descriptor_of_schema ON descriptor (sandbox, source_schema, type, source_property)",
    "CREATE INDEX descriptor_of_other ON descriptor (sandbox, other_schema) WHERE other_schema <> ''",
};

}  // namespace

std::span<const std::string_view> migration_4() { return statements; }

}  // namespace lakegate::ledger
