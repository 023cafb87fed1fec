"""GET /metrics: who may read it, what it says of what happened, and that Prometheus reads it."""

import concurrent.futures
import json
import os
import re
import signal
import socket
import sqlite3
import time

import pytest
import requests

from support import files, prometheus
from support.lake import IMPORT
from support.processes import Paused, children
from support.prometheus import scrape
from support.receiver import Receiver
from support.server import ROOT, wait_for
from support.subscriptions import QUICK, subscribe, wait_for_state, wait_until_delivered


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Watched", files.PROPERTIES)


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


# -- who may -------------------------------------------------------------------------------------------------------


def test_is_for_tokens_of_the_first_org(server, lake):
    url = f"{server.url}/metrics"
    assert requests.get(url, timeout=30).status_code == 403
    assert requests.get(url, headers=bearer("nonsense"), timeout=30).status_code == 401
    other = lake.ask("POST", "/admin/orgs", json={"name": "Curious", "tenant": "curious"}).json()
    refused = requests.get(url, headers=bearer(server.token(other)), timeout=30)
    assert refused.status_code == 403 and "lakegate_" not in refused.text
    answer = requests.get(url, headers=bearer(server.token()), timeout=30)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"


def test_may_be_open(own_server):
    server, _ = own_server(settings={"metrics.access": "open"})
    assert "lakegate_build_info" in requests.get(f"{server.url}/metrics", timeout=30).text


def test_may_have_an_address_of_its_own(own_server, free_port):
    server, _ = own_server(settings={"metrics.listen": f"127.0.0.1:{free_port}"})
    own = f"http://127.0.0.1:{free_port}"
    assert "lakegate_build_info" in requests.get(f"{own}/metrics", timeout=30).text
    for path in ("/", "/healthz", "/ims/token/v3", "/data/foundation/catalog/batches", "/iceberg/v1/config"):
        assert requests.get(own + path, timeout=30).status_code == 404, path
    assert requests.get(f"{server.url}/metrics", timeout=30).status_code == 403, "the other address is as it was"
    assert server.stop() == 0


def test_answers_there_while_all_else_is_refused(own_server, free_port):
    """The pool's queue is full of requests that the ledger does not answer; metrics say so."""
    server, _ = own_server(settings={"metrics.listen": f"127.0.0.1:{free_port}", "http.connections_max": "2"})
    held = [socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=30) for _ in range(2)]

    def read():
        return prometheus.Scrape(requests.get(f"http://127.0.0.1:{free_port}/metrics", timeout=30).text)
    wait_for(lambda: read().value("lakegate_http_connections") == 2, what="two connections")
    assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 503
    seen = read()
    assert seen.value("lakegate_http_overloaded_total") == 1
    assert seen.value("lakegate_http_connections_max") == 2
    for one in held:
        one.close()


# -- what it says --------------------------------------------------------------------------------------------------


def test_is_as_prometheus_wants_it(server, lake, dataset):
    lake.load(dataset, {"a.parquet": files.numbered(0, 3)})
    text = scrape(server).text
    checked = prometheus.promtool("check", "metrics", text=text)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_tells_what_a_batch_did(server, lake, dataset):
    before = scrape(server)
    content = files.numbered(0, 100)
    batch = lake.load(dataset, {"a.parquet": content})
    with_batch = scrape(server)

    def more(name, **labels):
        return with_batch.value(name, **labels) - before.value(name, **labels)
    create = {"method": "POST", "route": f"{IMPORT}/batches", "status": "2xx"}
    assert more("lakegate_http_requests_total", **create) == 1
    assert more("lakegate_http_request_duration_seconds_count", method="POST", route=f"{IMPORT}/batches") == 1
    put = f"{IMPORT}/batches/{{batchId}}/datasets/{{datasetId}}/files/{{filePath...}}"
    assert more("lakegate_http_requests_total", method="PUT", route=put, status="2xx") == 1
    assert more("lakegate_http_received_bytes_total") >= len(content)
    assert more("lakegate_http_sent_bytes_total") > 0
    for step in (("none", "loading"), ("loading", "loaded"), ("loaded", "staging"), ("staging", "staged"), ("staged", "active")):
        assert more("lakegate_batch_transitions_total", **dict(zip(("from", "to"), step))) == 1, step
    assert more("lakegate_batches", state="active") == 1
    assert more("lakegate_files_judged_total", verdict="good") == 1
    assert more("lakegate_file_judging_duration_seconds_count") == 1
    assert more("lakegate_rounds_total", operation="append") == 1
    assert more("lakegate_round_batches_sum") == 1
    assert more("lakegate_batch_complete_to_active_seconds_count") == 1
    assert 0 <= more("lakegate_batch_complete_to_active_seconds_sum") < 60
    assert more("lakegate_ledger_commits_total") >= 4
    assert more("lakegate_ledger_commit_duration_seconds_count") == more("lakegate_ledger_commits_total")
    assert more("lakegate_ledger_group_size_sum") == more("lakegate_ledger_writes_total")
    assert batch not in with_batch.text and dataset not in with_batch.text and server.credentials["orgId"] not in with_batch.text


