"""Backups while a server works, restored at another place; and folders that are moved."""

import os
import shutil
import threading

import duckdb  # noqa: F401  (readers.duckdb_connection needs it; fails early with a clear message)
import pytest

from support import files, readers
from support.processes import Paused
from support.server import Server, StartFailed, wait_for

GRACELESS = {"storage.reader_grace": "0", "storage.history_age": "0", "storage.metadata_grace": "0"}


def back_up(server, target, *flags):
    return server.run("backup", target, "--data", server.folder, *flags)


def check_sound(server, folder=None):
    ran = server.run("verify", "--data", folder or server.folder, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def ids(server, lake, dataset, **scan):
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    return sorted(table.scan(**scan).to_arrow()["id"].to_pylist())


def restored(own, target, **more):
    """A server on the backup, which has the credentials of the original's first client."""
    made = Server(target, start=False, **more)
    own.append(made)
    return made.start()


@pytest.fixture
def own():
    made = []
    yield made
    for server in made:
        server.close()


def test_restored_at_another_place(own_server, own, tmp_path):
    server, lake = own_server()
    dataset = lake.dataset_of("Backed up", files.PROPERTIES)
    first = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    reverted = lake.load(dataset, {"c.parquet": files.numbered(200, 10)})
    assert lake.act(reverted, "REVERT").status_code == 200
    open_batch = lake.create_batch(dataset)
    content = files.noise(1_000, 3_000)
    half = len(content) // 2
    assert lake.initialize(open_batch, dataset, "parts.parquet").status_code == 201
    assert lake.part(open_batch, dataset, "parts.parquet", content[:half], 0, len(content)).status_code == 200
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    snapshots = [one.snapshot_id for one in table.metadata.snapshots]
    ran = back_up(server, tmp_path / "backup")
    assert ran.returncode == 0, ran.stderr
    assert "objects linked" in ran.stdout
    lake.load(dataset, {"later.parquet": files.numbered(300, 10)})
    server.kill()
    shutil.rmtree(server.folder)  # whatever still named it would be missed
    check_sound(server, tmp_path / "backup")

    copy = restored(own, tmp_path / "backup")
    lake = copy.lake()
    assert ids(copy, lake, dataset) == [*range(1, 11), *range(100, 110)]
    assert ids(copy, lake, dataset, snapshot_id=snapshots[0]) == list(range(1, 11))
    assert ids(copy, lake, dataset, snapshot_id=snapshots[2]) == [*range(1, 11), *range(100, 110), *range(200, 210)]
    for path in copy.data_files(lake.table_name(dataset)):
        assert path.is_relative_to(copy.folder) and path.exists()
    connection = readers.duckdb_connection()
    readers.attach(connection, copy.url, copy.token())
    assert connection.execute(f'SELECT count(*) FROM lake.prod."{lake.table_name(dataset)}"').fetchone() == (20,)
    # Work goes on: the open batch, a revert of what was there, new batches.
    assert lake.part(open_batch, dataset, "parts.parquet", content[half:], half, len(content)).status_code == 200
    assert lake.act(open_batch, "COMPLETE").status_code == 200
    lake.wait(open_batch, "active")
    assert lake.act(first, "REVERT").status_code == 200
    lake.load(dataset, {"d.parquet": files.numbered(400, 10)})
    assert ids(copy, lake, dataset) == [*range(100, 110), *range(400, 410), *range(1_000, 4_000)]
    assert copy.stop() == 0
    check_sound(copy)


def test_taken_while_clients_work(own_server, own, tmp_path):
    """Several in a row, while batches come, go and are swept: each has whole batches alone, and all that were active before it began."""
    server, lake = own_server(settings=GRACELESS)
    dataset = lake.dataset_of("Busy", files.PROPERTIES)
    batches, active, lock, stop = {}, [], threading.Lock(), threading.Event()

    def work(worker):
        client, n = server.lake(), 0
        while not stop.is_set():
            begin = worker * 1_000_000 + n * 100
            n += 1
            batch = client.create_batch(dataset)
            with lock:
                batches[batch] = [*range(begin, begin + 50), *range(begin + 50, begin + 60)]
            client.put(batch, dataset, "a.parquet", files.numbered(begin, 50))
            client.put(batch, dataset, "b.parquet", files.numbered(begin + 50, 10))
            client.act(batch, "COMPLETE")
            client.wait(batch, "active")
            if n % 3 == 0:
                client.act(batch, "REVERT")
            else:
                with lock:
                    active.append(batch)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    before = []
    try:
        for n in range(4):
            wait_for(lambda n=n: len(active) > n * 6, what="more batches")
            with lock:
                before.append(list(active))
            ran = back_up(server, tmp_path / f"backup-{n}", *(["--copy"] if n % 2 else []))
            assert ran.returncode == 0, ran.stderr
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert server.stop() == 0
    check_sound(server)
    shutil.rmtree(server.folder)
    for n, had in enumerate(before):
        check_sound(server, tmp_path / f"backup-{n}")
        copy = restored(own, tmp_path / f"backup-{n}", settings=GRACELESS)
        lake = copy.lake()
        seen = set(ids(copy, lake, dataset))
        for batch, rows in batches.items():
            assert seen.isdisjoint(rows) or seen.issuperset(rows), "a batch is in the backup in part"
        for batch in had:
            assert seen.issuperset(batches[batch]), "a batch that was active is not in the backup"
        assert copy.stop() == 0
        check_sound(copy)


def inodes(folder):
    return {path.stat().st_ino for path in (folder / "objects").rglob("*") if path.is_file()}


def test_links_or_copies(own_server, tmp_path):
    server, lake = own_server()
    dataset = lake.dataset_of("Links", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    assert back_up(server, tmp_path / "links").returncode == 0
    assert back_up(server, tmp_path / "copies", "--copy").returncode == 0
    assert inodes(tmp_path / "links") <= inodes(server.folder)
    assert inodes(tmp_path / "copies").isdisjoint(inodes(server.folder))
    assert oct(os.stat(tmp_path / "links").st_mode & 0o777) == oct(0o700)
    assert oct(os.stat(tmp_path / "links/token-key.pem").st_mode & 0o777) == oct(0o600)


def test_both_live_on(own_server, own, tmp_path):
    """Linked files are never written again, by neither server: the one goes on, is swept and judges; the other too."""
    server, lake = own_server(settings=GRACELESS)
    dataset = lake.dataset_of("Twins", files.PROPERTIES)
    first = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    second = lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    open_batch = lake.create_batch(dataset)
    with Paused(server.process.pid):  # not judged when the backup is made
        assert lake.put(open_batch, dataset, "c.parquet", files.numbered(200, 10)).status_code == 200
        assert back_up(server, tmp_path / "twin").returncode == 0
    twin = restored(own, tmp_path / "twin", settings=GRACELESS)
    for one, gone, kept in ((server, first, range(100, 110)), (twin, second, range(1, 11))):
        lake = one.lake()
        assert lake.act(gone, "REVERT").status_code == 200
        assert lake.act(open_batch, "COMPLETE").status_code == 200
        lake.wait(open_batch, "active")
        wait_for(lambda lake=lake, gone=gone: lake.batch(gone)["status"] == "deleted", what="the end of the reverted batch")
        assert ids(one, lake, dataset) == [*kept, *range(200, 210)]
    for one in (server, twin):
        assert one.stop() == 0
        check_sound(one)


def test_moved_folder(own_server, tmp_path):
    server, lake = own_server()
    dataset = lake.dataset_of("Moved", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    assert server.stop() == 0
    (tmp_path / "deeper").mkdir()
    server.folder = server.folder.rename(tmp_path / "deeper/lake with blank")
    server.start()
    lake = server.lake()
    assert "written anew for the present place of the folder tables=1" in server.log
    assert ids(server, lake, dataset) == list(range(1, 11))
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    server.restart()
    assert server.log.count("written anew for the present place") == 1, "once"
    assert ids(server, server.lake(), dataset) == [*range(1, 11), *range(100, 110)]
    assert server.stop() == 0
    check_sound(server)


@pytest.mark.parametrize("point", ["relocation.written", "relocation.committed", "relocation.written:2"])
def test_a_crash_while_tables_are_written_anew(own_server, tmp_path, point):
    server, lake = own_server(crash_points=True)
    datasets = [lake.dataset_of(f"Moved {n}", files.PROPERTIES) for n in range(3)]
    for n, dataset in enumerate(datasets):
        lake.load(dataset, {"a.parquet": files.numbered(n * 100 + 1, 10)})
        lake.load(dataset, {"b.parquet": files.numbered(n * 100 + 11, 10)})
    assert server.stop() == 0
    server.folder = server.folder.rename(tmp_path / "elsewhere")
    with pytest.raises(StartFailed):
        server.start(env={"LAKEGATE_CRASH_AT": point})
    check_sound(server)
    server.start()
    for n, dataset in enumerate(datasets):
        assert ids(server, server.lake(), dataset) == list(range(n * 100 + 1, n * 100 + 21))
    assert server.stop() == 0
    check_sound(server)


def test_what_is_no_backup(own_server, own, tmp_path):
    server, lake = own_server()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("somebody's")
    for target, says in [(tmp_path / "full", "is not empty"), (server.folder / "backup", "lie within each other")]:
        ran = back_up(server, target)
        assert ran.returncode == 1 and says in ran.stderr, ran.stderr
    ran = server.run("backup", tmp_path / "other", "--data", tmp_path / "nothing")
    assert ran.returncode == 1 and "There is no ledger in" in ran.stderr
    assert not (tmp_path / "other").exists()
    # One that was cut short is none: no server takes it for an empty folder.
    assert back_up(server, tmp_path / "short").returncode == 0
    (tmp_path / "short/ledger.db").rename(tmp_path / "short/ledger.db.partial")
    (tmp_path / "short/lock").unlink()
    with pytest.raises(StartFailed, match="holds no Lakegate data"):
        restored(own, tmp_path / "short")


def test_of_a_damaged_folder(own_server, tmp_path):
    server, lake = own_server()
    dataset = lake.dataset_of("Damaged", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    server.data_files(lake.table_name(dataset))[0].unlink()
    ran = back_up(server, tmp_path / "backup")
    assert ran.returncode == 5 and "1 objects are missing" in ran.stderr
    ran = server.run("verify", "--data", tmp_path / "backup")
    assert ran.returncode == 5 and "object-missing" in ran.stdout
