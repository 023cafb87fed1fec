"""A client's trace (W3C Trace Context) is found again in the log lines of its request and of what follows from it, and in the events."""

import json
import re
import secrets
import socket
import sqlite3

import pytest

from support import files
from support.receiver import Receiver
from support.server import wait_for
from support.subscriptions import QUICK, subscribe


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from support.server import Server
    made = Server(tmp_path_factory.mktemp("trace") / "lake", settings={"log.format": "json", **QUICK})
    yield made
    made.close()


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Traced", files.PROPERTIES)


def new_trace():
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, f"00-{trace}-{span}-01"


def lines(server, **wanted):
    found = [json.loads(line) for line in server.log.splitlines()]
    return [one for one in found if wanted.items() <= one.items()]


def event_traces(server, batch):
    """Kind → the traceparent that the batch's event was written with, which feed, webhooks and Kafka render."""
    with sqlite3.connect(f"file:{server.folder}/ledger.db?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT kind, detail FROM event WHERE batch_id = ?", (batch,)).fetchall()
    return {kind: json.loads(detail).get("trace", "") for kind, detail in rows}


def line_of(server, **wanted):
    return wait_for(lambda: lines(server, **wanted), what=f"a line with {wanted}")[0]


def sent(lake, method, path, traceparent, **more):
    """A request with that header; several where it is a list. Returns the answer."""
    import requests
    made = requests.Request(method, lake.url + path, headers=lake.session.headers, **more).prepare()
    made.headers["traceparent"] = traceparent
    return lake.session.send(made, timeout=60)


def test_a_request_goes_on_with_its_callers_trace(server, lake):
    trace, span, header = new_trace()
    answer = sent(lake, "GET", "/data/foundation/catalog/batches", header)
    line = line_of(server, request_id=answer.headers["x-request-id"])
    assert (line["trace_id"], line["parent_id"]) == (trace, span)
    assert re.fullmatch("[0-9a-f]{16}", line["span_id"]) and line["span_id"] != span
    assert not {"traceparent", "traceresponse", "tracestate"} & {name.lower() for name in answer.headers}


@pytest.mark.parametrize("header", ["", "00-zz", "00-" + "0" * 32 + "-" + "1" * 16 + "-01", "ff-" + "1" * 32 + "-" + "1" * 16 + "-01",
                                    "00-" + "1" * 32 + "-" + "0" * 16 + "-01", "00-" + "A" * 32 + "-" + "1" * 16 + "-01",
                                    "00-" + "1" * 32 + "-" + "1" * 16 + "-01-more", "01-" + "1" * 32 + "-" + "1" * 16 + "-01more"])
def test_without_a_valid_one_a_trace_begins(server, lake, header):
    answer = sent(lake, "GET", "/data/foundation/catalog/batches", header)
    line = line_of(server, request_id=answer.headers["x-request-id"])
    assert re.fullmatch("[0-9a-f]{32}", line["trace_id"]) and line["trace_id"] not in ("0" * 32, "1" * 32)
    assert "parent_id" not in line


def test_the_trace_of_a_batch_is_in_judging_promotion_and_events(server, lake, dataset):
    created, _, create_header = new_trace()
    answer = sent(lake, "POST", "/data/foundation/import/batches", create_header,
                  json={"datasetId": dataset, "inputFormat": {"format": "parquet"}})
    batch = answer.json()["id"]
    assert lake.put(batch, dataset, "a.parquet", files.numbered(0, 5)).status_code == 200
    assert line_of(server, message="File judged", batch=batch)["trace_id"] == created

    completed, caller, complete_header = new_trace()
    answer = sent(lake, "POST", f"/data/foundation/import/batches/{batch}?action=COMPLETE", complete_header)
    assert answer.status_code == 200
    lake.wait(batch, "active")
    request = line_of(server, request_id=answer.headers["x-request-id"])
    assert (request["trace_id"], request["parent_id"], request["batch"]) == (completed, caller, batch)
    assert line_of(server, message="Batch active", batch=batch)["trace_id"] == completed
    traces = event_traces(server, batch)
    assert traces["batch.loading"].split("-")[1] == created
    assert {traces[kind] for kind in ("batch.loaded", "batch.staging", "batch.staged", "batch.active")} == {f"00-{completed}-{request['span_id']}-01"}


