"""`lakegate verify`: a sound folder is found sound, and each kind of damage is found and named.

A case is one injury of a copy of a folder in which everything occurs. docs/verify.md has a row for every kind of finding, and every kind has a
case here.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess

import fastavro
import pytest

from support import files
from support.server import BINARIES, ROOT, Server, wait_for

DAMAGED = 5


def verify(folder, *flags):
    """Exit status and the JSON that was printed; None where it printed none."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LAKEGATE_")}
    ran = subprocess.run([str(BINARIES / "lakegate"), "verify", "--data", str(folder), "--json", *flags], env=clean,
                         capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else None, ran.stderr


def codes(report, severity="damage"):
    return {finding["code"] for finding in report["findings"] if finding["severity"] == severity}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A stopped folder: active batches (one with a digest, one with a tail), a reverted one, a failed one, open ones."""
    server = Server(tmp_path_factory.mktemp("verify") / "lake")
    lake = server.lake()
    dataset = lake.dataset_of("Everything", files.PROPERTIES)
    first = lake.create_batch(dataset)
    content = files.numbered(1, 10)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert lake.put(first, dataset, "a.parquet", content, headers={"Content-Digest": f"sha-256=:{digest}:"}).status_code == 200
    assert lake.act(first, "COMPLETE").status_code == 200
    lake.wait(first, "active")
    second = lake.load(dataset, {"b.parquet": files.numbered(100, 10), "c.parquet": files.numbered(200, 5)})
    third = lake.load(dataset, {"d.parquet": files.numbered(300, 10)})
    assert lake.act(third, "REVERT").status_code == 200
    lake.wait(lake.send_files(dataset, {"bad.parquet": b"no Parquet at all"}), "failed")
    loading = lake.create_batch(dataset)
    assert lake.put(loading, dataset, "whole.parquet", files.numbered(400, 10)).status_code == 200
    assert lake.initialize(loading, dataset, "parts.parquet").status_code == 201
    part = files.noise(500, 2_000)
    assert lake.part(loading, dataset, "parts.parquet", part[:65_536], 0, len(part)).status_code == 200
    wait_for(lambda: fresh_metadata(server, dataset), what="the metadata file")
    assert server.stop() == 0
    server.batches = {"first": first, "second": second, "third": third, "loading": loading}
    return server


def fresh_metadata(server, dataset):
    ledger = sqlite3.connect(f"file:{server.folder / 'ledger.db'}?mode=ro", uri=True)
    (fresh,) = ledger.execute("SELECT metadata_version = version FROM iceberg_table WHERE dataset_id = ?", [dataset]).fetchone()
    (judged,) = ledger.execute("SELECT count(*) = 0 FROM object WHERE awaits_verdict = 1").fetchone()
    ledger.close()
    return fresh and judged


class Patient:
    """A copy of the folder that a case may injure."""

    def __init__(self, folder, batches):
        self.folder = folder
        self.batches = batches

    def sql(self, statement, *values):
        ledger = sqlite3.connect(self.folder / "ledger.db")
        with ledger:
            changed = ledger.execute(statement, values).rowcount
        ledger.close()
        assert changed != 0, f"changes nothing: {statement}"

    def ask(self, question, *values):
        ledger = sqlite3.connect(self.folder / "ledger.db")
        row = ledger.execute(question, values).fetchone()
        ledger.close()
        return row

    def ask_all(self, question):
        ledger = sqlite3.connect(self.folder / "ledger.db")
        rows = ledger.execute(question).fetchall()
        ledger.close()
        return rows

    def object_of(self, path):
        """The file on disk of a batch's file, its recorded bytes sent, and those of the table."""
        key, sent, table = self.ask(
            "SELECT o.key, f.sent_bytes, d.table_bytes FROM batch_file f JOIN object o ON o.number = f.object"
            " LEFT JOIN data_file d ON d.object = o.number WHERE f.path = ?", path)
        return self.folder / "objects" / key, sent, table

    def manifest_list(self):
        (key,) = self.ask("SELECT o.key FROM table_snapshot s JOIN object o ON o.number = s.manifest_list"
                          " ORDER BY s.sequence_number DESC LIMIT 1")
        return self.folder / "objects" / key

    def manifest(self):
        (key,) = self.ask("SELECT o.key FROM table_manifest m JOIN object o ON o.number = m.object"
                          " WHERE m.added_rows + m.existing_rows > 0 ORDER BY m.position LIMIT 1")
        return self.folder / "objects" / key

    def metadata(self):
        (key,) = self.ask("SELECT o.key FROM iceberg_table t JOIN object o ON o.number = t.metadata_object")
        return self.folder / "objects" / key


@pytest.fixture
def patient(sound, tmp_path):
    """At the place where the folder was, since locations are absolute."""
    kept = tmp_path / "kept"
    shutil.copytree(sound.folder, kept)
    yield Patient(sound.folder, sound.batches)
    shutil.rmtree(sound.folder)
    shutil.copytree(kept, sound.folder)


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def cut(path, size):
    os.truncate(path, size)


def damage_ledger(it):
    """The page of an index: SQLite opens the file, and finds it when it looks."""
    (root, size) = it.ask("SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'batch_by_time'")
    with open(it.folder / "ledger.db", "r+b") as file:
        file.seek((root - 1) * size + size - 64)
        file.write(b"\xff" * 64)


def break_reference(it):
    it.sql("DELETE FROM pinned_schema")


def rewrite(path, change):
    """Reads an Avro file, lets `change` alter its records, and writes it back."""
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        records, schema, metadata = list(reader), reader.writer_schema, reader.metadata
    records = change(records) or records
    with open(path, "wb") as file:
        fastavro.writer(file, schema, records, metadata={name: text for name, text in metadata.items() if not name.startswith("avro.")})


def rewrite_manifest(it, change):
    """With the lengths of list and ledger made to fit, as if we had written it so."""
    path = it.manifest()
    rewrite(path, change)
    length = path.stat().st_size

    def fit(listed):
        for one in listed:
            if one["manifest_path"].endswith(path.name):
                one["manifest_length"] = length
    for (key,) in it.ask_all("SELECT o.key FROM table_snapshot s JOIN object o ON o.number = s.manifest_list"):
        rewrite(it.folder / "objects" / key, fit)
    it.sql("UPDATE table_manifest SET length_bytes = ? WHERE object = (SELECT number FROM object WHERE key = ?)", length,
           str(path.relative_to(it.folder / "objects")))


def move_away(it):
    def elsewhere(listed):
        for one in listed:
            one["manifest_path"] = one["manifest_path"].replace("file://", "file:///elsewhere")
    rewrite(it.manifest_list(), elsewhere)


def replace_object(it):
    """The table's file of one batch is another object in the ledger: same bytes, other key."""
    path, _, _ = it.object_of("b.parquet")
    other = path.with_name("01ZZZZZZZZZZZZZZZZZZZZZZZZ.parquet")
    path.rename(other)
    key = str(path.relative_to(it.folder / "objects"))
    it.sql("UPDATE object SET key = ? WHERE key = ?", str(other.relative_to(it.folder / "objects")), key)


def orphan(it, seconds_ago_of_ledger=True):
    path = it.folder / "objects/1/nobody/data/00/01ZZZZZZZZZZZZZZZZZZZZZZZZ.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"nobody's")
    if seconds_ago_of_ledger:
        started, ended = it.ask("SELECT started, ended FROM epoch ORDER BY number DESC LIMIT 1")
        at = (started + ended) / 2 / 1000
        os.utime(path, (at, at))


def unfinished(it):
    dataset = it.ask("SELECT id FROM dataset")[0]
    key = f"1/{dataset}/data/00/01ZZZZZZZZZZZZZZZZZZZZZZZZ.parquet"
    it.sql("INSERT INTO object (key, dataset_id, state, epoch) VALUES (?, ?, 'writing', 1)", key, dataset)
    path = it.folder / "objects" / key
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"half")


