"""GET /events as its readers use it: pages, long polls, streams; two orgs; across kill -9; and `lakegate events tail`."""

import base64
import concurrent.futures
import json
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest
import requests
import sseclient

from support import files
from support.lake import CATALOG
from support.processes import Paused, memory
from support.server import wait_for

LIFE = ["loading", "loaded", "staging", "staged", "active"]


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Feed", files.PROPERTIES)


def page(lake, **query):
    return lake.ask("GET", "/events", params=query).json()


def everything(lake, limit=7, **query):
    """All pages from the start."""
    events, after = [], "0"
    while True:
        one = page(lake, after=after, limit=limit, **query)
        events += one["events"]
        after = one["next"]
        if not one["more"]:
            return events


def now(lake):
    return page(lake, after="now")["next"]


def load(lake, dataset, first=1, **more):
    batch = lake.create_batch(dataset, **more)
    assert lake.put(batch, dataset, "a.parquet", files.numbered(first, 10)).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")
    return batch


def of(events, batch):
    return [event for event in events if event["subject"] == batch]


class Stream:
    """An open stream, read by a library of somebody else's."""

    def __init__(self, lake, last_event_id=None, **query):
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        self.answer = lake.session.get(lake.url + "/events", params=query, headers=headers, stream=True, timeout=30)
        assert self.answer.status_code == 200, self.answer.text
        assert self.answer.headers["Content-Type"] == "text/event-stream"
        self.messages = sseclient.SSEClient(self.answer).events()

    def take(self, count):
        return [next(self.messages) for _ in range(count)]

    def rest(self):
        """What comes until the server ends it, or its connection breaks."""
        taken = []
        try:
            taken.extend(self.messages)
        except (requests.exceptions.RequestException, OSError):
            pass
        return taken

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()


# -- events -----------------------------------------------------------------------------------------------------------


def test_a_batch_is_told_from_its_beginning_to_its_end(lake, dataset):
    batch = load(lake, dataset, externalId="feed-1")
    events = of(everything(lake), batch)
    assert [event["type"] for event in events] == [f"io.lakegate.batch.{state}" for state in LIFE]
    first, last = events[0], events[-1]
    assert [int(event["sequence"]) for event in events] == list(range(int(first["sequence"]), int(last["sequence"]) + 1))
    for event in events:
        assert event["specversion"] == "1.0" and event["id"] == f"{dataset}/{event['sequence']}"
        assert event["source"] == f"{CATALOG}/dataSets/{dataset}" and event["partitionkey"] == dataset
        assert event["data"]["externalId"] == "feed-1" and event["data"]["sandbox"] == "prod"
    data = last["data"]
    assert (data["from"], data["status"], data["records"], data["files"]) == ("staged", "active", 10, 1)
    shown = lake.batch(batch)
    assert data["completed"] == shown["completed"] and data["bytes"] == shown["size"]
    assert (data["xdm:eventCode"], data["xdm:ingestionId"], data["xdm:customerIngestionId"]) == ("ing_load_success", batch, "feed-1")


def test_a_failure_says_why(lake, dataset):
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 10)[:-4]).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    shown = lake.wait(batch, "failed")
    (event,) = of(everything(lake, type="batch.failed"), batch)
    assert event["data"]["xdm:eventCode"] == "ing_load_failure"
    assert event["data"]["errorCount"] == len(shown["errors"])
    assert event["data"]["errors"][0]["code"] == shown["errors"][0]["code"]
    assert event["data"]["errors"][0]["file"] == "a.parquet"


def test_an_event_stays_as_it_was(lake):
    dataset = lake.dataset_of("Feed unchanged", files.PROPERTIES)
    batch = load(lake, dataset)
    before = everything(lake, dataset=dataset)
    assert lake.act(batch, "REVERT").status_code == 200
    lake.ask("PATCH", f"{CATALOG}/dataSets/{dataset}", json={"description": "changed"})
    lake.ask("DELETE", f"{CATALOG}/dataSets/{dataset}")
    after = everything(lake, dataset=dataset)
    assert after[:len(before)] == before
    assert {event["type"].removeprefix("io.lakegate.") for event in after[len(before):]} >= {
        "batch.inactive", "dataset.updated", "dataset.deleted"}