def test_tells_bad_batches_from_good_ones(server, lake, dataset):
    before = scrape(server)
    batch = lake.send_files(dataset, {"a.parquet": b"PAR1 is not enough"})
    lake.wait(batch, "failed")
    after = scrape(server)
    assert after.value("lakegate_files_judged_total", verdict="bad") == before.value("lakegate_files_judged_total", verdict="bad") + 1
    assert after.value("lakegate_batch_transitions_total", to="failed") == before.value("lakegate_batch_transitions_total", to="failed") + 1
    assert after.value("lakegate_batches", state="failed") == before.value("lakegate_batches", state="failed") + 1


def test_counts_uploads_on_their_way(server, lake, dataset):
    batch = lake.create_batch(dataset)
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        head = [f"PUT {lake.file_path(batch, dataset, 'slow.parquet')} HTTP/1.1", f"Host: {host}:{port}", "Content-Length: 1000",
                *(f"{name}: {value}" for name, value in server.headers().items())]
        wire.sendall("\r\n".join([*head, "", "half"]).encode())
        wait_for(lambda: scrape(server).value("lakegate_uploads_open") == 1, what="an open upload")
    wait_for(lambda: scrape(server).value("lakegate_uploads_open") == 0, what="its end")


def test_counts_streams_of_events(own_server):
    server, _ = own_server(settings={"events.heartbeat": "1s"})
    with requests.get(f"{server.url}/events", headers={**server.headers(), "Accept": "text/event-stream"}, stream=True, timeout=30) as stream:
        assert stream.status_code == 200
        wait_for(lambda: scrape(server).value("lakegate_event_streams_open") == 1, what="an open stream")
    wait_for(lambda: scrape(server).value("lakegate_event_streams_open") == 0, what="its end")


def test_no_client_makes_series(server):
    for method, path in (("BREW", "/metrics"), ("GET", "/no/such/path"), ("SING", "/nor/this")):
        requests.request(method, server.url + path, timeout=30)
    seen = scrape(server)
    assert seen.value("lakegate_http_requests_total", method="GET", route="none", status="4xx") >= 1
    assert seen.value("lakegate_http_requests_total", method="other") >= 2
    assert not re.search("BREW|SING|such|nor/this", seen.text)


def test_tells_why_workers_ended(own_server):
    server, _ = own_server()
    wait_for(lambda: scrape(server).value("lakegate_workers_ready") == scrape(server).value("lakegate_workers") == 2, what="all workers")
    os.kill(children(server.process.pid)[0], signal.SIGKILL)
    wait_for(lambda: scrape(server).value("lakegate_worker_ends_total", cause="crashed") == 1, what="a lost worker")
    wait_for(lambda: scrape(server).value("lakegate_workers_ready") == 2, what="its successor")


