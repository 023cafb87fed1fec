"""Quotas: what is over is refused before its body flows, nothing else is lost, and what is used is what is there."""

import http.client
import json
import threading
import urllib.parse

import pytest

from support import files
from support.lake import CATALOG, IMPORT
from support.server import wait_for

PLENTY = 1_000_000_000


def refused(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.json()["report"]["code"] == code, answer.text
    return answer


@pytest.fixture(scope="module")
def place(server, lake):
    """`place(name)`: a sandbox of its own, its client, a dataset in it, and the path of its quota."""

    def make(name):
        lake.ask("POST", "/admin/sandboxes", json={"name": name})
        inside = server.lake({**server.credentials, "sandboxName": name})
        quota = f"/admin/quotas/{server.credentials['orgId']}/sandboxes/{name}"
        return inside, inside.dataset_of("Limited", files.PROPERTIES), quota

    return make


def usage(lake, name=None):
    shown = lake.ask("GET", "/admin/quotas").json()
    return shown["usage"] if name is None else next(one["usage"] for one in shown["sandboxes"] if one["name"] == name)


def test_stored_bytes(server, lake, place):
    inside, dataset, quota = place("bytes")
    content = files.numbered(1, 100)
    size = len(content)
    shown = lake.ask("PUT", quota, json={"storedBytes": 2 * size + 10}).json()
    (own,) = [one for one in shown["sandboxes"] if one["name"] == "bytes"]
    assert own["limits"] == {"storedBytes": 2 * size + 10, "batches": None, "batchesPerDay": None, "openUploads": None}
    batch = inside.create_batch(dataset)
    assert inside.put(batch, dataset, "a.parquet", content).status_code == 200
    assert inside.put(batch, dataset, "b.parquet", content).status_code == 200
    answer = refused(inside.put(batch, dataset, "c.parquet", content), 507, "LG-1509-507")
    assert "Retry-After" in answer.headers
    assert inside.put(batch, dataset, "b.parquet", content).status_code == 200, "sent again it replaces itself"
    wait_for(lambda: usage(lake, "bytes")["storedBytes"] == 2 * size, what="the removal of what was replaced")
    assert inside.act(batch, "COMPLETE").status_code == 200
    assert inside.wait(batch, "active")["recordCount"] == 200, "a refused file costs the batch nothing"
    assert usage(lake, "bytes") == {"storedBytes": 2 * size, "batches": 0, "batchesPerDay": 1, "openUploads": 0}
    given_up = inside.create_batch(dataset)
    refused(inside.put(given_up, dataset, "a.parquet", content), 507, "LG-1509-507")
    lake.ask("PUT", quota, json={"storedBytes": 3 * size})
    assert inside.put(given_up, dataset, "a.parquet", content).status_code == 200
    assert inside.act(given_up, "ABORT").status_code == 200
    wait_for(lambda: usage(lake, "bytes")["storedBytes"] == 2 * size, what="the bytes of the aborted batch")
    assert lake.ask("DELETE", quota).status_code == 204
    assert usage(lake, "bytes")["storedBytes"] == 2 * size, "without a quota it is counted when asked for"


def raw_put(lake, path, headers):
    """A PUT whose body has not begun: the connection, to send it or not."""
    address = urllib.parse.urlsplit(lake.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.putrequest("PUT", path)
    for name, value in {**lake.session.headers, **headers}.items():
        if name.lower() not in ("accept-encoding", "connection", "accept"):
            connection.putheader(name, value)
    connection.endheaders()
    return connection


def test_a_length_that_is_said_is_refused_before_the_body(server, lake, place):
    inside, dataset, quota = place("announced")
    lake.ask("PUT", quota, json={"storedBytes": 1000})
    batch = inside.create_batch(dataset)
    path = inside.file_path(batch, dataset, "big.parquet")
    connection = raw_put(inside, path, {"Content-Length": "100000000"})
    answer = connection.getresponse()  # not a byte of the body was sent
    assert answer.status == 507 and json.loads(answer.read())["report"]["code"] == "LG-1509-507"
    connection.close()
    assert inside.initialize(batch, dataset, "parts.parquet").status_code == 201
    refused(inside.part(batch, dataset, "parts.parquet", b"x" * 1001, 0, 5000), 507, "LG-1509-507")
    assert inside.part(batch, dataset, "parts.parquet", b"x" * 900, 0, 5000).status_code == 200
    assert inside.part(batch, dataset, "parts.parquet", b"x" * 900, 0, 5000).status_code == 200, "a repeat adds nothing"
    refused(inside.part(batch, dataset, "parts.parquet", b"x" * 900, 900, 5000), 507, "LG-1509-507")
    assert inside.part(batch, dataset, "parts.parquet", b"x" * 100, 900, 5000).status_code == 200
    assert usage(lake, "announced")["storedBytes"] == 1000


def test_a_body_that_grows_over_it_is_broken_off(server, lake, place):
    inside, dataset, quota = place("growing")
    lake.ask("PUT", quota, json={"storedBytes": 3_000_000})
    batch = inside.create_batch(dataset)
    assert inside.put(batch, dataset, "small.parquet", files.numbered(1, 10)).status_code == 200
    sent = 0

    def chunks():
        nonlocal sent
        for _ in range(200):
            sent += 100_000
            yield b"x" * 100_000

    try:
        refused(inside.put(batch, dataset, "growing.parquet", chunks()), 507, "LG-1509-507")
    except OSError:
        pass  # the connection ended while the client was still writing
    assert sent < 200 * 100_000 or usage(lake, "growing")["storedBytes"] < 3_000_000
    before = usage(lake, "growing")
    assert before["storedBytes"] == len(files.numbered(1, 10)), "nothing of it counts"
    assert inside.act(batch, "COMPLETE").status_code == 200
    assert inside.wait(batch, "active")["recordCount"] == 10
    multipart = inside.create_batch(dataset)
    envelope = {"file": ("a.parquet", b"x" * 4_000_000)}
    answer = inside.send("PUT", inside.file_path(multipart, dataset, "a.parquet"), files=envelope)
    refused(answer, 507, "LG-1509-507")


def test_open_uploads(server, lake, place):
    inside, dataset, quota = place("open")
    lake.ask("PUT", quota, json={"openUploads": 1})
    batch = inside.create_batch(dataset)
    content = files.numbered(1, 10)
    connection = raw_put(inside, inside.file_path(batch, dataset, "slow.parquet"), {"Content-Length": str(len(content))})
    connection.send(content[:10])
    wait_for(lambda: usage(lake, "open")["openUploads"] == 1, what="the upload")
    answer = refused(inside.put(batch, dataset, "other.parquet", content), 429, "LG-1500-429")
    assert answer.headers["Retry-After"] == "1"
    connection.send(content[10:])
    assert connection.getresponse().status == 200
    connection.close()
    assert inside.put(batch, dataset, "other.parquet", content).status_code == 200
    assert usage(lake, "open")["openUploads"] == 0


def test_batches(server, lake, place):
    inside, dataset, quota = place("batches")
    lake.ask("PUT", quota, json={"batches": 2})
    first = inside.create_batch(dataset, externalId="first")
    inside.create_batch(dataset)
    answer = refused(inside.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}), 429, "LG-1510-429")
    assert int(answer.headers["Retry-After"]) > 0
    refused(inside.send("POST", f"{CATALOG}/batches", json={"status": "loading", "relatedObjects": [{"type": "dataSet", "id": dataset}]}),
            429, "LG-1510-429")  # fmt: skip
    again = inside.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset, "inputFormat": {"format": "parquet"}, "externalId": "first"})
    assert again.status_code in (200, 201) and again.json()["id"] == first, "it is there already"
    assert inside.act(first, "ABORT").status_code == 200
    inside.create_batch(dataset)
    lake.ask("PUT", quota, json={"batchesPerDay": 3})
    answer = refused(inside.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}), 429, "LG-1511-429")
    assert 0 < int(answer.headers["Retry-After"]) <= 86400
    assert usage(lake, "batches") == {"storedBytes": 0, "batches": 2, "batchesPerDay": 3, "openUploads": 0}