def test_history_and_events_agree(lake):
    """One event for each step, and the other way round, on every way that a client can send a batch."""
    dataset = lake.dataset_of("Feed history", files.PROPERTIES)
    loaded, aborted, failed = load(lake, dataset), lake.create_batch(dataset), lake.create_batch(dataset)
    assert lake.act(loaded, "REVERT").status_code == 200
    assert lake.act(aborted, "ABORT").status_code == 200
    assert lake.act(failed, "FAIL").status_code == 200
    events = everything(lake, dataset=dataset, type="batch.*")
    for batch in (loaded, aborted, failed):
        steps = [("", "loading"), *((step["from"], step["to"]) for step in lake.batch(batch)["history"])]
        assert [(event["data"].get("from", ""), event["data"]["status"]) for event in of(events, batch)] == steps


def test_what_nobody_asked_for_is_told_too(own_server):
    """Replaced, abandoned, expired, swept: each step of the history has its event."""
    server, lake = own_server(settings={"upload.abandon_after": "1s", "storage.batch_time_to_live": "3s", "storage.reader_grace": "0",
                                        "storage.history_age": "0"})
    dataset = lake.dataset_of("Alone", files.PROPERTIES)
    replaced = load(lake, dataset)
    winner = load(lake, dataset, replay={"predecessors": [replaced], "reason": "replace"})
    silent = lake.create_batch(dataset)
    ends = {replaced: "deleted", winner: "deleted", silent: "abandoned"}
    for batch, end in ends.items():
        wait_for(lambda: lake.batch(batch)["status"] == end, what=f"{batch} {end}")
    events = everything(lake, dataset=dataset, type="batch.*")
    for batch in ends:
        steps = [("", "loading"), *((step["from"], step["to"]) for step in lake.batch(batch)["history"])]
        assert [(event["data"].get("from", ""), event["data"]["status"]) for event in of(events, batch)] == steps
    moved = {(event["subject"], event["data"]["status"]): event["data"].get("event") for event in events}
    assert moved[replaced, "inactive"] == "replace" and moved[winner, "inactive"] == "expire"
    assert moved[silent, "abandoned"] == "abandon"
    left = lake.create_batch(dataset)
    lake.ask("DELETE", f"{CATALOG}/dataSets/{dataset}")
    *_, last = wait_for(lambda: of(everything(lake, type="batch.failed"), left), what="the end of a batch without a dataset")
    assert last["data"]["errors"][0]["code"] == "LG-1305-409"


# -- pages ------------------------------------------------------------------------------------------------------------


def test_pages_join_without_gap_or_repeat(lake, dataset):
    load(lake, dataset)
    all_at_once = page(lake, after="0", limit=1000)
    assert not all_at_once["more"]
    in_pages = everything(lake, limit=3)
    assert in_pages == all_at_once["events"]
    assert len({event["id"] for event in in_pages}) == len(in_pages)
    for one in {event["partitionkey"] for event in in_pages}:
        sequence = [int(event["sequence"]) for event in in_pages if event["partitionkey"] == one]
        assert sequence == list(range(1, len(sequence) + 1))


def test_filters(lake, dataset):
    other = lake.dataset_of("Feed other", files.PROPERTIES)
    mine, theirs = load(lake, dataset), load(lake, other)
    assert {event["partitionkey"] for event in everything(lake, dataset=other)} == {other}
    both = everything(lake, dataset=[dataset, other], type=["batch.active", "io.lakegate.batch.loading"])
    assert {event["subject"] for event in both} >= {mine, theirs}
    assert {event["type"] for event in both} == {"io.lakegate.batch.active", "io.lakegate.batch.loading"}
    assert {event["data"]["name"] for event in everything(lake, dataset=other, type="dataset.*")} == {"Feed other"}


