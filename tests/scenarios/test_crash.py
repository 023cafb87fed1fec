"""kill -9 of the server: nothing that was answered is lost, nothing is half visible, the client goes on.

The server is the build with crash points, which stops itself dead at a named line; and the plain one, killed at random moments.
"""

import json
import pathlib
import random
import threading
import time

import pytest
import requests

from support import files

GONE = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


def visible(server, lake, dataset):
    """Row ids by reading the table through the catalog."""
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    return sorted(row["id"] for row in table.scan().to_arrow().to_pylist())


def states(lake, batches):
    return {batch: lake.batch(batch)["status"] for batch in batches}


def check_whole(lake, server, dataset, batches):
    """`batches`: id → its row ids. A batch is seen whole exactly when the ledger calls it active. The server works on
    meanwhile: a batch that became active between two looks may be seen or not, but never in part."""
    before = states(lake, batches)
    seen = visible(server, lake, dataset)
    after = states(lake, batches)
    expected = []
    for batch, ids in batches.items():
        moved = before[batch] != "active" and after[batch] == "active"
        if before[batch] == "active" or (moved and not set(seen).isdisjoint(ids)):
            expected += ids
    assert seen == sorted(expected)


def wait_for_metadata_file(server, lake, dataset, seconds=30):
    """Until the table's metadata is written to a file: a start with nothing of that kind left to do."""
    deadline = time.monotonic() + seconds
    while True:
        table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
        written = json.loads(pathlib.Path(table.metadata_location.removeprefix("file://")).read_text(encoding="utf-8"))
        if written.get("current-snapshot-id") == table.metadata.current_snapshot_id:
            return
        assert time.monotonic() < deadline, f"{table.metadata_location} is still older than the table"
        time.sleep(0.02)


@pytest.mark.parametrize("seed", range(10))
def test_killed_in_the_middle_of_uploads(own_server, seed):
    server, lake = own_server()
    dataset = lake.dataset_of("Uploads", files.PROPERTIES)
    chance = random.Random(seed)
    content = files.noise(1, 30_000)
    total, step = len(content), 64 * 1024
    batch = lake.create_batch(dataset)
    assert lake.initialize(batch, dataset, "big.parquet").status_code == 201
    assert lake.put(batch, dataset, "whole.parquet", files.numbered(50_000, 10)).status_code == 200
    begins = list(range(0, total, step))
    chance.shuffle(begins)
    acknowledged, lock = set(), threading.Lock()
    kill_after = chance.randrange(1, len(begins) - 4)

    def send(mine):
        for begin in mine:
            try:
                answer = lake.part(batch, dataset, "big.parquet", content[begin:begin + step], begin, total)
            except GONE:
                return
            assert answer.status_code == 200, answer.text
            with lock:
                acknowledged.add(begin)
                if len(acknowledged) == kill_after:
                    server.kill()
    threads = [threading.Thread(target=send, args=(begins[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not server.running()
    server.start()
    lake = server.lake()

    # What was acknowledged is held: with the rest sent, COMPLETE finds no gap and every row is there.
    assert lake.batch(batch)["status"] == "loading"
    rest = set(begins) - acknowledged
    assert rest
    for begin in rest:
        answer = lake.part(batch, dataset, "big.parquet", content[begin:begin + step], begin, total)
        assert answer.status_code == 200, answer.text
    answer = lake.act(batch, "COMPLETE")
    assert answer.status_code == 200, answer.text
    lake.wait(batch, "active")
    assert visible(server, lake, dataset) == [*range(1, 30_001), *range(50_000, 50_010)]


PROMOTION_POINTS = [
    "promotion.before_manifest", "promotion.after_manifest", "promotion.after_list", "promotion.before_commit",
    "promotion.after_commit", "promotion.before_metadata", "promotion.after_metadata", "judge.before_tail",
    "judge.after_tail", "judge.after_verdict", "batch.completed",
]


@pytest.mark.parametrize("point", PROMOTION_POINTS)
def test_stopped_dead_on_the_way_to_active(own_server, point):
    server, lake = own_server(crash_points=True)
    dataset = lake.dataset_of("Promotions", files.PROPERTIES)
    first = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_for_metadata_file(server, lake, dataset)
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    lake = server.lake()
    second = lake.create_batch(dataset)
    try:
        lake.put(second, dataset, "b.parquet", files.numbered(100, 10))
        lake.put(second, dataset, "c.parquet", files.numbered(200, 10))
        lake.act(second, "COMPLETE")
    except GONE:
        pass
    server.wait_until_gone(seconds=30)  # or nothing passed the point
    server.start()
    lake = server.lake()
    batches = {first: list(range(1, 11)), second: [*range(100, 110), *range(200, 210)]}
    check_whole(lake, server, dataset, batches)
    if lake.batch(second)["status"] == "loading":  # the crash came before COMPLETE was answered
        assert lake.put(second, dataset, "b.parquet", files.numbered(100, 10)).status_code == 200
        assert lake.put(second, dataset, "c.parquet", files.numbered(200, 10)).status_code == 200
    assert lake.act(second, "COMPLETE").status_code == 200
    lake.wait(second, "active")
    check_whole(lake, server, dataset, batches)
    assert visible(server, lake, dataset) == sorted([*batches[first], *batches[second]])


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_a_random_moment_of_promotions(own_server, seed):
    server, lake = own_server()
    dataset = lake.dataset_of("Random", files.PROPERTIES)
    chance = random.Random(seed)
    batches, lock, stop = {}, threading.Lock(), threading.Event()
    completed = set()

    def load(worker):
        n = 0
        while not stop.is_set():
            begin = worker * 1_000_000 + n * 100
            n += 1
            try:
                batch = lake.create_batch(dataset)
                with lock:
                    batches[batch] = list(range(begin, begin + 100))
                lake.put(batch, dataset, "a.parquet", files.numbered(begin, 50))
                lake.put(batch, dataset, "b.parquet", files.numbered(begin + 50, 50))
                if lake.act(batch, "COMPLETE").status_code == 200:
                    with lock:
                        completed.add(batch)
                        if len(completed) == 10 + seed:
                            threading.Timer(chance.random() * 0.02, server.kill).start()
            except GONE:
                return
    threads = [threading.Thread(target=load, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    server.wait_until_gone(seconds=60)
    stop.set()
    for thread in threads:
        thread.join()
    server.start()
    lake = server.lake()
    check_whole(lake, server, dataset, batches)
    for batch in completed:  # COMPLETE was answered 200: it goes on by itself
        lake.wait(batch, "active")
    check_whole(lake, server, dataset, batches)
