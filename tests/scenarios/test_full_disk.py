"""A full disk, with objects and ledger on it: what needs room is refused with 507, all else works, and once there is room again the
same server goes on."""

import concurrent.futures
import random

import pytest

from support import files
from support.lake import CATALOG, IMPORT, REGISTRY
from support.server import Server, wait_for
from support.small_disk import SmallDisk

MEGABYTE = 1_000_000


@pytest.fixture(params=["ext4", "tmpfs"])
def disk(request, tmp_path):
    made = SmallDisk(tmp_path, request.param, 96)
    yield made
    made.close()


@pytest.fixture
def start(disk):
    """`start()` → a server on the small disk, and its client."""
    made = []

    def make(**settings):
        server = Server(disk.path / "lake", settings={"storage.reserve_bytes": "8MB", **settings})
        made.append(server)
        return server, server.lake()
    yield make
    for server in made:
        server.close()


def noise(megabytes, seed=0):
    return random.Random(seed).randbytes(megabytes * MEGABYTE)


def check_refused(answer):
    assert answer.status_code == 507, answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    body = answer.json()
    assert body["type"].endswith("/errors/LG-1004-507") and body["detail"]


def check_alive(server, lake, dataset, rows):
    """Nothing that only reads notices."""
    assert server.running(), server.log
    assert lake.send("GET", "/readyz").status_code == 200
    assert lake.send("GET", f"{CATALOG}/batches?limit=1").status_code == 200
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    assert len(table.scan().to_arrow()) == rows


def objects(server):
    return sorted(path for path in (server.folder / "objects").rglob("*.parquet"))


def test_uploads_until_the_disk_is_full(disk, start):
    """Several clients send until they are refused, whole files and parts; abort gives all of it back."""
    server, lake = start()
    dataset = lake.dataset_of("Full", files.PROPERTIES)
    content = files.numbered(1, 10)
    active = lake.load(dataset, {"a.parquet": content})
    before = len(objects(server))
    batch = lake.create_batch(dataset)
    body = noise(4)
    for number in range(2):
        assert lake.initialize(batch, dataset, f"parts-{number}.parquet").status_code == 201

    def send_whole(number):
        mine = server.lake()
        for round_ in range(40):
            answer = mine.put(batch, dataset, f"whole-{number}-{round_}.parquet", body)
            if answer.status_code != 200:
                return answer
        raise AssertionError("never refused")

    def send_parts(number):
        mine, name = server.lake(), f"parts-{number}.parquet"
        for begin in range(0, 200 * MEGABYTE, len(body)):
            answer = mine.part(batch, dataset, name, body, begin, 200 * MEGABYTE)
            if answer.status_code != 200:
                return answer
        raise AssertionError("never refused")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        refused = [*pool.map(send_whole, range(2)), *pool.map(send_parts, range(2))]
    for answer in refused:
        check_refused(answer)
    assert disk.free() < 16 * MEGABYTE
    check_alive(server, lake, dataset, 10)
    assert lake.send("GET", f"/data/foundation/export/batches/{active}/files").status_code == 200
    for _ in range(2):  # refused uploads leave nothing
        free = disk.free()
        check_refused(lake.put(batch, dataset, "again.parquet", noise(30)))
        wait_for(lambda: disk.free() > free - MEGABYTE, what="room of the refused upload")

    disk.fill(leave=7 * MEGABYTE)  # what is left over the reserve
    check_refused(lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}))
    check_refused(lake.put(batch, dataset, "whole-0-0.parquet", noise(8)))  # not even in place of another
    check_refused(lake.initialize(batch, dataset, "more.parquet"))
    check_refused(lake.send("POST", f"{CATALOG}/dataSets", json={"name": "More", "schemaRef": {"id": "x"}}))
    check_refused(lake.send("POST", f"{REGISTRY}/tenant/classes", json={"title": "More"}))

    assert lake.act(batch, "ABORT").status_code == 200
    wait_for(lambda: len(objects(server)) == before, what="the removal of what was sent")
    wait_for(lambda: disk.free() > 30 * MEGABYTE, what="room")
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    check_alive(server, lake, dataset, 20)