@pytest.mark.parametrize("query, status, code", [
    ({"after": "nonsense"}, 400, "LG-2400-400"), ({"after": "1"}, 400, "LG-2400-400"), ({"type": "batch.done"}, 400, "LG-1000-400"),
    ({"limit": "0"}, 400, "LG-1000-400"), ({"limit": "1001"}, 400, "LG-1000-400"), ({"wait": "-1"}, 400, "LG-1000-400"),
    ({"dataset": "66f0a1b2c3d4e5f601234567"}, 404, "LG-1300-404"),
], ids=str)  # fmt: skip
def test_refusals(lake, query, status, code):
    for accept in ("application/json", "text/event-stream"):
        answer = lake.send("GET", "/events", params=query, headers={"Accept": accept})
        assert answer.status_code == status and answer.json()["report"]["code"] == code, answer.text


def test_a_long_poll_is_answered_when_it_happens(lake, dataset):
    cursor = now(lake)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(page, lake, after=cursor, wait=50, type="batch.aborted")
        batch = lake.create_batch(dataset)
        began = time.monotonic()
        assert lake.act(batch, "ABORT").status_code == 200
        answer = asked.result(timeout=30)
    assert time.monotonic() - began < 5
    assert [event["subject"] for event in answer["events"]] == [batch]


def test_a_long_poll_ends_without_an_event(lake, dataset):
    began = time.monotonic()
    answer = page(lake, after="now", wait=1, dataset=dataset)
    assert 0.9 < time.monotonic() - began < 20
    assert answer["events"] == [] and not answer["more"]


def good_for(server, seconds):
    """A token that runs out so soon, signed with the server's own key, which a test may read."""
    head, payload, _ = server.token().split(".")
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["expires_in"] = str(int(time.time() * 1000) - int(claims["created_at"]) + seconds * 1000)
    text = head + "." + encode(json.dumps(claims).encode())
    signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", server.folder / "token-key.pem"], input=text.encode(),
                            capture_output=True, check=True)
    return text + "." + encode(signed.stdout)


def test_a_stream_and_a_long_poll_end_with_their_token(own_server):
    """By themselves, though nothing happens."""
    server, lake = own_server(settings={"events.heartbeat": "100ms"})
    cursor = now(lake)
    reader, watcher = server.lake(), server.lake()
    reader.session.headers["Authorization"] = watcher.session.headers["Authorization"] = f"Bearer {good_for(server, 5)}"
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(1) as pool, Stream(watcher) as stream:
        asked = pool.submit(reader.send, "GET", "/events", params={"after": cursor, "wait": 55})
        assert stream.rest() == []
        assert asked.result(timeout=30).status_code == 401
    assert 3 < time.monotonic() - began < 30


# -- two orgs ---------------------------------------------------------------------------------------------------------


def test_another_org_sees_its_own_alone(server, lake, dataset):
    made = lake.ask("POST", "/admin/orgs", json={"name": "Feed strangers", "tenant": "feedstrangers"}).json()
    stranger = server.lake(made)
    assert everything(stranger) == []
    theirs = stranger.dataset_of("Theirs", files.PROPERTIES)
    with Stream(stranger, after="0") as stream:
        load(lake, dataset)
        batch = load(stranger, theirs)
        told = [json.loads(message.data) for message in stream.take(6)]
    assert {event["partitionkey"] for event in told} == {theirs}
    assert [event["subject"] for event in told] == [theirs, *[batch] * 5]
    assert stranger.send("GET", "/events", params={"dataset": dataset}).status_code == 404
    foreign = stranger.send("GET", "/events", params={"after": now(lake)})
    assert foreign.status_code == 400 and foreign.json()["report"]["code"] == "LG-2400-400"


# -- streams ----------------------------------------------------------------------------------------------------------


def test_a_stream_tells_what_pages_tell(lake, dataset):
    load(lake, dataset)
    known = everything(lake)
    with Stream(lake, after="0") as stream:
        told = stream.take(len(known))
        assert [json.loads(message.data) for message in told] == known
        assert [message.event for message in told] == [event["type"] for event in known]
        batch = lake.create_batch(dataset)
        (late,) = stream.take(1)
        assert json.loads(late.data)["subject"] == batch
    # From the middle on.
    with Stream(lake, last_event_id=told[2].id, after="0") as stream:
        assert json.loads(stream.take(1)[0].data) == known[3]