def longer(it, path):
    with open(it.object_of(path)[0], "ab") as file:
        file.write(b"a tail that nobody knows")


BATCH = "(SELECT batch_id FROM batch_file WHERE path = '{}')"


def of(path):
    return f"id = {BATCH.format(path)}"


USAGE = "INSERT INTO usage (org, sandbox, stored_bytes, batches, day, batches_of_day) SELECT org, number, {bytes}, {batches}, 0, 0 FROM sandbox"
LIVING = "(SELECT count(*) FROM batch WHERE status IN ('loading', 'loaded', 'staging', 'staged'))"

DAMAGES = {
    # the ledger
    "ledger-damaged": damage_ledger,
    "ledger-reference": break_reference,
    "batch-active-without-snapshot": lambda it: it.sql(f"DELETE FROM batch_snapshot WHERE batch_{of('b.parquet')}"),
    "batch-snapshot-without-active": lambda it: it.sql(f"UPDATE batch SET snapshot_id = 7 WHERE {of('whole.parquet')}"),
    "batch-failed-without-error": lambda it: it.sql("DELETE FROM batch_error"),
    "batch-history-end": lambda it: it.sql(f"DELETE FROM batch_history WHERE batch_{of('b.parquet')} AND to_status = 'active'"),
    "batch-history-gap": lambda it: it.sql(f"DELETE FROM batch_history WHERE batch_{of('b.parquet')} AND to_status = 'staging'"),
    "batch-move-unknown": lambda it: it.sql(f"UPDATE batch_history SET event = 'abort' WHERE batch_{of('b.parquet')} AND to_status = 'active'"),
    "batch-file-count": lambda it: it.sql(f"UPDATE batch SET file_count = 3 WHERE {of('b.parquet')}"),
    "batch-open-file-count": lambda it: it.sql(f"UPDATE batch SET open_file_count = 0 WHERE {of('parts.parquet')}"),
    "batch-verdict-count": lambda it: it.sql(f"UPDATE batch SET good_file_count = 1 WHERE {of('b.parquet')}"),
    "batch-unjudged": lambda it: it.sql("DELETE FROM data_file WHERE object = (SELECT object FROM batch_file WHERE path = 'b.parquet')"),
    "conservation-file": lambda it: it.sql("UPDATE data_file SET record_count = 9 WHERE object = (SELECT object FROM batch_file WHERE path = 'b.parquet')"),
    "conservation-batch": lambda it: it.sql(f"UPDATE batch SET record_count = 14 WHERE {of('b.parquet')}"),
    "conservation-failed-batch": lambda it: it.sql("UPDATE batch SET record_count = 1 WHERE status = 'failed'"),
    "batch-objects-left": lambda it: it.sql("UPDATE batch SET status = 'deleted' WHERE status = 'inactive'"),
    "object-of-ended-batch": lambda it: it.sql(f"UPDATE batch SET status = 'aborted' WHERE {of('whole.parquet')}"),
    "object-condemned-in-use": lambda it: it.sql("UPDATE object SET state = 'condemned', due = 0 WHERE number = (SELECT max(manifest_list) FROM table_snapshot)"),
    "object-unreferenced": lambda it: it.sql("DELETE FROM retired WHERE object IS NOT NULL"),
    "object-shared": lambda it: it.sql("UPDATE batch_file SET object = (SELECT object FROM batch_file WHERE path = 'b.parquet') WHERE path = 'c.parquet'"),
    "file-not-waiting": lambda it: it.sql("DELETE FROM verdict WHERE object = (SELECT object FROM batch_file WHERE path = 'whole.parquet')"),
    "file-ranges": lambda it: it.sql("UPDATE batch_file SET held_bytes = 1 WHERE path = 'parts.parquet'"),
    "usage-bytes": lambda it: it.sql(USAGE.format(bytes="7", batches=LIVING)),
    "usage-batches": lambda it: it.sql(USAGE.format(bytes="0", batches="99")),
    "usage-missing": lambda it: it.sql("INSERT INTO quota (org, sandbox, batches) SELECT number, 0, 5 FROM org"),
    "object-counted-bytes": lambda it: it.sql("UPDATE object SET counted_bytes = 3 WHERE number = (SELECT object FROM batch_file WHERE path = 'b.parquet')"),
    "table-pointer": lambda it: it.sql("UPDATE iceberg_table SET last_sequence_number = 99"),
    # bytes
    "object-missing": lambda it: it.object_of("whole.parquet")[0].unlink(),
    "object-short": lambda it: cut(it.object_of("parts.parquet")[0], 65_535),
    "object-unreadable": lambda it: (it.object_of("b.parquet")[0].unlink(), it.object_of("b.parquet")[0].symlink_to("/dev/null")),
    "content-changed": lambda it: flip(it.object_of("b.parquet")[0], 100),
    "digest-changed": lambda it: flip(it.object_of("a.parquet")[0], 100),
    "report-unreadable": lambda it: it.sql("UPDATE verdict SET report = '{}' WHERE object = (SELECT object FROM batch_file WHERE path = 'whole.parquet')"),
    "footer-unreadable": lambda it: flip(it.object_of("b.parquet")[0], it.object_of("b.parquet")[2] - 1),
    "footer-rows": lambda it: it.sql("UPDATE data_file SET record_count = 11 WHERE object = (SELECT object FROM batch_file WHERE path = 'b.parquet')"),
    # tables
    "manifest-list-unreadable": lambda it: cut(it.manifest_list(), 100),
    "manifest-list-differs": lambda it: it.sql("UPDATE table_manifest SET added_rows = added_rows + 1 WHERE added_rows > 0"),
    "manifest-unreadable": lambda it: flip(it.manifest(), 0),
    "manifest-differs": lambda it: rewrite_manifest(it, lambda entries: entries * 2),
    "location-elsewhere": move_away,
    "file-not-in-table": replace_object,
    "file-without-batch": replace_object,
    "file-twice": lambda it: rewrite_manifest(it, lambda entries: entries * 2),
    "file-differs": lambda it: it.sql("UPDATE data_file SET table_bytes = table_bytes - 1"),
    "file-gone": lambda it: it.sql("UPDATE object SET state = 'condemned', due = 0 WHERE number = (SELECT object FROM batch_file WHERE path = 'b.parquet')"),
    "summary-differs": lambda it: it.sql("UPDATE table_snapshot SET summary = replace(summary, '\"total-records\":\"', '\"total-records\":\"9')"),
    "metadata-unreadable": lambda it: it.metadata().write_text("{"),
    "metadata-differs": lambda it: it.metadata().write_text("{}"),
    "newer-than-ledger": lambda it: orphan(it, seconds_ago_of_ledger=False),
}