def wait_for_values(server, **wanted):
    """Until the metrics `lakegate_NAME` are what they should be: numbers, or tests of numbers. What the ledger is asked for is up to five
    seconds old. Returns what was read last."""
    def fits(seen, name, value):
        found = seen.value("lakegate_" + name)
        return value(found) if callable(value) else found == value
    return wait_for(lambda: (seen := scrape(server)) and all(fits(seen, *one) for one in wanted.items()) and seen, what=str(wanted))


def positive(value):
    return value > 0


def test_tells_what_waits_to_be_judged(own_server):
    """Both workers stand still: each has two files, the others wait; and so does the batch."""
    server, lake = own_server()
    dataset = lake.dataset_of("Waits", files.PROPERTIES)
    wait_for_values(server, workers_ready=2, files_unjudged=0, batch_oldest_waiting_seconds=0)
    with Paused(server.process.pid):
        batch = lake.send_files(dataset, {f"{i}.parquet": files.numbered(i, 1) for i in range(7)})
        seen = wait_for_values(server, files_unjudged=7, files_with_workers=4, files_queued_for_workers=3,
                               batch_oldest_waiting_seconds=positive)
        first = seen.value("lakegate_batch_oldest_waiting_seconds")
        wait_for_values(server, batch_oldest_waiting_seconds=lambda age: age > first)
    lake.wait(batch, "active")
    seen = wait_for_values(server, files_unjudged=0, files_with_workers=0, files_queued_for_workers=0, batch_oldest_waiting_seconds=0)
    assert seen.value("lakegate_files_judged_total", verdict="good") == seen.value("lakegate_file_judging_duration_seconds_count") == 7
    assert seen.value("lakegate_file_judging_duration_seconds_sum") > 0
    assert seen.value("lakegate_round_duration_seconds_count") == 1 and seen.value("lakegate_round_duration_seconds_sum") > 0


def test_tells_what_waits_for_the_ledger(own_server, free_port):
    """Somebody else holds the ledger for a moment: requests hold their threads, their changes wait."""
    server, lake = own_server(settings={"metrics.listen": f"127.0.0.1:{free_port}"})
    dataset = lake.dataset_of("Held up", files.PROPERTIES)

    def read():
        return prometheus.Scrape(requests.get(f"http://127.0.0.1:{free_port}/metrics", timeout=30).text)
    holder = sqlite3.connect(server.folder / "ledger.db", isolation_level=None)
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        holder.execute("BEGIN IMMEDIATE")
        try:
            created = [pool.submit(server.lake().create_batch, dataset) for _ in range(5)]
            wait_for(lambda: (seen := read()).value("lakegate_ledger_write_queue") > 0 and seen.value("lakegate_pool_busy_threads") > 0,
                     what="changes that wait")
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        assert len({one.result() for one in created}) == 5
    wait_for(lambda: (seen := read()).value("lakegate_ledger_write_queue") == seen.value("lakegate_pool_busy_threads") == 0, what="nothing")


def test_tells_what_waits_to_be_delivered(own_server, tmp_path):
    server, lake = own_server(settings=QUICK)
    with Receiver(tmp_path / "receiver") as receiver:
        dataset = lake.dataset_of("Told", files.PROPERTIES)
        subscription = subscribe(lake, receiver.url("/hook"), types=["batch.*"])
        before = wait_for_values(server, delivery_subscriptions_active=1, outbox_events=0, outbox_lanes=0, outbox_lag_seconds=0)
        receiver.answer("/hook", status=503)
        lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
        seen = wait_for_values(server, outbox_events=5, outbox_lanes=1, outbox_lag_seconds=positive)
        lag = seen.value("lakegate_outbox_lag_seconds")
        assert lag < 120
        wait_for_values(server, outbox_lag_seconds=lambda now: now > lag)
        assert scrape(server).value("lakegate_delivery_attempts_total", outcome="retry") > 0
        assert seen.value("lakegate_delivery_attempts_total", outcome="delivered") == 0

        receiver.answer("/hook", hold=True)
        wait_for_values(server, delivery_in_flight=1)
        receiver.answer("/hook")
        wait_until_delivered(lake, subscription)
        seen = wait_for_values(server, outbox_events=0, outbox_lanes=0, outbox_lag_seconds=0, delivery_in_flight=0)
        assert seen.value("lakegate_delivery_attempts_total", outcome="delivered") == 5

        lake.dataset_of("Not asked for", files.PROPERTIES)
        wait_for_values(server, delivery_skipped_total=lambda now: now > before.value("lakegate_delivery_skipped_total"))
        receiver.answer("/hook", status=410)
        lake.create_batch(dataset)
        wait_for_state(lake, subscription, "suspended")
        seen = wait_for_values(server, delivery_subscriptions_active=0, delivery_suspensions_total=1)
        assert seen.value("lakegate_delivery_attempts_total", outcome="gone") == 1