def test_a_stream_starts_now(lake, dataset):
    load(lake, dataset)
    with Stream(lake, type="batch.loading") as stream:
        batch = lake.create_batch(dataset)
        assert json.loads(stream.take(1)[0].data)["subject"] == batch


def test_nothing_is_lost_across_kill_9(own_server):
    """A reader that is cut off over and over while batches come: with its last id it has everything, in order, once."""
    server, lake = own_server()
    dataset = lake.dataset_of("Killed", files.PROPERTIES)
    seen, last = [], None
    for round_number in range(3):
        lake = server.lake()
        ready = threading.Event()

        def read(lake=lake, ready=ready):
            nonlocal last
            with Stream(lake, last_event_id=last, after="0") as stream:
                ready.set()
                for message in stream.rest():
                    seen.append(json.loads(message.data))
                    last = message.id

        reader = threading.Thread(target=read)
        reader.start()
        assert ready.wait(30)
        for number in range(3):
            load(lake, dataset, first=1 + 100 * round_number + 10 * number)
        server.kill()
        reader.join(timeout=30)
        assert not reader.is_alive()
        server.start()
    lake = server.lake()
    known = everything(lake)
    with Stream(lake, last_event_id=last, after="0") as stream:
        seen += [json.loads(message.data) for message in stream.take(len(known) - len(seen))]
    assert seen == known
    assert len(known) >= 1 + 9 * 5


def test_a_slow_reader_holds_up_nobody(own_server):
    server, lake = own_server()
    dataset = lake.dataset_of("Slow", files.PROPERTIES)
    for _ in range(1200):
        lake.create_batch(dataset)
    address = server.url.removeprefix("http://").split(":")
    before = memory(server.process.pid)
    sockets = []
    try:
        for _ in range(40):  # each asks for everything and takes nothing
            one = socket.create_connection((address[0], int(address[1])))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
            one.sendall(f"GET /events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n{head}\r\n".encode())
            sockets.append(one)
        known = everything(lake, limit=1000)
        with Stream(lake, after="0") as stream:
            assert len(stream.take(len(known))) == len(known)
        began = time.monotonic()
        load(lake, dataset)
        assert time.monotonic() - began < 10
        assert memory(server.process.pid) - before < 64 << 20
        # It is still there, and gets what it waits for.
        received = b""
        sockets[0].settimeout(30)
        while known[-1]["id"].encode() not in received:
            more = sockets[0].recv(1 << 16)
            assert more, "the server gave it up"
            received += more
    finally:
        for one in sockets:
            one.close()


def test_as_many_streams_as_there_may_be(own_server):
    server, lake = own_server(settings={"events.streams_max": 2, "events.heartbeat": "100ms"})
    with Stream(lake), Stream(server.lake()):
        refused = server.lake().send("GET", "/events", headers={"Accept": "text/event-stream"})
        assert refused.status_code == 503 and refused.json()["report"]["code"] == "LG-2401-503"
        assert int(refused.headers["Retry-After"]) > 0
        assert page(lake)["events"] == []

    def free():
        answer = lake.session.get(lake.url + "/events", headers={"Accept": "text/event-stream"}, stream=True, timeout=30)
        answer.close()
        return answer.status_code == 200

    wait_for(free, what="a place")  # who went is noticed by the next heartbeat


def test_a_stop_ends_streams(own_server):
    server, lake = own_server(settings={"http.shutdown_grace": "40s"})
    with Stream(lake) as stream:
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 20
        assert stream.rest() == []


