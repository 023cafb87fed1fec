"""Each refusal of an upload: its status, what it tells, and that the upload can go on afterwards."""

import base64
import hashlib
import http.client
import socket
import threading
import urllib.parse

import pytest

from support import files
from support.lake import IMPORT


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Refusals", files.PROPERTIES)


@pytest.fixture
def batch(lake, dataset):
    return lake.create_batch(dataset)


CONTENT = files.numbered(1, 2000)
TOTAL = len(CONTENT)


def finish(lake, dataset, batch, path="a.parquet"):
    """Whatever was refused before: the file can be completed, and is whole."""
    held = lake.send("HEAD", lake.file_path(batch, dataset, path)).headers.get("Range")
    begin = int(held.split("-")[1]) + 1 if held else 0
    if begin < TOTAL:
        answer = lake.part(batch, dataset, path, CONTENT[begin:], begin, TOTAL)
        assert answer.status_code == 200, answer.text
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["recordCount"] == 2000


# -- ranges --------------------------------------------------------------------------------------------------------

RANGES = [
    # Content-Range, length of the body, status, what the answer names
    (None, 100, 400, "Content-Range"),
    ("bytes 0-99/*", 100, 400, "total"),
    ("bytes */100", 100, 400, "Content-Range"),
    ("bytes 99-0/100", 100, 400, "Content-Range"),
    ("bytes -5/100", 100, 400, "Content-Range"),
    ("bytes 0-99", 100, 400, "Content-Range"),
    ("bytes 0-99/50", 100, 400, ""),
    ("lines 0-99/100", 100, 400, "Content-Range"),
    ("bytes 0-99999999999999999999/99999999999999999999", 100, 400, "Content-Range"),
    (f"bytes 0-98/{TOTAL}", 100, 400, ""),       # body longer than the range
    (f"bytes 0-100/{TOTAL}", 100, 400, ""),      # body shorter than the range
    (f"bytes 50-149/{TOTAL}", 100, 409, "0-99"),  # overlaps what is held
    (f"bytes 0-49/{TOTAL}", 50, 409, "0-99"),     # inside what is held, other bounds
    (f"bytes 100-199/{TOTAL + 1}", 100, 409, str(TOTAL)),  # changed total
]


@pytest.mark.parametrize("value, length, status, names", RANGES, ids=[str(r[0]) for r in RANGES])
def test_ranges(lake, dataset, batch, value, length, status, names):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    assert lake.part(batch, dataset, "a.parquet", CONTENT[:100], 0, TOTAL).status_code == 200
    headers = {"Content-Type": "application/octet-stream", **({"Content-Range": value} if value else {})}
    refused = lake.send("PATCH", lake.file_path(batch, dataset, "a.parquet"), data=CONTENT[:length], headers=headers)
    assert refused.status_code == status, refused.text
    assert names in refused.text
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert refused.json()["status"] == status and refused.json()["detail"]
    finish(lake, dataset, batch)


def test_content_range_without_its_unit(lake, dataset, batch):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    answer = lake.part(batch, dataset, "a.parquet", CONTENT, 0, TOTAL,
                       headers={"Content-Range": f"0-{TOTAL - 1}/{TOTAL}"})
    assert answer.status_code == 200, answer.text
    finish(lake, dataset, batch)


def test_a_repeated_part_is_compared(lake, dataset, batch):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    for _ in range(3):
        assert lake.part(batch, dataset, "a.parquet", CONTENT[:500], 0, TOTAL).status_code == 200
    other = bytearray(CONTENT[:500])
    other[321] ^= 1
    refused = lake.part(batch, dataset, "a.parquet", bytes(other), 0, TOTAL)
    assert refused.status_code == 409 and "321" in refused.text
    finish(lake, dataset, batch)


def test_file_complete_names_the_gaps(lake, dataset, batch):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    assert lake.part(batch, dataset, "a.parquet", CONTENT[100:200], 100, TOTAL).status_code == 200
    for refused in (lake.finish_file(batch, dataset, "a.parquet"), lake.act(batch, "COMPLETE")):
        assert refused.status_code == 400
        assert "0-99" in refused.text and f"200-{TOTAL - 1}" in refused.text
    assert lake.part(batch, dataset, "a.parquet", CONTENT[:100], 0, TOTAL).status_code == 200
    finish(lake, dataset, batch)


def test_initialize_again(lake, dataset, batch):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    assert lake.part(batch, dataset, "a.parquet", CONTENT[:10], 0, TOTAL).status_code == 200
    refused = lake.initialize(batch, dataset, "a.parquet")
    assert refused.status_code == 409 and "0-9" in refused.text
    finish(lake, dataset, batch)


def test_part_without_initialize(lake, dataset, batch):
    refused = lake.part(batch, dataset, "a.parquet", CONTENT[:10], 0, TOTAL)
    assert refused.status_code == 409 and "INITIALIZE" in refused.text
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    finish(lake, dataset, batch)


# -- two writers, stalls, short bodies --------------------------------------------------------------------------------