@pytest.mark.parametrize("wholly", [False, True], ids=["below the reserve", "to the last byte"])
def test_somebody_else_fills_the_disk(disk, start, wholly):
    server, lake = start()
    dataset = lake.dataset_of("Filled", files.PROPERTIES)
    active = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    sent, half = lake.create_batch(dataset), lake.create_batch(dataset)
    assert lake.put(sent, dataset, "a.parquet", noise(2)).status_code == 200
    assert lake.initialize(half, dataset, "a.parquet").status_code == 201
    assert lake.part(half, dataset, "a.parquet", noise(1), 0, 3 * MEGABYTE).status_code == 200
    disk.fill(leave=0 if wholly else 6 * MEGABYTE)

    check_refused(lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}))
    check_refused(lake.put(sent, dataset, "b.parquet", files.numbered(1, 10)))
    check_refused(lake.part(half, dataset, "a.parquet", noise(1), MEGABYTE, 3 * MEGABYTE))
    check_alive(server, lake, dataset, 10)
    held = lake.send("HEAD", lake.file_path(half, dataset, "a.parquet"))
    assert held.headers["Range"] == f"bytes=0-{MEGABYTE - 1}", "a refused part is no part, and the one before stays"

    assert lake.act(sent, "ABORT").status_code == 200
    wait_for(lambda: len(objects(server)) == 2, what="the removal of what was sent")
    reverted = lake.act(active, "REVERT").status_code  # it writes manifests, which the reserve has room for
    assert reverted == 200 or (wholly and reverted == 507)
    disk.make_room()
    wait_for(lambda: lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}).status_code == 201, what="room")
    for begin in (1, 2):
        assert lake.part(half, dataset, "a.parquet", noise(1), begin * MEGABYTE, 3 * MEGABYTE).status_code == 200
    assert lake.act(half, "COMPLETE").status_code == 200
    assert lake.wait(half, "failed")["errors"], "noise is no Parquet"
    assert lake.act(active, "REVERT").status_code == 200
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    check_alive(server, lake, dataset, 10)


def test_a_batch_on_its_way_waits_for_room(disk, start):
    """COMPLETE was accepted, then there is no room for tails and manifests: nothing fails, and it goes on by itself."""
    server, lake = start()
    dataset = lake.dataset_of("On its way", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    for n in range(20):
        assert lake.put(batch, dataset, f"{n}.parquet", files.noise(n * 1000, 1000)).status_code == 200
    disk.fill()
    assert lake.act(batch, "COMPLETE").status_code in (200, 507)
    check_alive(server, lake, dataset, 0)
    disk.make_room()
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active", seconds=90)
    check_alive(server, lake, dataset, 20_000)


def test_without_a_reserve_the_disk_fills_to_the_last_byte(disk, start):
    """Every way into a full disk is met in the middle of a body; the ledger is refused its room, too."""
    server, lake = start(**{"storage.reserve_bytes": 0})
    dataset = lake.dataset_of("No reserve", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    batch = lake.create_batch(dataset)
    assert lake.initialize(batch, dataset, "parts.parquet").status_code == 201
    assert lake.part(batch, dataset, "parts.parquet", noise(1), 0, 200 * MEGABYTE).status_code == 200
    disk.fill(leave=5 * MEGABYTE)

    def chunked(content):
        yield from (content[at:at + 65536] for at in range(0, len(content), 65536))
    digest = {"Content-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"}
    for _ in range(3):
        check_refused(lake.put(batch, dataset, "spliced.parquet", noise(20)))
        check_refused(lake.put(batch, dataset, "chunked.parquet", chunked(noise(20))))
        check_refused(lake.put(batch, dataset, "digest.parquet", noise(20), headers=digest))
        check_refused(lake.part(batch, dataset, "parts.parquet", noise(20), MEGABYTE, 200 * MEGABYTE))
        wait_for(lambda: disk.free() > 3 * MEGABYTE, what="room of refused uploads")
    # The ledger: small changes until there is no room for another.
    disk.fill()
    codes = set()
    for n in range(3000):
        answer = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset, "tags": {"a": ["x" * 8000]}})
        codes.add(answer.status_code)
        if answer.status_code == 507:
            break
    assert codes == {201, 507}
    check_refused(answer)
    check_alive(server, lake, dataset, 10)
    disk.make_room()
    wait_for(lambda: lake.act(batch, "ABORT").status_code == 200, what="ABORT")
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    check_alive(server, lake, dataset, 20)
    server.restart()
    check_alive(server, server.lake(), dataset, 20)