def test_two_traceparents_are_none(server):
    trace, _, header = new_trace()
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(f"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\ntraceparent: {header}\r\nTraceparent: {header}\r\n\r\n".encode())
        answer = b""
        while part := wire.recv(65536):
            answer += part
    (request,) = re.findall(r"x-request-id: (\S+)", answer.decode(), re.IGNORECASE)
    line = line_of(server, request_id=request)
    assert line["trace_id"] != trace and "parent_id" not in line


def test_a_later_version_is_read_as_far_as_it_is_known(server, lake):
    trace, span, header = new_trace()
    answer = sent(lake, "GET", "/data/foundation/catalog/batches", "cc" + header[2:] + "-what-comes-then")
    line = line_of(server, request_id=answer.headers["x-request-id"])
    assert (line["trace_id"], line["parent_id"]) == (trace, span)


def test_receivers_of_webhooks_and_readers_of_the_feed_get_the_trace(server, lake, dataset, tmp_path):
    with Receiver(tmp_path / "receiver") as receiver:
        subscribe(lake, receiver.url("/hook"), "traced")
        trace, _, header = new_trace()
        answer = sent(lake, "POST", "/data/foundation/import/batches", header, json={"datasetId": dataset, "inputFormat": {"format": "parquet"}})
        span = line_of(server, request_id=answer.headers["x-request-id"])["span_id"]
        wanted = f"00-{trace}-{span}-01"
        (request,) = receiver.wait_for("/hook", 1)
        assert json.loads(request["body"])["subject"] == answer.json()["id"]
        assert json.loads(request["body"])["traceparent"] == request["headers"]["traceparent"] == wanted
        feed = lake.ask("GET", f"/events?dataset={dataset}").json()["events"]
        assert {event.get("traceparent") for event in feed if event.get("subject") == answer.json()["id"]} == {wanted}


def test_events_of_a_dataset_have_the_trace_of_their_request(server, lake):
    dataset = lake.dataset_of("Changed", files.PROPERTIES)
    requests_of = {}
    for kind, method, path, body in (("dataset.updated", "PATCH", f"/data/foundation/catalog/v2/dataSets/{dataset}", {"description": "new"}),
                                     ("dataset.deleted", "DELETE", f"/data/foundation/catalog/dataSets/{dataset}", None)):
        trace, _, header = new_trace()
        answer = sent(lake, method, path, header, json=body)
        assert answer.status_code == 200, answer.text
        requests_of[kind] = f"00-{trace}-{line_of(server, request_id=answer.headers['x-request-id'])['span_id']}-01"
    with sqlite3.connect(f"file:{server.folder}/ledger.db?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT kind, detail FROM event WHERE dataset_id = ? AND batch_id IS NULL OR dataset_id = ? AND batch_id = ''",
                              (dataset, dataset)).fetchall()
    traces = {kind: json.loads(detail)["trace"] for kind, detail in rows}
    assert traces.pop("dataset.created").startswith("00-") and traces == requests_of


def test_judging_after_complete_has_its_trace(server, lake, dataset):
    """A batch that fails: the file is judged at its own time, the failure belongs to whoever completed the batch."""
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "bad.parquet", b"no parquet").status_code == 200
    completed, _, header = new_trace()
    assert sent(lake, "POST", f"/data/foundation/import/batches/{batch}?action=COMPLETE", header).status_code == 200
    lake.wait(batch, "failed")
    assert line_of(server, message="Batch failed", batch=batch)["trace_id"] == completed
    assert event_traces(server, batch)["batch.failed"].split("-")[1] == completed


def test_a_revert_has_a_trace_of_its_own(server, lake, dataset):
    batch = lake.load(dataset, {"a.parquet": files.numbered(0, 5)})
    trace, _, header = new_trace()
    assert sent(lake, "POST", f"/data/foundation/import/batches/{batch}?action=REVERT", header).status_code == 200
    assert line_of(server, message="Batch inactive", batch=batch)["trace_id"] == trace
    assert event_traces(server, batch)["batch.inactive"].split("-")[1] == trace