def test_who_comes_back_too_late_is_told(own_server):
    """Retention took events away that a reader had not seen: pages and streams say so, and go on behind them."""
    server, lake = own_server()
    dataset = lake.dataset_of("Old", files.PROPERTIES)
    begin = now(lake)
    first, second = load(lake, dataset), load(lake, dataset)
    assert server.stop() == 0
    with sqlite3.connect(server.folder / "ledger.db") as ledger:
        ledger.execute("UPDATE event SET at = at - 91 * 86400000 WHERE batch_id <> ?", (second,))
    ledger.close()
    server.start()
    lake = server.lake()
    wait_for(lambda: "gap" in page(lake, after=begin), what="retention")
    found = page(lake, after=begin)
    assert of(found["events"], first) == [] and len(of(found["events"], second)) == len(LIFE)
    assert "gap" not in page(lake, after=found["gap"]["through"]), "behind it nothing is missing"
    with Stream(lake, after=begin) as stream:
        gap, event = stream.take(2)
        assert (gap.event, json.loads(gap.data)["through"]) == ("gap", found["gap"]["through"])
        assert json.loads(event.data) == found["events"][0]


ENDS = pytest.mark.parametrize("change", [
    lambda lake, key: lake.ask("POST", f"/admin/api-keys/{key}/revoke"),
    lambda lake, key: lake.ask("DELETE", f"/admin/api-keys/{key}"),
    lambda lake, key: lake.ask("PATCH", f"/admin/api-keys/{key}", json={"grants": [{"rights": ["ingest"]}]}),
], ids=["revoked", "deleted", "without the right to read"])  # fmt: skip


@ENDS
def test_a_long_poll_tells_nothing_to_a_key_that_lost_its_right(server, lake, dataset, change):
    """Though it had it when it asked."""
    made = lake.ask("POST", "/admin/api-keys", json={"name": "Waits"}).json()
    waits = server.lake(made)
    after = now(lake)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(waits.send, "GET", "/events", params={"after": after, "wait": 50})
        waiting = lambda: float(next(line for line in lake.ask("GET", "/metrics").text.splitlines() if line.startswith("lakegate_http_waiting_requests ")).split()[1])
        wait_for(lambda: waiting() >= 1, what="the long poll to wait")
        change(lake, made["apiKey"])
        batch = lake.create_batch(dataset)
        answer = asked.result(timeout=30)
    assert answer.status_code in (401, 403) and batch not in answer.text, answer.text


@ENDS
def test_a_stream_ends_with_its_keys_right(own_server, change):
    server, lake = own_server(settings={"events.heartbeat": "100ms"})
    dataset = lake.dataset_of("Streamed", files.PROPERTIES)
    made = lake.ask("POST", "/admin/api-keys", json={"name": "Reader"}).json()
    with Stream(server.lake(made)) as stream, Stream(lake) as other:
        change(lake, made["apiKey"])
        assert stream.rest() == [], "it ends, and nothing came after the change"
        lake.create_batch(dataset)
        assert other.take(1)[0].event == "io.lakegate.batch.loading", "others go on"


def test_heartbeats(own_server):
    _, lake = own_server(settings={"events.heartbeat": "100ms"})
    dataset = lake.dataset_of("Beats", files.PROPERTIES)
    with lake.session.get(lake.url + "/events", params={"type": "batch.active"}, headers={"Accept": "text/event-stream"},
                          stream=True, timeout=30) as answer:
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        begin = [next(lines), next(lines)]
        assert begin[0].startswith("retry: ") and re.fullmatch(r"id: \d+-[0-9a-f]{8}", begin[1])
        assert next(lines) == ""
        assert next(lines) == ":", "nothing happened"
        lake.create_batch(dataset)  # passes by
        moved = next(line for line in lines if line.startswith("id: "))
        assert int(moved[4:].split("-")[0]) > int(begin[1][4:].split("-")[0])


# -- the command line -------------------------------------------------------------------------------------------------


