"""Lists of the Catalog on a ledger of a million batches, asked by 8 clients: p50 and p99 of each, the server's memory."""

import http.client
import random
import sqlite3
import threading
import time
import urllib.parse

from measuring import files
from measuring.result import Goal, Measurement
from measuring.workshop import peak_memory_mib

CLIENTS = 8
DATASETS = 200
SECONDS = 3.0  # of asking, for each question
CATALOG = "/data/foundation/catalog"

# A batch in `n`: most of them active, a tenth of the datasets with half of the batches, one flow a thousand batches, one user for most.
ROWS = """
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)
INSERT INTO batch (id, org, sandbox, dataset_id, status, external_id, format, input_format, tags, schema_version, created, updated, started,
                   completed, created_user, created_client, updated_user, version, file_count, size_bytes, record_count,
                   failed_record_count, snapshot_id, last_activity, last_file_number)
SELECT printf('01M%023d', n), d.org, d.sandbox, d.id,
       CASE WHEN n * 2654435761 % 4294967296 / 65536 % 100 < 90 THEN 'active' WHEN n * 2654435761 % 4294967296 / 65536 % 100 < 95 THEN 'failed'
            WHEN n * 2654435761 % 4294967296 / 65536 % 100 < 99 THEN 'aborted' ELSE 'abandoned' END,
       CASE WHEN n % 4 = 0 THEN printf('feed-%d', n) ELSE '' END, 'parquet', '{"format":"parquet"}',
       printf('{"flowId":["flow-%d"],"source":["s%d"]}', n / 1000, n % 3), 1, 1700000000000 + n * 1000, 1700000003000 + n * 1000,
       1700000001000 + n * 1000, 1700000003000 + n * 1000, CASE WHEN n % 50 = 0 THEN printf('user-%d', n % 1000) ELSE 'loader' END,
       'client', 'loader', 4, 1, 1000 + (n * 7919) % 1000000, CASE WHEN n * 2654435761 % 4294967296 / 65536 % 100 < 90 THEN 1 + n % 100000 ELSE 0 END,
       CASE WHEN n * 2654435761 % 4294967296 / 65536 % 100 BETWEEN 90 AND 94 THEN 1 + n % 1000 ELSE 0 END, 1, 1700000000000 + n * 1000, 1
FROM numbers JOIN place d ON d.number = CASE WHEN n % 2 = 0 THEN n / 2 % (:datasets / 10) ELSE n / 2 % :datasets END
"""
OTHERS = [
    """INSERT INTO batch_tag (batch_id, key, value, sandbox)
       SELECT id, 'flowId', json_extract(tags, '$.flowId[0]'), sandbox FROM batch WHERE id GLOB '01M*'""",
    """INSERT INTO batch_tag (batch_id, key, value, sandbox)
       SELECT id, 'source', json_extract(tags, '$.source[0]'), sandbox FROM batch WHERE id GLOB '01M*'""",
    """INSERT INTO batch_history (batch_id, number, from_status, to_status, event, at, cause, user)
       SELECT id, 1, 'loading', status, 'complete', updated, 'made', '' FROM batch WHERE id GLOB '01M*'""",
    """INSERT INTO batch_file (batch_id, number, path, chunked, complete, sent_bytes, sha256, created, updated)
       SELECT id, 1, 'part-00000.parquet', 0, 1, size_bytes, '', created, created FROM batch WHERE id GLOB '01M*'""",
    """INSERT INTO batch_error (batch_id, number, code, description, file, column_path, row_numbers, record_count, found, expected)
       SELECT id, 1, 'LG-2201-400', 'Value is out of range', 'part-00000.parquet', 'id', '[1,2,3]', 3, '-1', 'at least 0'
       FROM batch WHERE id GLOB '01M*' AND status = 'failed'""",
]


def fill(ledger, datasets, count):
    """Writes the batches into the ledger of a server that is stopped. Indexes are made afterwards, which is much quicker."""
    base = sqlite3.connect(ledger)
    base.execute("PRAGMA synchronous = OFF")
    base.execute("PRAGMA cache_size = -400000")
    base.execute("PRAGMA temp_store = MEMORY")
    indexes = base.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
                           " AND tbl_name IN ('batch', 'batch_tag')").fetchall()
    figures = base.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall()  # the planner's; they go with their indexes
    for name, _ in indexes:
        base.execute(f"DROP INDEX {name}")
    base.execute("CREATE TEMP TABLE place (number INTEGER PRIMARY KEY, id, org, sandbox)")
    base.executemany("INSERT INTO place SELECT ?, id, org, sandbox FROM dataset WHERE id = ?", enumerate(datasets))
    base.execute(ROWS, {"count": count, "datasets": len(datasets)})
    for statement in OTHERS:
        base.execute(statement)
    for _, sql in indexes:
        base.execute(sql)
    base.execute("DELETE FROM sqlite_stat1")
    base.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    base.commit()
    base.close()


