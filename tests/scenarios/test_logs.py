"""What the server logs: one event a line, as text or JSON, found by request, batch and org; no secret in any of it."""

import json
import os
import re
import shutil
import signal
import urllib.parse

import pytest
import requests

from support import confined, files
from support.lake import IMPORT
from support.processes import Paused
from support.prometheus import scrape
from support.server import StartFailed, wait_for

JSON = {"log.format": "json"}


def lines(server, message=None):
    """Of a server with log.format = json: every line is one object, whatever was sent."""
    found = [json.loads(line) for line in server.log.splitlines()]  # by all that Unicode takes for the end of a line
    assert not re.search("[\u0080-\u009f\u202a-\u202e\u2066-\u2069]", server.log), "nothing that a terminal obeys"
    for one in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", one["time"]), one
        assert one["level"] in ("debug", "info", "warning", "error") and one["message"], one
    return [one for one in found if message in (None, one["message"])]


def request_line(server, answer):
    wanted = answer.headers["x-request-id"]
    return wait_for(lambda: next((one for one in lines(server, "request") if one["request_id"] == wanted), None), what="its line")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from support.server import Server
    made = Server(tmp_path_factory.mktemp("logs") / "lake", settings=JSON)
    yield made
    made.close()


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Logged", files.PROPERTIES)


def test_a_request_is_a_line_of_facts(server, lake, dataset):
    batch = lake.create_batch(dataset)
    content = files.numbered(0, 5)
    answer = lake.put(batch, dataset, "a b.parquet", content)
    line = request_line(server, answer)
    credentials = server.credentials
    expected = {"level": "info", "method": "PUT", "status": 200, "bytes_in": len(content), "bytes_out": len(answer.content),
                "client": "127.0.0.1", "org": credentials["orgId"], "sandbox": "prod", "api_key": credentials["apiKey"],
                "batch": batch, "dataset": dataset, "path": urllib.parse.urlparse(answer.url).path,
                "route": f"{IMPORT}/batches/{{batchId}}/datasets/{{datasetId}}/files/{{filePath...}}"}
    assert {name: line.get(name) for name in expected} == expected
    assert 0 < line["duration_ms"] < 60_000
    assert re.fullmatch("[0-9a-f]{32}", line["trace_id"]) and re.fullmatch("[0-9a-f]{16}", line["span_id"])


def test_who_is_not_known_is_not_named(server):
    answer = requests.get(f"{server.url}/data/foundation/catalog/batches", headers={"x-gw-ims-org-id": "MINE@AdobeOrg"}, timeout=30)
    assert answer.status_code == 403
    assert not {"org", "sandbox", "api_key"} & set(request_line(server, answer))


def test_a_batch_is_followed_by_its_id(server, lake, dataset):
    batch = lake.load(dataset, {"a.parquet": files.numbered(0, 5)})
    (judged,) = [one for one in lines(server, "File judged") if one["batch"] == batch]
    assert (judged["verdict"], judged["rows"], judged["file"], judged["dataset"]) == ("good", 5, "a.parquet", dataset)
    org = server.credentials["orgId"]
    assert judged["org"] == org
    (active,) = [one for one in wait_for(lambda: lines(server, "Batch active")) if one["batch"] == batch]
    assert active["org"] == org and active["round_batches"] == 1 and 0 <= active["since_complete_ms"] < 60_000
    assert lake.act(batch, "REVERT").status_code == 200
    (inactive,) = wait_for(lambda: [one for one in lines(server, "Batch inactive") if one["batch"] == batch and one["why"] == "REVERT by client"])
    assert inactive["org"] == org


def test_a_failed_batch_says_why(server, lake, dataset):
    batch = lake.send_files(dataset, {"bad.parquet": b"no parquet"})
    lake.wait(batch, "failed")
    (failed,) = [one for one in wait_for(lambda: lines(server, "Batch failed")) if one["batch"] == batch]
    assert failed["level"] == "info" and failed["first_file"] == "bad.parquet" and failed["first_error"].startswith("LG-")
    assert failed["org"] == server.credentials["orgId"]


def test_lines_without_a_request_name_the_org_that_they_are_of(server, lake):
    other = lake.ask("POST", "/admin/orgs", json={"name": "Elsewhere", "tenant": "elsewhere"}).json()
    theirs = server.lake(other)
    batch = theirs.load(theirs.dataset_of("Theirs", files.PROPERTIES), {"a.parquet": files.numbered(0, 5)})
    for message in ("File judged", "Batch active"):
        (line,) = wait_for(lambda: [one for one in lines(server, message) if one["batch"] == batch])
        assert line["org"] == other["orgId"]