def test_an_orgs_quota_holds_for_sandboxes_that_come(server, lake):
    credentials = lake.ask("POST", "/admin/orgs", json={"name": "Limited", "tenant": "limited"}).json()
    other = server.lake(credentials)
    quota = f"/admin/quotas/{credentials['orgId']}"
    shown = lake.ask("PUT", quota, json={"batches": 2}).json()
    assert shown["limits"]["batches"] == 2 and shown["orgId"] == credentials["orgId"]
    other.ask("POST", "/admin/sandboxes", json={"name": "later"})
    later = server.lake({**credentials, "sandboxName": "later"})
    datasets = [(one, one.dataset_of("Limited", files.PROPERTIES)) for one in (other, later)]
    for one, dataset in datasets:
        one.create_batch(dataset)
    for one, dataset in datasets:
        refused(one.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}), 429, "LG-1510-429")
    assert usage(other)["batches"] == 2 and usage(other, "later")["batches"] == 1
    assert lake.ask("GET", f"/admin/quotas?orgId={urllib.parse.quote(credentials['orgId'])}").json() == other.ask("GET", "/admin/quotas").json()
    for method, path in (("PUT", quota), ("DELETE", quota), ("PUT", f"{quota}/sandboxes/later")):
        refused(other.send(method, path, json={"batches": 9}), 403, "LG-1501-403")
    refused(other.send("GET", f"/admin/quotas?orgId={urllib.parse.quote(server.credentials['orgId'])}"), 403, "LG-1501-403")
    for wrong in ({"batches": -1}, {"batches": "1"}, {"batch": 1}, {"batches": 1.5}):
        refused(lake.send("PUT", quota, json=wrong), 400, "LG-1000-400")
    refused(lake.send("PUT", f"{quota}/sandboxes/none", json={"batches": 1}), 404, "LG-1001-404")