def test_knows_batches_after_a_restart(own_server):
    server, lake = own_server()
    dataset = lake.dataset_of("Kept", files.PROPERTIES)
    for n in range(3):
        lake.load(dataset, {"a.parquet": files.numbered(n, 1)})
    lake.create_batch(dataset)
    server.restart()
    seen = scrape(server)
    assert [seen.value("lakegate_batches", state=state) for state in ("active", "loading", "failed")] == [3, 1, 0]
    assert seen.value("lakegate_batch_transitions_total") == 0, "counted from the start on"


def test_tells_of_process_and_disk(server):
    seen = scrape(server)
    assert abs(seen.value("process_start_time_seconds") - time.time()) < 3600
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[1])
    assert seen.value("process_resident_memory_bytes") == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE"), rel=0.5)
    # The test reads the list a moment later than the server did.
    assert seen.value("process_open_fds") == pytest.approx(len(os.listdir(f"/proc/{server.process.pid}/fd")), abs=6)
    space = os.statvfs(server.folder)
    assert seen.value("lakegate_storage_total_bytes") == space.f_blocks * space.f_frsize
    assert 0 < seen.value("lakegate_storage_free_bytes") < seen.value("lakegate_storage_total_bytes")
    assert seen.value("lakegate_storage_reserve_bytes") == 256 << 20


# -- with Prometheus -----------------------------------------------------------------------------------------------


def test_prometheus_gets_its_own_tokens(server, lake, dataset, tmp_path):
    """With the configuration of ops/, only address, key and pace put in."""
    lake.load(dataset, {"a.parquet": files.numbered(0, 3)})
    (tmp_path / "lakegate-client-secret").write_text(server.credentials["clientSecret"], encoding="utf-8")
    (tmp_path / "alerts.yaml").write_text(prometheus.ALERTS.read_text(encoding="utf-8"), encoding="utf-8")
    configuration = (ROOT / "ops/prometheus/prometheus.yaml").read_text(encoding="utf-8")
    for placeholder, own in (("127.0.0.1:8080", server.url.removeprefix("http://")), ("CLIENT_ID", server.credentials["clientId"]),
                             ("scrape_interval: 15s", "scrape_interval: 1s\n  evaluation_interval: 1s")):
        assert placeholder in configuration
        configuration = configuration.replace(placeholder, own)
    with prometheus.running(tmp_path, configuration) as watcher:
        wait_for(lambda: watcher.query('up{job="lakegate"} == 1'), what="a scrape")
        (active,) = watcher.query('lakegate_batches{state="active"}')
        assert float(active["value"][1]) >= 1
        wait_for(lambda: all(rule["health"] == "ok" for group in watcher.ask("rules")["groups"] for rule in group["rules"]),
                 what="an evaluation of all alerts")
        requests.get(f"{server.url}/nowhere", timeout=30)
        for panel in json.loads((ROOT / "ops/grafana/lakegate.json").read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", []):
                query = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
                found = wait_for(lambda: watcher.query(query), what=f"something to show in \"{panel['title']}\": {query}")
                named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
                assert all(named <= set(series["metric"]) for series in found), f"{panel['title']}: its legend has no {named}"
        firing = {alert["labels"]["alertname"] for alert in watcher.ask("alerts")["alerts"] if alert["state"] == "firing"}
        assert firing == set(), "a server that is well"
