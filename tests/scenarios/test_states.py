"""States that nobody asks for: what time does to a batch, and waiting for a batch to end within the request."""

import concurrent.futures
import time

import pytest
from pyiceberg.exceptions import NoSuchTableError

from support import files
from support.lake import IMPORT
from support.processes import Paused
from support.server import wait_for


def complete(lake, batch, wait, **headers):
    return lake.send("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", headers={"Prefer": wait, **headers})


def prepared(lake, dataset, content=None):
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "a.parquet", content or files.numbered(1, 10)).status_code == 200
    return batch


def steps(lake, batch):
    """The history as (from, to) pairs; its times never go backwards, and each step has its cause."""
    history = lake.batch(batch)["history"]
    times = [step["at"] for step in history]
    assert times == sorted(times) and all(step["cause"] for step in history)
    return [(step["from"], step["to"]) for step in history]


def objects_of(server, dataset):
    """Sent files on disk, tails included."""
    return sorted(path for path in (server.folder / "objects").rglob("*.parquet") if dataset in str(path))


# -- Prefer: wait -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("States", files.PROPERTIES)


def test_complete_waits_for_the_end(lake, dataset):
    answer = complete(lake, prepared(lake, dataset), "wait=30")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.json()["status"] == "active" and answer.json()["recordCount"] == 10


def test_complete_waits_for_a_failure_too(lake, dataset):
    answer = complete(lake, prepared(lake, dataset, files.numbered(1, 10)[:-4]), "respond-async, wait=30")
    assert answer.status_code == 200 and answer.json()["status"] == "failed"
    assert answer.json()["errors"]


def test_a_repeated_complete_waits_as_well(lake, dataset):
    batch = prepared(lake, dataset)
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert complete(lake, batch, "wait=30").json()["status"] == "active"
    assert complete(lake, batch, "wait=30").json()["status"] == "active", "at once"


def test_a_refused_complete_does_not_wait(lake, dataset):
    batch = lake.create_batch(dataset)
    began = time.monotonic()
    answer = complete(lake, batch, "wait=30")
    assert answer.status_code == 400 and "Preference-Applied" not in answer.headers
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("field", ["wait=0", "wait=soon", "return=minimal"])
def test_what_is_not_understood_is_left_out(lake, dataset, field):
    answer = complete(lake, prepared(lake, dataset), field)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Preference-Applied" not in answer.headers


def test_after_n_seconds_with_the_state_so_far(own_server):
    server, lake = own_server(settings={"http.wait_max": "2s"})
    dataset = lake.dataset_of("Stuck", files.PROPERTIES)
    with Paused(server.process.pid):
        batch = prepared(lake, dataset)
        began = time.monotonic()
        answer = complete(lake, batch, "wait=1")
        assert answer.headers["Preference-Applied"] == "wait=1"
        assert 0.9 < time.monotonic() - began < 10
        assert answer.status_code == 200 and answer.json()["status"] in ("loaded", "staging")
        assert complete(lake, batch, "wait=3600").headers["Preference-Applied"] == "wait=2", "shortened"
    lake.wait(batch, "active")


def test_many_wait_and_hold_no_thread(own_server):
    """More requests wait than the pool has threads, others are answered meanwhile, and one commit lets them all go."""
    server, lake = own_server(settings={"http.pool_threads": 4, "http.waiting_max": 20})
    dataset = lake.dataset_of("Stuck", files.PROPERTIES)
    with Paused(server.process.pid) as paused, concurrent.futures.ThreadPoolExecutor(30) as pool:
        batch = prepared(lake, dataset)
        assert lake.act(batch, "COMPLETE").status_code == 200
        asked = [pool.submit(complete, server.lake(), batch, "wait=50") for _ in range(30)]
        # Over the limit: answered at once, and no promise to have waited.
        wait_for(lambda: sum(one.done() for one in asked) == 10, what="the answers of ten that may not wait")
        at_once = [one.result() for one in asked if one.done()]
        assert not any("Preference-Applied" in answer.headers for answer in at_once)
        assert {answer.json()["status"] for answer in at_once} <= {"loaded", "staging"}
        began = time.monotonic()
        for _ in range(20):
            assert lake.batch(batch)["status"] in ("loaded", "staging")
        assert time.monotonic() - began < 10
        assert sum(one.done() for one in asked) == 10
        paused.go_on()
        waited = [answer for one in asked if (answer := one.result()) not in at_once]
    assert {answer.json()["status"] for answer in waited} == {"active"}
    assert {answer.headers["Preference-Applied"] for answer in waited} == {"wait=50"}


def test_a_stop_lets_who_waits_go(own_server):
    server, lake = own_server(settings={"http.shutdown_grace": "40s"})
    dataset = lake.dataset_of("Stuck", files.PROPERTIES)
    with Paused(server.process.pid) as paused, concurrent.futures.ThreadPoolExecutor(1) as pool:
        batch = prepared(lake, dataset)
        waiting = pool.submit(complete, lake, batch, "wait=50")
        wait_for(lambda: server.lake().batch(batch)["status"] != "loading", what="COMPLETE")
        server.process.terminate()
        assert waiting.result(timeout=20).json()["status"] in ("loaded", "staging")
        paused.go_on()
        assert server.wait_until_gone() == 0
    server.start()
    server.lake().wait(batch, "active")


# -- history ------------------------------------------------------------------------------------------------------------


