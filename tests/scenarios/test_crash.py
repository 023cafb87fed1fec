"""kill -9 of the server: nothing that was answered is lost, nothing is half visible, the client goes on.

The server is the build with crash points, which stops itself dead at a named line; and the plain one, killed at random moments.
"""

import json
import pathlib
import random
import re
import threading
import time

import pytest
import requests

from support import files
from support.lake import IMPORT
from support.server import ROOT, StartFailed, wait_for

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


@pytest.mark.parametrize("point", [point for point in PROMOTION_POINTS if point.startswith("promotion.")])
def test_stopped_dead_on_the_way_to_replacing(own_server, point):
    """Never both and never neither: readers see the replaced rows until they see those in their place."""
    server, lake = own_server(crash_points=True)
    dataset = lake.dataset_of("Replays", files.PROPERTIES)
    old = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wait_for_metadata_file(server, lake, dataset)
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    lake = server.lake()
    new = lake.create_batch(dataset, replay={"predecessors": [old]})
    lake.put(new, dataset, "b.parquet", files.numbered(100, 10))
    try:
        lake.act(new, "COMPLETE")
    except GONE:
        pass
    server.wait_until_gone(seconds=30)  # or nothing passed the point
    server.start()
    lake = server.lake()
    assert visible(server, lake, dataset) in (list(range(1, 11)), list(range(100, 110)))
    assert lake.act(new, "COMPLETE").status_code == 200
    lake.wait(new, "active")
    assert lake.batch(old)["status"] == "inactive"
    assert visible(server, lake, dataset) == list(range(100, 110))


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


# -- every point ----------------------------------------------------------------------------------------------------------


CONTENT = files.noise(1, 500)
HALF = len(CONTENT) // 2


class Calls:
    """What the client of one batch asks for, each call made so that it can be made again."""

    def __init__(self, dataset):
        self.dataset = dataset
        self.batch = None

    def create(self, lake):
        answer = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": self.dataset, "inputFormat": {"format": "parquet"}},
                           headers={"Idempotency-Key": "once"})
        self.batch = answer.json()["id"]
        return answer

    def put(self, lake):
        return lake.put(self.batch, self.dataset, "whole.parquet", files.numbered(1_000, 10))

    def initialize(self, lake):
        return lake.initialize(self.batch, self.dataset, "parts.parquet")

    def part(self, lake):
        return lake.part(self.batch, self.dataset, "parts.parquet", CONTENT[:HALF], 0, len(CONTENT))

    def other_part(self, lake):
        return lake.part(self.batch, self.dataset, "parts.parquet", CONTENT[HALF:], HALF, len(CONTENT))

    def finish_file(self, lake):
        return lake.finish_file(self.batch, self.dataset, "parts.parquet")

    def complete(self, lake):
        answer = lake.act(self.batch, "COMPLETE")
        if answer.status_code == 200:
            lake.wait(self.batch, "active", "inactive", "deleted")
        return answer

    def abort(self, lake):
        return lake.act(self.batch, "ABORT")

    def fail(self, lake):
        return lake.act(self.batch, "FAIL")

    def revert(self, lake):
        return lake.act(self.batch, "REVERT")

    def until_deleted(self, lake):
        wait_for(lambda: lake.batch(self.batch)["status"] == "deleted", what="the end of the batch")
        return None


# In the order in which a client makes them.
WAY = ["create", "put", "initialize", "part", "other_part", "finish_file", "complete", "revert", "until_deleted"]

# Point → the call during which it stops the server.
POINTS = {
    "batch.created": "create",
    "upload.begun": "put",
    "upload.received": "put",
    "upload.synced": "put",
    "upload.committed": "put",
    "initialize.begun": "initialize",
    "initialize.synced": "initialize",
    "part.received": "part",
    "part.synced": "part",
    "part.held": "part",
    "file.completed": "finish_file",
    "batch.reverted": "revert",
    "promotion.before_forgetting": "until_deleted",
    "promotion.after_forgetting": "until_deleted",
    "sweep.removed": "until_deleted",
    "batch.aborted": "abort",
    "batch.failed": "fail",
    **{f"ledger.{moment}:{hit}": "put" for moment in ("commit", "committed") for hit in range(1, 6)},
}


@pytest.mark.parametrize("point", POINTS)
def test_every_point(own_server, point):
    """Stopped there, started again: the call has its effect once, its answer again, and the folder is sound."""
    server, lake = own_server(crash_points=True, env={"LAKEGATE_STORAGE_READER_GRACE": "0"})
    dataset = lake.dataset_of("Points", files.PROPERTIES)
    lake.load(dataset, {"before.parquet": files.numbered(1, 10)})
    wait_for_metadata_file(server, lake, dataset)
    calls, stopped_in = Calls(dataset), POINTS[point]
    way = WAY if stopped_in in WAY else WAY[:4] + [stopped_in]
    done = way[:way.index(stopped_in)]
    for name in done:
        assert getattr(calls, name)(lake).status_code in (200, 201)
    server.env["LAKEGATE_STORAGE_HISTORY_AGE"] = "0"  # from now on
    try:
        server.restart(env={"LAKEGATE_CRASH_AT": point})
        lake = server.lake()
        getattr(calls, stopped_in)(lake)
    except (*GONE, StartFailed):
        pass
    server.wait_until_gone(seconds=30)  # or nothing passed the point
    assert sound(server)
    server.start()
    lake = server.lake()
    for name in way[way.index(stopped_in):]:
        first = getattr(calls, name)(lake)
        again = getattr(calls, name)(lake)
        if first is not None:
            assert first.status_code in (200, 201), f"{name}: {first.text}"
            # A file that holds bytes or is complete is not initialized again; all other calls are answered as before.
            assert (again.status_code, again.text) == (first.status_code, first.text), f"{name}: {again.text}"
    rows = visible(server, lake, dataset)
    assert rows == list(range(1, 11))
    assert server.stop() == 0
    assert sound(server)


def sound(server):
    ran = server.run("verify", "--data", server.folder, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)["sound"]


def test_no_point_is_forgotten():
    points = set()
    for source in (ROOT / "src").rglob("*.cc"):
        points |= set(re.findall(r'^\s*(?:LG_\w+\()?crash_point\("([^"]+)"\)', source.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(points) > 30, "the expression finds them no more"
    tried = set(POINTS) | set(PROMOTION_POINTS)
    for other in (ROOT / "tests/scenarios").glob("test_*.py"):
        tried |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', "".join(
            line for line in other.read_text(encoding="utf-8").splitlines() if "point" in line or "CRASH_AT" in line)))
    assert points - {point.partition(":")[0] for point in tried} == set(), "crash points that no test stops at: add them to POINTS"
