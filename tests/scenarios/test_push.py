"""`lakegate push` over a bad network: killed and run again it sends what is missing and nothing else, and it tries again what failed."""

import re
import subprocess
import threading

import pytest

from support import files
from support.lake import IMPORT
from support.proxy import Proxy
from support.server import wait_for

DONE, REFUSED, USAGE, BATCH_FAILED, UNREACHABLE = range(5)
PART = 100_000


@pytest.fixture
def proxy(server):
    made = Proxy(int(server.url.rsplit(":", 1)[1]))
    yield made
    made.close()


@pytest.fixture
def dataset(lake, request):
    return lake.dataset_of(request.node.name, files.PROPERTIES)


@pytest.fixture
def folder(tmp_path):
    """One file of some forty parts, twenty that go whole."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "big.parquet").write_bytes(files.noise(1, 55_000))
    for n in range(20):
        (made / f"small-{n:02}.parquet").write_bytes(files.numbered(100_000 + n * 100, 100))
    return made


ROWS = [*range(1, 55_001), *range(100_000, 102_000)]


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.iterdir())


def ids(server, lake, dataset):
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    return sorted(row["id"] for row in table.scan().to_arrow().to_pylist())


def words(folder, dataset, *more):
    return ["push", folder, "--dataset", dataset, "--part-size", str(PART), "--parallel", "4", *more]


def push(server, proxy, folder, dataset, *more, seconds=120):
    return server.run(*words(folder, dataset, *more), env={"LAKEGATE_URL": proxy.url}, seconds=seconds)


def start_push(server, proxy, folder, dataset, *more):
    """A push in the background, with the same home as `push`."""
    home = server.folder.with_name(server.folder.name + ".home")
    server.run("token")  # writes the credentials of this home
    environment = server.environment(HOME=str(home), XDG_STATE_HOME=str(home), LAKEGATE_URL=proxy.url,
                                     LAKEGATE_CREDENTIALS=str(home / "credentials.json"))
    command = [str(word) for word in (server.program, *words(folder, dataset, *more))]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def kill(process):
    process.kill()
    process.wait()
    process.stderr.close()


def held(lake, batch, dataset, name):
    """Bytes that the server has of a file."""
    answer = lake.send("HEAD", lake.file_path(batch, dataset, name))
    if answer.status_code == 404:
        return 0
    ranges = answer.headers.get("Lakegate-Held-Ranges", "")
    return sum(int(last) - int(first) + 1 for first, last in re.findall(r"(\d+)-(\d+)", ranges))


def test_killed_and_run_again(server, lake, dataset, folder, proxy):
    """Three of four connections are held up for ever while the last one goes on: the server has all but three pieces."""
    stuck = ("bytes 0-", f"bytes {20 * PART}-", "small-07.parquet")
    missing = 2 * PART + (folder / "small-07.parquet").stat().st_size
    proxy.judge = lambda head, nth: "hold" if any(mark in head for mark in stuck) else None
    process = start_push(server, proxy, folder, dataset)
    batch = process.stderr.readline().split()[1]

    def held_in_all():
        return sum(held(lake, batch, dataset, path.name) for path in folder.iterdir())
    wait_for(lambda: bytes_of(folder) - held_in_all() == missing, seconds=60, what="everything else")
    kill(process)
    proxy.cut()

    proxy.judge = lambda head, nth: None
    proxy.body_bytes = 0
    ran = push(server, proxy, folder, dataset)
    assert ran.returncode == DONE, ran.stderr
    assert f"batch {batch}, taken up again" in ran.stderr
    assert ids(server, lake, dataset) == ROWS
    token_and_posts = 2_000
    assert missing <= proxy.body_bytes <= missing + token_and_posts, "what was missing and nothing else"


def test_killed_before_the_answer_to_its_batch(server, lake, dataset, folder, proxy):
    """The batch was created, but the client never learnt of it: the same command finds it again."""
    proxy.judge = lambda head, nth: "hold" if head.startswith(f"POST {IMPORT}/batches HTTP") else None
    process = start_push(server, proxy, folder, dataset)
    wait_for(lambda: proxy.requests("POST", "/batches"), what="the creation")
    kill(process)
    proxy.judge = lambda head, nth: None
    proxy.release()  # and now it arrives
    wait_for(lambda: lake.send("GET", f"/data/foundation/catalog/batches?dataSet={dataset}").json(), what="the batch")
    ran = push(server, proxy, folder, dataset)
    assert ran.returncode == DONE, ran.stderr
    batches = lake.send("GET", f"/data/foundation/catalog/batches?dataSet={dataset}").json()
    assert len(batches) == 1
    assert ids(server, lake, dataset) == ROWS


def test_a_batch_that_ended_meanwhile_gets_a_successor(server, lake, dataset, folder, proxy):
    proxy.judge = lambda head, nth: "hold" if "small-03" in head else None
    process = start_push(server, proxy, folder, dataset)
    batch = process.stderr.readline().split()[1]
    wait_for(lambda: any("small-03" in head for head in proxy.heads), what="the request that gets stuck")
    kill(process)
    assert lake.act(batch, "ABORT").status_code == 200
    proxy.judge = lambda head, nth: None
    ran = push(server, proxy, folder, dataset)
    assert ran.returncode == DONE and batch not in ran.stdout
    assert ids(server, lake, dataset) == ROWS


def test_connections_that_break(server, lake, dataset, folder, proxy):
    """Every seventh request breaks off in the middle of its body."""
    proxy.judge = lambda head, nth: "drop" if nth % 7 == 0 else None
    ran = push(server, proxy, folder, dataset)
    assert ran.returncode == DONE, ran.stderr
    assert ids(server, lake, dataset) == ROWS
    assert len(proxy.requests("PATCH")) > bytes_of(folder) // PART - 20
    assert proxy.body_bytes < bytes_of(folder) * 1.5


def test_a_server_that_is_busy_for_a_while(server, lake, dataset, folder, proxy):
    busy = threading.Event()
    proxy.judge = lambda head, nth: "refuse" if busy.is_set() or nth % 5 == 0 else None
    process = start_push(server, proxy, folder, dataset)
    wait_for(lambda: len(proxy.requests("PATCH")) + len(proxy.requests("PUT")) > 15, what="some uploads")
    busy.set()
    wait_for(lambda: len(proxy.heads) > 40, what="some refusals")
    busy.clear()
    assert process.wait(timeout=120) == DONE, process.stderr.read()
    process.stderr.close()
    assert ids(server, lake, dataset) == ROWS


def test_a_server_that_is_started_again(own_server, folder):
    server, lake = own_server()
    dataset = lake.dataset_of("Started again", files.PROPERTIES)
    proxy = Proxy(int(server.url.rsplit(":", 1)[1]))
    process = start_push(server, proxy, folder, dataset)
    wait_for(lambda: len(proxy.requests("PATCH")) > 5, what="some parts")
    server.kill()
    proxy.cut()
    server.start()
    proxy.target = int(server.url.rsplit(":", 1)[1])
    assert process.wait(timeout=120) == DONE, process.stderr.read()
    process.stderr.close()
    assert ids(server, server.lake(), dataset) == ROWS
    proxy.close()


def test_a_server_that_stays_away(server, lake, dataset, folder, proxy):
    """It says so, and the same command goes on later."""
    gone = threading.Event()
    proxy.judge = lambda head, nth: "refuse" if gone.is_set() else None
    process = start_push(server, proxy, folder, dataset, "--retry-for", "2")
    wait_for(lambda: len(proxy.requests("PATCH")) > 5, what="some parts")
    gone.set()
    assert process.wait(timeout=60) == UNREACHABLE
    said = process.stderr.read()
    process.stderr.close()
    assert "the same command goes on with it" in said and "503" in said
    gone.clear()
    ran = push(server, proxy, folder, dataset)
    assert ran.returncode == DONE and "taken up again" in ran.stderr
    assert ids(server, lake, dataset) == ROWS