def test_an_abandoned_batch_is_told(own_server):
    server, lake = own_server(settings={**JSON, "upload.abandon_after": "1s"})
    dataset = lake.dataset_of("Forgotten", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    (line,) = wait_for(lambda: lines(server, "Batch abandoned"), what="its line")
    assert (line["batch"], line["dataset"], line["org"]) == (batch, dataset, server.credentials["orgId"]) and line["trace_id"]


def test_a_lost_worker_is_told_with_batch_and_file(own_server):
    # One worker: of two, the other could get the file before it is killed as well, and two losses are the file's end.
    server, lake = own_server(settings={**JSON, "validation.workers": "1"})
    dataset = lake.dataset_of("Lost", files.PROPERTIES)
    with Paused(server.process.pid) as workers:
        batch = lake.send_files(dataset, {"a.parquet": files.numbered(0, 5)})
        wait_for(lambda: scrape(server).value("lakegate_files_with_workers") == 1, what="a file in a worker")
        for worker in workers.pids:
            os.kill(worker, signal.SIGKILL)
    lake.wait(batch, "active")
    (line,) = wait_for(lambda: lines(server, "A worker was lost while judging"))
    assert (line["level"], line["batch"], line["file"]) == ("warning", batch, "a.parquet") and line["object"] and line["cause"]


def test_a_worker_that_cannot_start_says_so_in_json_too(tmp_path):
    """Under a filter that forbids what workers need: each line is one object, of whichever process."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    calls = confined.allowed_calls("@system-service") - {"seccomp"}
    with pytest.raises(StartFailed) as failed:
        confined.Server(tmp_path / "lake", calls, settings=JSON)
    found = [json.loads(line) for line in failed.value.log.splitlines()]
    assert {one["message"] for one in found} >= {"A worker cannot lock itself in", "Cannot start"}, found


def test_no_secret_is_logged(server):
    """Token routes take secrets in the query, in the form and in Authorization; tokens come with every request."""
    credentials = server.credentials
    secret = credentials["clientSecret"]
    given = {"grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": secret, "scope": "openid"}
    answers = []
    for path in ("/ims/token/v1", "/ims/token/v2", "/ims/token/v3", "/iceberg/v1/oauth/tokens"):
        answers.append(requests.post(server.url + path, params=given, timeout=30))
        answers.append(requests.post(server.url + path, data=given, timeout=30))
        answers.append(requests.post(server.url + path, params={**given, "client_secret": secret + "x"}, timeout=30))
        answers.append(requests.get(server.url + path, params=given, timeout=30))
    answers.append(requests.post(f"{server.url}/ims/exchange/jwt", params={**given, "jwt_token": "a.b.c"}, timeout=30))
    answers.append(requests.get(f"{server.url}/nowhere", params=given, timeout=30))
    answers.append(requests.get(f"{server.url}/data/foundation/catalog/batches", headers=server.headers(), timeout=30))
    answers.append(requests.get(f"{server.url}/data/foundation/catalog/batches", auth=("me", secret), timeout=30))
    assert {answer.status_code for answer in answers} >= {200, 401, 404, 405}
    tokens = [answer.json()["access_token"] for answer in answers if answer.ok and "access_token" in answer.text]
    assert tokens
    request_line(server, answers[-1])
    for hidden in (secret, secret[:12], "client_secret", server.token(), *tokens):
        assert hidden not in server.log
    assert all("?" not in one.get("path", "") for one in lines(server, "request"))


@pytest.mark.parametrize("path", ["/a%0Ab", "/\x01", "/x\"},{\"level\":\"error\"", "/é".encode("latin-1").decode("latin-1"), "/%ff", "/a b=c org=evil",
                                  *(text.encode().decode("latin-1") for text in ("/\u0085x", "/\u2028x", "/\u009b31m", "/\u202ex"))])
def test_a_line_stays_a_line(server, path):
    """Whatever a client puts into an address; `lines` parses all of them."""
    before = len(lines(server, "request"))
    import socket
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        while wire.recv(65536):
            pass
    wait_for(lambda: len(lines(server, "request")) > before, what="its line")


def test_text_says_the_same(own_server):
    server, lake = own_server()
    batch = lake.load(lake.dataset_of("As text", files.PROPERTIES), {"a b.parquet": files.numbered(0, 5)})
    line = wait_for(lambda: next((one for one in server.log.splitlines() if "File judged" in one), None))
    assert re.match(rf'\S+ info File judged batch={batch} dataset=\w+ org={re.escape(server.credentials["orgId"])} file="a b\.parquet" verdict=good rows=5 violations=0 duration_ms=[\d.]+', line)


def test_levels_and_the_access_log(own_server):
    server, lake = own_server(settings={**JSON, "log.level": "warning"})
    lake.create_batch(lake.dataset_of("Quiet", files.PROPERTIES))
    assert all(one["level"] in ("warning", "error") for one in lines(server))
    chatty, lake = own_server(settings={**JSON, "http.access_log": "false"})
    lake.load(lake.dataset_of("Chatty", files.PROPERTIES), {"a.parquet": files.numbered(0, 1)})
    assert lines(chatty, "Batch active") and not lines(chatty, "request")


def test_an_unusable_setting_is_told(server, tmp_path):
    ran = server.run("serve", "--data", tmp_path / "none", "--set", "log.format=xml")
    assert ran.returncode == 2 and "log.format" in ran.stderr and "text|json" in ran.stderr