class Tail:
    """`lakegate events tail` as a process; its lines as they come."""

    def __init__(self, server, tmp_path, *words):
        self.credentials = tmp_path / "credentials.json"
        self.credentials.write_text(json.dumps(server.credentials), encoding="utf-8")
        command = [str(server.program), "events", "tail", "--credentials", str(self.credentials), *words]
        self.process = subprocess.Popen(command, env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        status = self.process.wait(timeout=30)
        self.reader.join(timeout=30)
        return status


def test_tail_prints_what_happens(server, lake, dataset, tmp_path):
    cursor = now(lake)
    tail = Tail(server, tmp_path, "--dataset", "Feed", "--type", "batch.active", "--type", "batch.loading", "--after", cursor)
    batch = load(lake, dataset)
    wait_for(lambda: len(tail.lines) >= 2, what="two lines")
    assert [line.split()[1:4] for line in tail.lines] == [["batch.loading", batch, dataset], ["batch.active", batch, dataset]]
    assert tail.lines[1].endswith("10 rows")
    assert tail.stop() == 0
    again = Tail(server, tmp_path, "--from-start", "--json")
    known = everything(lake)
    wait_for(lambda: len(again.lines) >= len(known), what="all of them")
    assert [json.loads(line) for line in again.lines] == known
    assert again.stop(signal.SIGTERM) == 0


def test_tail_goes_on_after_a_restart(own_server, tmp_path):
    server, lake = own_server()
    # Always at the same address, as servers are.
    address, command = server.url.removeprefix("http://"), server.command
    server.command = lambda: [word if word != "127.0.0.1:0" else address for word in command()]
    dataset = lake.dataset_of("Tail", files.PROPERTIES)
    tail = Tail(server, tmp_path, "--from-start", "--json")
    load(lake, dataset)
    server.kill()
    server.start()
    lake = server.lake()
    load(lake, dataset)
    server.restart()
    lake = server.lake()
    load(lake, dataset)
    known = everything(lake)
    wait_for(lambda: len(tail.lines) >= len(known), what="all of them")
    assert [json.loads(line) for line in tail.lines] == known
    assert tail.stop() == 0


def test_tail_says_what_is_wrong(server, tmp_path):
    for words, found in ((["--type", "nonsense"], "batch.active"), (["--after", "nonsense"], "LG-2400-400"),
                         (["--dataset", "No such dataset"], "No such dataset")):
        ran = server.run("events", "tail", *words)
        assert ran.returncode == 1 and found in ran.stderr and not ran.stdout


# -- waiting for one batch --------------------------------------------------------------------------------------------


def test_the_look_up_of_a_batch_waits(own_server):
    server, lake = own_server()
    dataset = lake.dataset_of("Waited for", files.PROPERTIES)
    prefer = {"Prefer": "wait=50"}
    with Paused(server.process.pid) as paused, concurrent.futures.ThreadPoolExecutor(2) as pool:
        batch = lake.create_batch(dataset)
        assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 10)).status_code == 200
        assert lake.act(batch, "COMPLETE").status_code == 200
        asked = pool.submit(server.lake().ask, "GET", f"{CATALOG}/batches/{batch}", headers=prefer)
        command = pool.submit(server.run, "batch", "wait", batch, "--json")
        short = lake.ask("GET", f"{CATALOG}/batches/{batch}", headers={"Prefer": "wait=1"})
        assert short.json()[batch]["status"] in ("loaded", "staging") and short.headers["Preference-Applied"] == "wait=1"
        assert not asked.done() and not command.done()
        paused.go_on()
        answer, ran = asked.result(timeout=40), command.result(timeout=40)
    assert answer.json()[batch]["status"] == "active" and answer.headers["Preference-Applied"] == "wait=50"
    assert ran.returncode == 0 and json.loads(ran.stdout)["status"] == "active"
    assert lake.send("GET", f"{CATALOG}/batches/nobody", headers=prefer).status_code == 404
    log = server.log
    # It followed the server: two or three looks, not one every second or so.
    assert 1 <= log.count(f"path={CATALOG}/batches/{batch}") <= 12


def test_time_in_each_state(lake, dataset):
    batch = load(lake, dataset)
    shown = lake.batch(batch)
    assert list(shown["stateDurations"]) == LIFE[:-1]
    assert shown["stateSince"] == shown["completed"]
    assert shown["created"] + sum(shown["stateDurations"].values()) == shown["stateSince"]
    loading = lake.batch(lake.create_batch(dataset))
    assert loading["stateDurations"] == {} and loading["stateSince"] == loading["created"]