def questions(datasets, count):
    """Name → a new path each time. What comes from the ledger's middle is chosen at random."""
    pick = random.Random(7).randrange
    at = 1_700_000_000_000

    def time_of():
        return at + pick(count) * 1000
    big, small = datasets[0], datasets[-1]
    return {
        "newest": lambda: "/batches",
        "newest 100": lambda: "/batches?limit=100",
        "page at 1,000": lambda: f"/batches?start={pick(1000)}",
        "oldest": lambda: "/batches?orderBy=asc:created",
        "one by id": lambda: f"/batches/01M{pick(count):023}",
        "of a big dataset": lambda: f"/batches?dataSet={big}&limit=100",
        "of a small dataset": lambda: f"/batches?dataSet={small}",
        "failed, newest": lambda: "/batches?status=failed&orderBy=desc:created",
        "failed or abandoned": lambda: "/batches?status=failed,abandoned",
        "not active": lambda: "/batches?status=!active",
        "failed of a dataset": lambda: f"/batches?dataSet={datasets[pick(DATASETS)]}&status=failed&orderBy=desc:created",
        "of a dataset since": lambda: f"/batches?dataSet={big}&createdAfter={time_of()}",
        "between two times": lambda: f"/batches?createdAfter={(t := time_of())}&createdBefore={t + 3_600_000}&orderBy=desc:created",
        "by external id": lambda: f"/batches?externalId=feed-{pick(count // 4) * 4}",
        "by own id as external": lambda: f"/batches?externalId=01M{pick(count):023}",
        "by a rare tag": lambda: f"/batches?tags=flowId:flow-{pick(count // 1000)}",
        "by a common tag": lambda: "/batches?tags=source:s1",
        "by a rare user": lambda: f"/batches?createdUser=user-{pick(20) * 50}",
        "by a common user": lambda: "/batches?createdUser=loader",
        "many records": lambda: "/batches?property=recordCount>99990",
        "largest": lambda: "/batches?orderBy=desc:size",
        "largest of a big dataset": lambda: f"/batches?dataSet={big}&orderBy=desc:size",
        "updated last": lambda: "/batches?orderBy=desc:updated",
        "completed first": lambda: "/batches?orderBy=asc:completed",
        "most refused records": lambda: "/batches?orderBy=desc:failedRecordCount",
        "few properties": lambda: "/batches?limit=100&properties=status,created",
        "uniques of status": lambda: "/batches/uniques/status",
        "uniques of users": lambda: "/batches/uniques/createdUser",
        "last batches": lambda: "/lastBatches",
        "last batches of 100": lambda: "/lastBatches?limit=100",
        "datasets": lambda: "/dataSets",
        "datasets 100": lambda: "/dataSets?limit=100",
        "tags": lambda: "/tags/source",
        "files of a batch": lambda: f"/dataSetFiles?batchId=01M{pick(count):023}",
        "files of a big dataset": lambda: f"/dataSetFiles?dataSetId={big}",
    }


def pages(host, headers, start, count):
    """Milliseconds of page after page, each of 100, as a client goes through the whole list; the first is found by counting."""
    connection = http.client.HTTPConnection(host, timeout=30)
    times = []
    for number in range(count):
        began = time.perf_counter()
        connection.request("GET", f"{CATALOG}/batches?start={start + number * 100}&limit=100", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200 or len(answer.read()) < 1000:
            raise RuntimeError(f"page at {start + number * 100}: {answer.status}")
        times.append((time.perf_counter() - began) * 1000)
    return times[0], sorted(times[1:])


def ask(host, headers, next_path, seconds):
    """Milliseconds of each answer, of all clients."""
    times, failures, lock = [], [], threading.Lock()
    until = time.monotonic() + seconds

    def client():
        connection = http.client.HTTPConnection(host, timeout=30)
        mine = []
        while time.monotonic() < until:
            with lock:
                path = next_path()
            began = time.perf_counter()
            connection.request("GET", CATALOG + urllib.parse.quote(path, safe="/?&=:,!*>%"), headers=headers)
            answer = connection.getresponse()
            answer.read()
            mine.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                failures.append(f"{path}: {answer.status}")
                break
        connection.close()
        with lock:
            times.extend(mine)
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return sorted(times)


def measure(workshop):
    count = 100_000 if workshop.quick else 1_000_000
    with workshop.server() as server:
        lake = server.lake()
        first = lake.dataset_of("Million 0", files.PROPERTIES)
        schema = lake.ask("GET", f"{CATALOG}/dataSets/{first}").json()[first]["schemaRef"]
        datasets = [first]
        for number in range(1, DATASETS):
            made = lake.send("POST", f"{CATALOG}/dataSets", json={"name": f"Million {number}", "schemaRef": schema})
            datasets.append(made.json()[0].removeprefix("@/dataSets/"))
        server.stop()
        began = time.monotonic()
        fill(server.folder / "ledger.db", datasets, count)
        made_in = time.monotonic() - began
        server.start()
        host = urllib.parse.urlparse(server.url).netloc
        worst = 0.0
        first, times = pages(host, server.headers(), count * 9 // 10, min(900, count // 1000))
        yield Measurement("million", "page after page behind nine tenths", "ms p99", times[len(times) * 99 // 100], [], False,
                          [Goal(at_most=50)], detail={"p50": round(times[len(times) // 2], 2), "first": round(first, 1), "clients": 1})
        for name, next_path in questions(datasets, count).items():
            times = ask(host, server.headers(), next_path, SECONDS)
            p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
            worst = max(worst, p99)
            yield Measurement("million", name, "ms p99", p99, [], False, [Goal(at_most=50)],
                              detail={"p50": round(times[len(times) // 2], 2), "requests": len(times), "clients": CLIENTS})
        yield Measurement("million", "worst of these", "ms p99", worst, [], False, [Goal(at_most=50)], detail={"batches": count})
        yield Measurement("million", "memory of the server", "MiB", peak_memory_mib(server.process.pid), [], False, [Goal(at_most=1024)],
                          detail={"ledger_mib": round((server.folder / "ledger.db").stat().st_size / (1 << 20)), "made_in_s": round(made_in, 1)})