def test_every_transition_is_in_the_history(lake, dataset):
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    assert lake.act(batch, "REVERT").status_code == 200
    found = steps(lake, batch)
    assert [one for one, _ in found] == ["loading", *[two for _, two in found[:-1]]], "each begins where the last ended"
    assert found[0] == ("loading", "loaded") and found[-1] == ("active", "inactive")
    assert [two for _, two in found if two in ("staged", "active")] == ["staged", "active"]
    aborted = lake.create_batch(dataset)
    assert lake.act(aborted, "ABORT").status_code == 200
    (only,) = lake.batch(aborted)["history"]
    assert (only["from"], only["to"]) == ("loading", "aborted") and "ABORT" in only["cause"]


# -- what time does -----------------------------------------------------------------------------------------------------


def test_a_silent_batch_is_abandoned(own_server):
    server, lake = own_server(settings={"upload.abandon_after": "1s", "storage.reader_grace": "0"})
    dataset = lake.dataset_of("Silent", files.PROPERTIES)
    batch = prepared(lake, dataset)
    assert len(objects_of(server, dataset)) == 1
    lake.wait(batch, "abandoned")
    assert steps(lake, batch) == [("loading", "abandoned")]
    refused = lake.put(batch, dataset, "b.parquet", files.numbered(1, 3))
    assert refused.status_code == 409 and "abandoned" in refused.text
    assert lake.act(batch, "COMPLETE").status_code == 409
    wait_for(lambda: not objects_of(server, dataset), what="the removal of its file")


def test_a_slow_upload_keeps_its_batch(own_server):
    server, lake = own_server(settings={"upload.abandon_after": "1s"})
    dataset = lake.dataset_of("Slow", files.PROPERTIES)
    content = files.numbered(1, 100)
    silent, slow = lake.create_batch(dataset), lake.create_batch(dataset)

    def trickle():
        for begin in range(0, len(content), 64):
            yield content[begin:begin + 64]
            if begin > len(content) // 2 and lake.batch(silent)["status"] == "loading":
                server.lake().wait(silent, "abandoned")
    assert lake.put(slow, dataset, "a.parquet", trickle()).status_code == 200
    assert lake.batch(silent)["status"] == "abandoned"
    assert lake.batch(slow)["status"] == "loading"


def test_after_an_abort_the_files_go(own_server):
    server, lake = own_server()
    dataset = lake.dataset_of("Aborted", files.PROPERTIES)
    batch = prepared(lake, dataset)
    assert len(objects_of(server, dataset)) == 1
    assert lake.act(batch, "ABORT").status_code == 200
    wait_for(lambda: not objects_of(server, dataset), what="the removal of its file")  # no reader ever saw it: no grace
    assert lake.batch(batch)["status"] == "aborted"


def test_after_a_revert_the_files_go_but_not_under_a_readers_hands(own_server):
    server, lake = own_server(settings={"storage.reader_grace": "3s", "storage.history_age": "1s"})
    dataset = lake.dataset_of("Reverted", files.PROPERTIES)
    kept = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    wrong = lake.load(dataset, {"b.parquet": files.numbered(100, 10)})
    name = ("prod", lake.table_name(dataset))
    reader = server.iceberg_catalog().load_table(name)  # planned before the revert
    snapshot = reader.metadata.current_snapshot_id
    assert lake.act(wrong, "REVERT").status_code == 200
    reverted = time.monotonic()
    assert lake.batch(wrong)["status"] == "inactive"
    assert len(server.iceberg_catalog().load_table(name).scan().to_arrow()) == 10
    # Time travel by the new metadata, and whoever still holds the old one.
    now = server.iceberg_catalog().load_table(name)
    if snapshot in {one.snapshot_id for one in now.metadata.snapshots}:
        assert len(now.scan(snapshot_id=snapshot).to_arrow()) == 20
    while time.monotonic() - reverted < 2.5:  # the grace begins when the last snapshot that shows it is let go
        assert len(reader.scan().to_arrow()) == 20
    wait_for(lambda: lake.batch(wrong)["status"] == "deleted", what="the end of the batch")
    assert len(objects_of(server, dataset)) == 1
    assert steps(lake, wrong)[-2:] == [("active", "inactive"), ("inactive", "deleted")]
    after = server.iceberg_catalog().load_table(name)
    assert snapshot not in {one.snapshot_id for one in after.metadata.snapshots}
    assert len(after.scan().to_arrow()) == 10
    assert lake.batch(kept)["status"] == "active"
    assert lake.load(dataset, {"c.parquet": files.numbered(200, 10)})
    assert len(server.iceberg_catalog().load_table(name).scan().to_arrow()) == 20


def test_a_batch_expires(own_server):
    server, lake = own_server(settings={"storage.batch_time_to_live": "2s", "storage.history_age": "0",
                                        "storage.reader_grace": "0"})
    dataset = lake.dataset_of("Expiring", files.PROPERTIES)
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    name = ("prod", lake.table_name(dataset))
    wait_for(lambda: lake.batch(batch)["status"] == "deleted", what="the end of the batch")
    assert steps(lake, batch)[-2:] == [("active", "inactive"), ("inactive", "deleted")]
    assert "time to live" in lake.batch(batch)["history"][-2]["cause"]
    assert len(server.iceberg_catalog().load_table(name).scan().to_arrow()) == 0
    assert not objects_of(server, dataset)


def test_a_dataset_deleted_with_reverted_rows(own_server):
    server, lake = own_server(settings={"storage.reader_grace": "0", "storage.history_age": "0"})
    dataset = lake.dataset_of("Gone", files.PROPERTIES)
    name = ("prod", lake.table_name(dataset))
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    assert lake.act(batch, "REVERT").status_code == 200
    assert lake.send("DELETE", f"/data/foundation/catalog/dataSets/{dataset}").status_code == 200
    wait_for(lambda: lake.batch(batch)["status"] == "deleted", what="the end of the batch")
    with pytest.raises(NoSuchTableError):
        server.iceberg_catalog().load_table(name)
