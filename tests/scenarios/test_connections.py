"""What the transport does with connections: time limits, waiting for 100 Continue, headers that are mended or refused."""

import re
import socket
import time
import urllib.parse

import pytest
import requests

from support import files
from support.server import Server, wait_for

HEADER_LIMIT = 0.4  # seconds
BODY_LIMIT = 0.5
IDLE_LIMIT = 1.0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("server") / "lake", settings={
        "http.header_timeout": f"{HEADER_LIMIT * 1000:.0f}ms", "http.progress_interval": f"{BODY_LIMIT * 1000:.0f}ms",
        "http.idle_timeout": f"{IDLE_LIMIT:.0f}s", "http.header_bytes_max": "4KiB"})
    yield made
    made.close()


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Connections", files.PROPERTIES)


class Wire:
    """A connection, byte by byte."""

    def __init__(self, server):
        self.server = server
        where = urllib.parse.urlsplit(server.url)
        self.host = where.netloc
        self.socket = socket.create_connection((where.hostname, where.port), timeout=20)
        self.held = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *lines, body=b""):
        self.socket.sendall("".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body)

    def request(self, method, path, *headers, body=b"", **more):
        mine = [f"{name}: {value}" for name, value in self.server.headers().items()]
        self.send(f"{method} {path} HTTP/1.1", f"Host: {self.host}", *mine, *headers, body=body, **more)

    def head(self):
        """Status and headers (names in lower case) of the next answer; reads its body too."""
        while b"\r\n\r\n" not in self.held:
            more = self.socket.recv(65536)
            if not more:
                return 0, {}
            self.held += more
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self.held) < length:
            self.held += self.socket.recv(65536)
        self.body, self.held = self.held[:length], self.held[length:]
        return int(first.split()[1]), headers

    def is_closed_within(self, seconds):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b""
        except TimeoutError:
            return False


def test_a_header_that_does_not_come(server):
    with Wire(server) as wire:
        began = time.monotonic()
        wire.socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        status, _ = wire.head()
        assert status in (0, 408)
        assert HEADER_LIMIT * 0.9 <= time.monotonic() - began < 10
    assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200


def test_a_connection_that_is_idle(server):
    with Wire(server) as wire:
        for _ in range(3):
            wire.send("GET /healthz HTTP/1.1", f"Host: {wire.host}")
            assert wire.head()[0] == 200
        began = time.monotonic()
        assert wire.is_closed_within(10)
        assert time.monotonic() - began >= IDLE_LIMIT * 0.9


def test_a_body_that_stands_still(server, lake, dataset):
    batch = lake.create_batch(dataset)
    content = files.numbered(1, 500)
    path = lake.file_path(batch, dataset, "a.parquet")
    with Wire(server) as wire:
        wire.request("PUT", path, f"Content-Length: {len(content)}", body=content[:100])
        status, headers = wire.head()
        assert status == 408 and headers["content-type"].startswith("application/problem+json")
        assert b"LG-1219-408" in wire.body
    assert lake.send("HEAD", path).status_code == 404, "nothing of it is a file"
    assert lake.put(batch, dataset, "a.parquet", content).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["recordCount"] == 500


def test_a_body_that_is_slow_but_comes(server, lake, dataset):
    batch = lake.create_batch(dataset)
    content = files.numbered(1, 500)
    with Wire(server) as wire:
        wire.request("PUT", lake.file_path(batch, dataset, "a.parquet"), f"Content-Length: {len(content)}")
        step = -(-len(content) // 16)
        for begin in range(0, len(content), step):
            wire.socket.sendall(content[begin:begin + step])
            time.sleep(BODY_LIMIT / 8)  # the client's pace: two limits long in all
        assert wire.head()[0] == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["recordCount"] == 500


def test_continue_comes_after_the_checks_that_need_no_body(server, lake, dataset):
    batch = lake.create_batch(dataset)
    content = files.numbered(1, 20)
    expect = (f"Content-Length: {len(content)}", "Expect: 100-continue")
    with Wire(server) as wire:
        wire.request("PUT", lake.file_path("01ARZ3NDEKTSV4RRFFQ69G5FAV", dataset, "a"), *expect)
        assert wire.head()[0] == 404, "no 100 before it"
    with Wire(server) as wire:
        wire.request("PUT", lake.file_path(batch, dataset, "a.parquet"), *expect)
        assert wire.head()[0] == 100
        wire.socket.sendall(content)
        assert wire.head()[0] == 200


def test_each_answer_has_a_request_id_that_the_log_knows(server):
    ids = set()
    for path in ("/healthz", "/nowhere", "/data/foundation/catalog/dataSets"):
        ids.add(requests.get(server.url + path, headers={"x-request-id": "mine"}, timeout=30).headers["x-request-id"])
    with Wire(server) as wire:
        wire.send("NONSENSE")
        status, headers = wire.head()
        assert status == 400
        ids.add(headers["x-request-id"])
    assert len(ids) == 4 and "mine" not in ids
    wait_for(lambda: all(re.search(f"request_id={one}", server.log) for one in ids), what="a log line for each")


@pytest.mark.parametrize("lines, status", [
    (["x-api-key : {key}"], 200),              # as published requests have it
    (["x-api-key: {key}", "x-api-key: {key}"], 400),
    (["x-api-key: {key}", "x-other : 1"], 400),
    (["x-api-key: {key}", "x-other: 1", "  folded"], 400),
    (["x-api-key: {key}", "x-other: " + "y" * 5000], 431),
])  # fmt: skip
def test_headers(server, lines, status):
    headers = {name: value for name, value in server.headers().items() if name != "x-api-key"}
    with Wire(server) as wire:
        wire.send("GET /data/foundation/catalog/dataSets HTTP/1.1", f"Host: {wire.host}",
                  *[f"{name}: {value}" for name, value in headers.items()],
                  *[line.format(key=server.credentials["apiKey"]) for line in lines])
        assert wire.head()[0] == status, wire.body