def open_part(server, lake, dataset, batch, begin, end, content):
    """A PATCH whose body stops after `content`: the connection, still open. It owns its range when this returns,
    since the server says 100 only after the checks that need no body."""
    where = urllib.parse.urlsplit(server.url)
    connection = socket.create_connection((where.hostname, where.port))
    head = [f"PATCH {lake.file_path(batch, dataset, 'a.parquet')} HTTP/1.1", f"Host: {where.netloc}",
            f"Content-Range: bytes {begin}-{end - 1}/{TOTAL}", f"Content-Length: {end - begin}"]
    head += [f"{k}: {v}" for k, v in lake.session.headers.items()
             if k.lower() not in ("accept-encoding", "connection", "accept", "user-agent")]
    connection.settimeout(30)
    connection.sendall(("\r\n".join([*head, "Expect: 100-continue"]) + "\r\n\r\n").encode())
    go_on = connection.recv(25)
    assert go_on.startswith(b"HTTP/1.1 100"), go_on
    connection.sendall(content)
    return connection


def test_a_second_writer_on_the_range_and_a_stalled_one(lake, dataset, batch, server):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    stalled = open_part(server, lake, dataset, batch, 0, 1000, CONTENT[:300])
    try:
        refused = lake.part(batch, dataset, "a.parquet", CONTENT[500:1500], 500, TOTAL)
        assert refused.status_code == 409, refused.text
        assert int(refused.headers["Retry-After"]) >= 0 and "0-999" in refused.text
        # Another range goes on beside it.
        assert lake.part(batch, dataset, "a.parquet", CONTENT[1000:1200], 1000, TOTAL).status_code == 200
        # The same range again replaces the stalled request.
        assert lake.part(batch, dataset, "a.parquet", CONTENT[:1000], 0, TOTAL).status_code == 200
        stalled.settimeout(20)
        rest = stalled.recv(65536)
        assert rest == b"" or b" 409 " in rest.split(b"\r\n")[0], rest[:200]
    finally:
        stalled.close()
    finish(lake, dataset, batch)


def test_a_body_that_ends_early_leaves_nothing(lake, dataset, batch, server):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    broken = open_part(server, lake, dataset, batch, 0, 1000, CONTENT[:300])
    broken.close()
    head = lake.send("HEAD", lake.file_path(batch, dataset, "a.parquet"))
    assert "Range" not in head.headers
    finish(lake, dataset, batch)


# -- digests ----------------------------------------------------------------------------------------------------------

def b64(algorithm, content):
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


DIGESTS = [
    ({"Content-Digest": f"sha-256=:{b64('sha256', CONTENT)}:"}, 200),
    ({"Content-Digest": f"sha-512=:{b64('sha512', CONTENT)}:"}, 200),
    ({"Content-MD5": b64("md5", CONTENT)}, 200),
    ({"Content-Digest": f"sha-256=:{b64('sha256', CONTENT + b'x')}:"}, 400),
    ({"Content-MD5": b64("md5", b"other")}, 400),
    ({"Content-Digest": "sha-256=nonsense"}, 400),
    ({"Content-MD5": "%%%"}, 400),
]


