"""Much of everything: a large file, many files in a batch, many batches in a table, many slow clients. Each test has a form of some
seconds, and the real size in `make test-long`. Memory is what /proc says of the server and its workers."""

import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import random
import resource
import shutil
import socket
import statistics
import threading
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from support import files
from support.lake import EXPORT, IMPORT
from support.processes import children, memory
from support.server import wait_for

MIB = 1 << 20
GIB = 1 << 30
LONG = {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991}


def sizes(small, large):
    """A test's parameter: the small one now, the large one in `make test-long`."""
    return [small, pytest.param(large, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]


class Client:
    """One connection that stays open and says no more than it must: many small requests a second."""

    def __init__(self, server):
        self.headers = server.headers()
        self.address = ("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
        self.connection = http.client.HTTPConnection(*self.address, timeout=120)

    def send(self, method, path, body=None, **headers):
        self.connection.request(method, path, body=body, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def ask(self, method, path, body=None, **headers):
        answer, content = self.send(method, path, body, **headers)
        assert 200 <= answer.status < 300, (answer.status, content[:500])
        return content

    def create_batch(self, dataset):
        body = json.dumps({"datasetId": dataset})
        return json.loads(self.ask("POST", f"{IMPORT}/batches", body, **{"Content-Type": "application/json"}))["id"]

    def put(self, batch, dataset, path, content):
        self.ask("PUT", f"{IMPORT}/batches/{batch}/datasets/{dataset}/files/{path}", content)

    def complete(self, batch, wait=None):
        more = {"Prefer": f"wait={wait}"} if wait else {}
        content = self.ask("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", "", **more)
        return json.loads(content)["status"] if wait else None

    def head(self, method, path, length, **headers):
        """A request's head, for who sends the body by himself."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **headers}.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def each_in_parallel(server, threads, items, work):
    """`work(client, item)` for all items, by so many threads with a connection each."""
    items, lock, results = iter(items), threading.Lock(), []

    def run():
        client = Client(server)
        while True:
            with lock:
                item = next(items, None)
            if item is None:
                return
            result = work(client, item)
            with lock:
                results.append(result)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run) for _ in range(threads)]:
            done.result()
    return results


def wait_active(client, batch, seconds):
    deadline = time.monotonic() + seconds
    while (status := client.complete(batch, wait=30)) != "active":
        assert status in ("loaded", "staging", "staged"), status
        assert time.monotonic() < deadline, status


# -- one large file -----------------------------------------------------------------------------------------------------


def write_large(path, bytes_wanted):
    """Numbers that do not compress, no two row groups alike; written as it goes. Returns the number of rows."""
    columns = [f"v{n}" for n in range(7)]
    schema = pa.schema([("id", pa.int64()), *[(name, pa.int64()) for name in columns]])
    rows = min(1 << 20, bytes_wanted // 64 // 4)
    noise = [pc.bit_wise_and(pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(os.urandom(rows * 8))]), (1 << 50) - 1)
             for _ in columns]
    ids = pa.array(range(rows), pa.int64())
    written = 0
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        while path.stat().st_size < bytes_wanted:
            group = [pc.add(ids, written), *[pc.add(values, written) for values in noise]]
            writer.write_table(pa.table(group, schema=schema), row_group_size=rows)
            written += rows
    return written


def send_part(server, path, address, part):
    begin, end, total = part
    client = Client(server)
    with socket.create_connection(client.address, timeout=300) as connection, open(path, "rb") as file:
        connection.sendall(client.head("PATCH", address, end - begin, **{"Content-Range": f"bytes {begin}-{end - 1}/{total}"}))
        connection.sendfile(file, begin, end - begin)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 200, answer.read()


def same_bytes(server, path, address):
    client = Client(server)
    client.connection.request("GET", address, headers=client.headers)
    answer = client.connection.getresponse()
    assert answer.status == 200 and int(answer.headers["Content-Length"]) == path.stat().st_size
    at = 0
    with open(path, "rb") as file:
        while piece := file.read(4 * MIB):
            assert answer.read(len(piece)) == piece, f"differs after byte {at}"
            at += len(piece)
    assert answer.read() == b""


@pytest.mark.parametrize("bytes_wanted", sizes(96 * MIB, 5 * GIB), ids=lambda size: f"{size // MIB} MiB")
def test_a_large_file_in_parallel_parts_and_back(own_server, tmp_path, bytes_wanted):
    if shutil.disk_usage(tmp_path).free < 3 * bytes_wanted + 2 * GIB:
        pytest.skip(f"{3 * bytes_wanted // GIB + 2} GiB of free disk are needed")
    server, lake = own_server(settings={"http.access_log": "false"})
    dataset = lake.dataset_of("Large", {name: LONG for name in ["id", *[f"v{n}" for n in range(7)]]})
    path = tmp_path / "large.parquet"
    rows = write_large(path, bytes_wanted)
    total = path.stat().st_size
    assert total >= bytes_wanted
    batch = lake.create_batch(dataset)
    assert lake.initialize(batch, dataset, "large.parquet").status_code == 201
    address = lake.file_path(batch, dataset, "large.parquet")
    step = max(4 * MIB, total // 80)
    parts = [(begin, min(begin + step, total), total) for begin in range(0, total, step)]
    random.Random(7).shuffle(parts)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda part: send_part(server, path, address, part), parts))
    wait_active(Client(server), batch, seconds=900)
    assert lake.batch(batch)["recordCount"] == rows
    same_bytes(server, path, f"{EXPORT}/files/{batch}-1?path=large.parquet")

    # The same for a file of any size: nothing of it is ever held as a whole.
    assert memory(server.process.pid, "VmHWM") < 200 * MIB
    for worker in children(server.process.pid):
        assert memory(worker, "VmHWM") < 300 * MIB
    name = lake.table_name(dataset)
    table = server.iceberg_catalog().load_table(("prod", name))
    assert int(table.current_snapshot().summary["total-records"]) == rows
    (file,) = server.data_files(name)
    few = pq.ParquetFile(file).read_row_group(3, columns=["id"])
    assert few.column("id")[0].as_py() == 3 * len(few)
    path.unlink()


# -- many files in a batch ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", sizes(200, 1500))
def test_many_files_in_a_batch(own_server, count):
    server, lake = own_server(settings={"http.access_log": "false"})
    dataset = lake.dataset_of("Many files", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    each_in_parallel(server, 8, range(count),
                     lambda client, n: client.put(batch, dataset, f"day={n % 30}/{n}.parquet", files.numbered(n * 10, 10)))
    wait_active(Client(server), batch, seconds=300)
    shown = lake.batch(batch)
    assert shown["recordCount"] == count * 10 and shown["metrics"]["inputFileCount"] == count
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    assert len(table.metadata.snapshots) == 1
    assert sorted(table.scan().to_arrow().column("id").to_pylist()) == list(range(count * 10))
    listed = [one["path"] if "path" in one else one for start in range(0, count, 100) for one in
              lake.ask("GET", f"/data/foundation/catalog/dataSetFiles?batchId={batch}&limit=100&start={start}").json().values()]
    assert len(listed) == count
    assert memory(server.process.pid, "VmHWM") < 200 * MIB


# -- many batches in a table --------------------------------------------------------------------------------------------


def publishing_times(client, dataset, content, count=15):
    """Milliseconds from COMPLETE of a batch, whose file is judged by then, until it is readable; nothing else goes on."""
    times = []
    for _ in range(count):
        batch = client.create_batch(dataset)
        client.put(batch, dataset, "a.parquet", content)
        time.sleep(0.05)  # judging; where it takes longer the time only grows
        began = time.monotonic()
        assert client.complete(batch, wait=60) == "active"
        times.append((time.monotonic() - began) * 1000)
    return times


@pytest.mark.parametrize("count", sizes(300, 10_000))
def test_many_batches_in_a_table(own_server, count):
    server, lake = own_server(settings={"http.access_log": "false"})
    dataset = lake.dataset_of("Many batches", files.PROPERTIES)
    content = files.numbered(1, 3)
    client, batches, times = Client(server), 0, {}

    def load(mine, _):
        batch = mine.create_batch(dataset)
        mine.put(batch, dataset, "a.parquet", content)
        mine.complete(batch)
        return batch
    for goal in sorted({100, count // 2, count}):
        loaded = each_in_parallel(server, 16, range(goal - batches), load)
        for batch in loaded[-20:]:
            wait_active(client, batch, seconds=300)
        batches = goal
        times[goal] = statistics.median(publishing_times(client, dataset, content))
        batches += 15
    unfinished = f"/data/foundation/catalog/batches?dataSet={dataset}&status=loaded,staging,staged"
    wait_for(lambda: not lake.ask("GET", unfinished).json(), seconds=300, what="the last batches")

    # A commit costs the same however many batches there are.
    first, last = times[100], times[max(times)]
    assert last < 3 * first + 50, times
    # What a reader must load is bounded.
    name = lake.table_name(dataset)
    table = server.iceberg_catalog().load_table(("prod", name))
    metadata = table.metadata.model_dump_json()
    assert len(metadata) < 200_000, len(metadata)
    assert len(table.metadata.snapshots) <= 100
    manifests = table.current_snapshot().manifests(table.io)
    assert len(manifests) <= 150, len(manifests)
    summary = table.current_snapshot().summary
    assert int(summary["total-data-files"]) == batches
    assert int(summary["total-records"]) == 3 * batches
    assert table.scan().count() == 3 * batches
    assert memory(server.process.pid, "VmHWM") < 300 * MIB


# -- many slow clients --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def many_descriptors(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"{count} open files are needed, {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class SlowUpload:
    """One PUT whose body comes byte by byte."""

    def __init__(self, client, path, content, **headers):
        self.content = content
        self.sent = 0
        self.socket = socket.create_connection(client.address, timeout=120)
        self.socket.sendall(client.head("PUT", path, len(content), **headers))

    def send(self, count):
        piece = self.content[self.sent:self.sent + count]
        self.socket.sendall(piece)
        self.sent += len(piece)

    def finish(self):
        self.send(len(self.content))
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        content = answer.read()
        self.socket.close()
        return answer.status, content


def latencies(client, dataset, batch, count=30):
    """Seconds of requests as others send them meanwhile: a question, and a small upload."""
    times = []
    for n in range(count):
        for call in (lambda: client.ask("GET", f"/data/foundation/catalog/batches/{batch}"),
                     lambda name=f"quick-{n}.parquet": client.put(batch, dataset, name, files.numbered(1, 3))):
            began = time.monotonic()
            call()
            times.append(time.monotonic() - began)
    return times


@pytest.mark.parametrize("digest", [False, True], ids=["spliced", "through memory"])
@pytest.mark.parametrize("count", sizes(200, 1000))
def test_many_slow_uploads_at_once(own_server, count, digest):
    server, lake = own_server(settings={"http.access_log": "false"})
    dataset = lake.dataset_of("Slow", files.PROPERTIES)
    slow, quick = lake.create_batch(dataset), lake.create_batch(dataset)
    content = files.numbered(1, 200)
    client = Client(server)
    headers = {}
    if digest:
        headers = {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}
    each_in_parallel(server, 16, range(64), lambda mine, n: mine.put(quick, dataset, f"warm-{n}.parquet", content))
    before = memory(server.process.pid)
    with many_descriptors(count + 200), contextlib.ExitStack() as stack:
        uploads = [SlowUpload(client, f"{IMPORT}/batches/{slow}/datasets/{dataset}/files/{n}.parquet", content, **headers)
                   for n in range(count)]
        for upload in uploads:
            stack.callback(upload.socket.close)
        stop = threading.Event()

        def trickle():
            while not stop.is_set():
                for upload in uploads:
                    if stop.is_set():
                        return
                    if upload.sent < len(content) - 200:
                        upload.send(16)
                stop.wait(0.05)
        trickling = threading.Thread(target=trickle)
        trickling.start()
        try:
            times = latencies(client, dataset, quick)
            a_connection = (memory(server.process.pid) - before) / count
        finally:
            stop.set()
            trickling.join()
        assert statistics.median(times) < 0.5 and max(times) < 5, (statistics.median(times), max(times))
        assert a_connection < 64 * 1024, a_connection
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(SlowUpload.finish, uploads))
    assert {status for status, _ in answers} == {200}, [content for status, content in answers if status != 200][:3]
    wait_active(client, slow, seconds=300)
    assert lake.batch(slow)["recordCount"] == count * 200
    print(f"{a_connection / 1024:.1f} KiB a connection, median {statistics.median(times) * 1000:.1f} ms")