LEFTOVERS = {
    "folder-moved": (lambda it: it.sql("UPDATE store_location SET location = 'file:///elsewhere/objects/'"), False),
    "metadata-behind": (lambda it: it.sql("UPDATE iceberg_table SET version = version + 1"), False),
    "tail-unfinished": (lambda it: longer(it, "whole.parquet"), True),
    "object-unfinished": (unfinished, True),
    "orphan": (orphan, True),
}


def test_a_sound_folder(sound):
    status, report, errors = verify(sound.folder)
    assert (status, report["findings"]) == (0, []), errors
    assert report["sound"] is True
    assert report["checked"] == {"batches": 5, "objects": report["checked"]["objects"], "condemnedObjects": report["checked"]["condemnedObjects"],
                                 "tables": 1, "snapshots": 4, "dataFiles": 3, "rows": 25, "bytesRead": report["checked"]["bytesRead"]}
    assert report["checked"]["bytesRead"] > 0
    status, report, _ = verify(sound.folder, "--quick")
    assert (status, report["findings"], report["checked"]["bytesRead"]) == (0, [], 0)


@pytest.mark.parametrize("code", DAMAGES)
def test_damage(patient, code):
    DAMAGES[code](patient)
    status, report, errors = verify(patient.folder)
    assert status == DAMAGED, errors
    assert code in codes(report), report
    assert report["sound"] is False
    # --repair touches nothing that is damaged.
    before = snapshot_of(patient.folder)
    status, _, _ = verify(patient.folder, "--repair")
    assert status == DAMAGED
    assert snapshot_of(patient.folder) == before