def test_many_at_a_time_stay_within(server, lake, place):
    inside, dataset, quota = place("crowd")
    content = files.numbered(1, 100)
    lake.ask("PUT", quota, json={"storedBytes": 5 * len(content)})
    batch = inside.create_batch(dataset)
    answers = []

    def send(number):
        one = server.lake({**server.credentials, "sandboxName": "crowd"})
        answers.append(one.put(batch, dataset, f"{number}.parquet", content).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200, 507} and answers.count(200) <= 5
    assert usage(lake, "crowd")["storedBytes"] == answers.count(200) * len(content)


@pytest.mark.parametrize("point", ["upload.synced", "upload.committed", "part.synced", "part.held"])
def test_counted_as_it_is_after_a_crash(own_server, point):
    server, lake = own_server(crash_points=True)
    org = server.credentials["orgId"]
    lake.ask("PUT", f"/admin/quotas/{org}", json={"storedBytes": PLENTY, "batches": 100})
    dataset = lake.dataset_of("Crashing", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    content = files.numbered(1, 50)
    assert lake.put(batch, dataset, "before.parquet", content).status_code == 200
    assert lake.initialize(batch, dataset, "parts.parquet").status_code == 201
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    lake = server.lake()
    with pytest.raises(OSError):
        if point.startswith("part"):
            lake.part(batch, dataset, "parts.parquet", content[:100], 0, len(content))
        else:
            lake.put(batch, dataset, "crashed.parquet", content)
    server.wait_until_gone()
    server.start()
    lake = server.lake()
    expected = len(content) + {"upload.committed": len(content), "part.held": 100}.get(point, 0)
    assert usage(lake) == {"storedBytes": expected, "batches": 1, "batchesPerDay": 1, "openUploads": 0}
    assert lake.act(batch, "ABORT").status_code == 200
    wait_for(lambda: usage(lake)["storedBytes"] == 0, what="the removal of all objects")
    assert server.stop() == 0
    verified = server.run("verify", "--data", server.folder, "--json")
    assert verified.returncode == 0, verified.stdout


def test_the_command_line(server, lake, place):
    place("command")
    ran = server.run("quota", "set", "--sandbox", "command", "--stored-bytes", "5GB", "--open-uploads", "7")
    assert ran.returncode == 0, ran.stderr
    assert "0 of 7" in ran.stdout and "of 5.0 GB" in ran.stdout
    shown = json.loads(server.run("quota", "show", "--json").stdout)
    assert next(one for one in shown["sandboxes"] if one["name"] == "command")["limits"]["storedBytes"] == 5_000_000_000
    ran = server.run("quota", "set", "--sandbox", "command")
    assert ran.returncode != 0 and "--open-uploads" in ran.stderr and "quota clear" in ran.stderr
    assert "0 of 7" in server.run("quota", "show").stdout, "nothing named takes nothing away"
    ran = server.run("quota", "clear", "--sandbox", "command")
    assert ran.returncode == 0 and "of 7" not in ran.stdout