@pytest.mark.parametrize("headers, status", DIGESTS)
@pytest.mark.parametrize("how", ["put", "part"])
def test_digests(lake, dataset, batch, headers, status, how):
    if how == "part":
        assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
        answer = lake.part(batch, dataset, "a.parquet", CONTENT, 0, TOTAL, headers=headers)
    else:
        answer = lake.put(batch, dataset, "a.parquet", CONTENT, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 400 and how == "part":
        assert "Range" not in lake.send("HEAD", lake.file_path(batch, dataset, "a.parquet")).headers
    if status == 400 and how == "put":
        assert lake.send("HEAD", lake.file_path(batch, dataset, "a.parquet")).status_code == 404
        assert lake.put(batch, dataset, "a.parquet", CONTENT).status_code == 200
    finish(lake, dataset, batch)


# -- paths, ids, states -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", ["../a", "a/../b", "a/..", "%2e%2e/a", "a%2F..%2Fb", "a//b", "./a", "a%00b", "x" * 1025])
def test_paths_that_are_refused(lake, dataset, batch, path, server):
    # Sent as typed: a client library would tidy the path before it went out.
    where = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.putrequest("PUT", f"{IMPORT}/batches/{batch}/datasets/{dataset}/files/{path}", skip_accept_encoding=True)
    for name, value in lake.session.headers.items():
        if name.lower() not in ("accept-encoding", "connection"):
            connection.putheader(name, value)
    connection.putheader("Content-Length", "1")
    connection.endheaders(b"x")
    answer = connection.getresponse()
    assert answer.status == 400, answer.read()
    assert answer.getheader("x-request-id")


@pytest.mark.parametrize("path", ["a b.parquet", "ünï/cødé.parquet", "a#b?c.parquet", "y" * 300 + "/" + "z" * 700, "a%b"])
def test_paths_that_are_strange_and_fine(lake, dataset, batch, path):
    assert lake.put(batch, dataset, path, CONTENT).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")


def test_unknown_ids_and_wrong_dataset(lake, dataset, batch):
    other = lake.dataset_of("Refusals elsewhere", files.PROPERTIES)
    unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert lake.put(unknown, dataset, "a", CONTENT).status_code == 404
    refused = lake.put(batch, other, "a", CONTENT)
    assert refused.status_code == 404 and dataset in refused.text
    assert lake.put(batch, "0" * 24, "a", CONTENT).status_code == 404
    assert lake.act(unknown, "COMPLETE").status_code == 404
    assert lake.send("POST", f"{IMPORT}/batches", json={"datasetId": "0" * 24}).status_code in (400, 404)
    assert lake.send("HEAD", lake.file_path(batch, dataset, "none")).status_code == 404
    assert lake.finish_file(batch, dataset, "none").status_code == 404


CREATE_BODIES = [
    (b"", "datasetId"), (b"{}", "datasetId"), (b"[]", ""), (b"{", ""), (b'{"datasetId": 7}', "datasetId"),
    (b'{"datasetId": "X", "inputFormat": {"format": "avro"}}', "format"),
    (b'{"datasetId": "X", "tags": ["a"]}', "tags"),
    # What would change which rows are loaded is refused, not ignored.
    (b'{"datasetId": "X", "replay": {"reason": "replace", "predecessors": ["B"]}}', "no batch with id"),
    (b'{"datasetId": "X", "replay": {"reason": "replace", "predecessorsByExternalId": ["B"]}}', "external id"),
    (b'{"datasetId": "X", "replay": {"reason": "consolidation", "predecessors": ["B"]}}', "replay.reason"),
    (b'{"datasetId": "X", "replay": {"predecessors": "B"}}', "replay.predecessors"),
    (b'{"datasetId": "X", "partialIngestionPercent": 5}', "partialIngestionPercent"),
]


@pytest.mark.parametrize("body, names", CREATE_BODIES)
def test_create_bodies_that_are_refused(lake, dataset, body, names):
    body = body.replace(b'"X"', f'"{dataset}"'.encode())
    refused = lake.send("POST", f"{IMPORT}/batches", data=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400 and names in refused.text


def test_actions_that_a_state_refuses(lake, dataset, batch):
    assert lake.act(batch, "COMPLETE").status_code == 400, "no files"
    assert lake.batch(batch)["status"] == "loading"
    refused = lake.act(batch, "EXPLODE")
    assert refused.status_code == 400 and "COMPLETE" in refused.text
    refused = lake.act(batch, "REVERT")
    assert refused.status_code == 409 and "loading" in refused.text
    assert lake.put(batch, dataset, "a.parquet", CONTENT).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")
    for answer in (lake.put(batch, dataset, "b.parquet", CONTENT), lake.initialize(batch, dataset, "c"),
                   lake.part(batch, dataset, "a.parquet", CONTENT, 0, TOTAL), lake.act(batch, "ABORT")):
        assert answer.status_code == 409 and "active" in answer.text, answer.text


def test_sizes_over_the_limits(lake, dataset, batch, server):
    def announced(method, path, length, extra=()):
        """Sends the header alone: the refusal must not wait for the body."""
        where = urllib.parse.urlsplit(server.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in [*lake.session.headers.items(), *extra]:
            if name.lower() not in ("accept-encoding", "connection"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(length))
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    path = lake.file_path(batch, dataset, "a.parquet")
    status, text = announced("PUT", path, 256 * 1024 * 1024 + 1)
    assert status == 413 and "INITIALIZE" in text
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    status, text = announced("PATCH", path, 512_000_001, [("Content-Range", "bytes 0-512000000/600000000")])
    assert status == 413 and "512000000" in text.replace(",", "")
    status, _ = announced("PUT", path + "?" + "x" * 2100, 10)
    assert status == 414
    finish(lake, dataset, batch)


def test_unknown_content_encoding(lake, dataset, batch):
    assert lake.put(batch, dataset, "a.parquet", CONTENT, headers={"Content-Encoding": "br"}).status_code == 415
    assert lake.put(batch, dataset, "a.parquet", CONTENT, headers={"Content-Encoding": "identity"}).status_code == 200


def test_a_zero_byte_file(lake, dataset, batch):
    assert lake.put(batch, dataset, "a.parquet", b"").status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    (error,) = lake.wait(batch, "failed")["errors"]
    assert error["code"] == "106" and "a.parquet" in error["description"]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_unknown_methods(lake, dataset, batch, method):
    answer = lake.send(method, lake.file_path(batch, dataset, "a.parquet"))
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) >= {"PUT", "POST", "PATCH", "HEAD"}


def test_parts_of_one_file_from_many_threads_that_collide(lake, dataset, batch):
    """Everyone sends the same parts at once: each gets 200 or a 409 with Retry-After; the file ends whole."""
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    wrong = []

    def send():
        for begin in range(0, TOTAL, 4000):
            while True:
                answer = lake.part(batch, dataset, "a.parquet", CONTENT[begin:begin + 4000], begin, TOTAL)
                if answer.status_code == 200:
                    break
                if answer.status_code != 409:
                    wrong.append(answer.text)
                    return
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    finish(lake, dataset, batch)