def snapshot_of(folder):
    return {path: path.read_bytes() for path in (folder / "objects").rglob("*") if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("code", LEFTOVERS)
def test_leftover(patient, code):
    injure, repairable = LEFTOVERS[code]
    before = snapshot_of(patient.folder)
    injure(patient)
    status, report, errors = verify(patient.folder)
    assert status == 0, errors
    assert (codes(report), codes(report, "leftover")) == (set(), {code})
    status, report, _ = verify(patient.folder, "--repair")
    assert (status, report["repairedCount"]) == (0, 1 if repairable else 0)
    if repairable:
        assert verify(patient.folder)[1]["findings"] == []
        assert snapshot_of(patient.folder) == before


def test_a_running_server_keeps_it_out(own_server):
    server, _ = own_server()
    status, report, errors = verify(server.folder)
    assert (status, report) == (1, None)
    assert f"in use by process {server.process.pid}" in errors


def test_a_folder_without_ledger_stays_as_it_is(tmp_path):
    status, _, errors = verify(tmp_path / "nothing")
    assert status == 1
    assert "There is no ledger" in errors
    assert not (tmp_path / "nothing").exists()


def test_for_people(patient):
    DAMAGES["content-changed"](patient)
    ran = subprocess.run([str(BINARIES / "lakegate"), "verify", "--data", str(patient.folder)], capture_output=True, text=True,
                         timeout=60, check=False)
    assert ran.returncode == DAMAGED
    assert "damage: content-changed\n  where     1/" in ran.stdout
    assert "(file b.parquet of batch " in ran.stdout
    assert ran.stdout.rstrip().splitlines()[-1].startswith("DAMAGED: 1 finding")
    assert ran.stderr == ""


def test_every_kind_is_documented_and_tried():
    source = (ROOT / "src/verify/finding_kinds.h").read_text() + (ROOT / "src/ledger/inspection_rules.cc").read_text()
    defined = set(re.findall(r'\{"([a-z]+(?:-[a-z]+)+)"', source)) | set(re.findall(r'FindingKind \w+\{\s*"([a-z-]+)"', source))
    defined -= {"ledger-rule"}
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/verify.md").read_text(), re.MULTILINE))
    assert documented == defined
    assert {*DAMAGES, *LEFTOVERS} == defined
