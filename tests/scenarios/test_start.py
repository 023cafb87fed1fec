"""Starts and stops of the server: what the first one leaves, what later ones need, what stands in the way."""

import json
import os
import signal
import socket
import stat
import subprocess
import threading

import pytest
import requests

from support import files
from support.server import Server, StartFailed, wait_for


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lake"


def test_first_start_writes_credentials_for_their_owner_alone(own_server):
    server, lake = own_server()
    file = server.folder / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = json.loads(file.read_text())
    assert list(written) == ["baseUrl", "orgId", "sandboxName", "tenantId", "apiKey", "clientId", "clientSecret"]
    assert written["baseUrl"] == server.url
    assert written["orgId"].endswith("@AdobeOrg")
    assert written["sandboxName"] == "prod"
    assert written["clientId"] == written["apiKey"]
    assert lake.send("GET", "/admin/orgs").status_code == 200


def test_the_server_keeps_no_secret(own_server):
    server, _ = own_server()
    secret = server.credentials["clientSecret"].encode()
    assert server.stop() == 0
    for file in server.folder.rglob("*"):
        if file.is_file() and file.name != "credentials.json":
            assert secret not in file.read_bytes(), file
    assert secret.decode() not in server.log


def test_second_start_keeps_org_and_tokens(own_server):
    server, lake = own_server()
    token = server.token()
    before = (server.folder / "credentials.json").read_bytes()
    assert server.stop() == 0
    server.start()
    assert (server.folder / "credentials.json").read_bytes() == before
    headers = {**server.headers(), "Authorization": f"Bearer {token}"}
    assert requests.get(f"{server.url}/data/foundation/catalog/dataSets", headers=headers, timeout=30).status_code == 200


def test_credentials_may_be_moved_away(own_server):
    server, _ = own_server()
    credentials = server.credentials
    (server.folder / "credentials.json").unlink()
    server.restart()
    assert not (server.folder / "credentials.json").exists()
    assert server.token({**credentials, "baseUrl": server.url})


def test_first_tenant_and_org_are_settings(folder):
    server = Server(folder, env={"LAKEGATE_TENANT": "northwind", "LAKEGATE_ORG": "77AB@AdobeOrg"})
    try:
        assert server.credentials["tenantId"] == "northwind"
        assert server.credentials["orgId"] == "77AB@AdobeOrg"
    finally:
        server.close()


@pytest.mark.parametrize("env, says", [
    ({"LAKEGATE_TENANT": "North Wind"}, "Tenant namespace \"North Wind\""),
    ({"LAKEGATE_TENANT": "xdm"}, "Tenant namespace \"xdm\""),
    ({"LAKEGATE_ORG": "77"}, "Org id \"77\""),
    ({"LAKEGATE_LISTEN": "nowhere"}, None),  # the flag beats it
])  # fmt: skip
def test_what_the_first_start_refuses(folder, env, says):
    if says is None:
        Server(folder, env=env).close()
        return
    with pytest.raises(StartFailed) as failed:
        Server(folder, env=env)
    assert failed.value.status == 1
    assert says.replace('"', '\\"') in failed.value.log
    Server(folder).close()  # nothing stands in the way of a better start


def test_a_folder_of_something_else_is_refused(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(StartFailed) as failed:
        Server(folder)
    assert failed.value.status == 1
    assert str(folder) in failed.value.log
    assert [file.name for file in folder.iterdir() if file.name != "lock"] == ["notes.txt"]


def test_one_server_per_folder(own_server):
    server, _ = own_server()
    second = Server(server.folder, start=False)
    with pytest.raises(StartFailed) as failed:
        second.start()
    assert failed.value.status == 1
    assert str(server.folder) in failed.value.log
    assert server.running()


def test_a_taken_port_is_named(own_server, tmp_path):
    server, _ = own_server()
    port = server.url.rsplit(":", 1)[1]
    second = Server(tmp_path / "second", start=False, settings={"listen": f"127.0.0.1:{port}"})
    with pytest.raises(StartFailed) as failed:
        second.start()
    assert failed.value.status == 1
    assert f"127.0.0.1:{port}" in failed.value.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_it_in_order(own_server, number):
    server, _ = own_server()
    server.process.send_signal(number)
    assert server.wait_until_gone() == 0
    server.start()
    assert "without an orderly end" not in server.log


def test_a_start_that_fails_is_no_unclean_stop(own_server, tmp_path):
    """A key that cannot be read, a port that is taken: the ledger was opened already, and nothing happened to it."""
    server, _ = own_server()
    assert server.stop() == 0
    (tmp_path / "certificate.pem").write_text("no certificate", encoding="utf-8")
    broken = {"tls.certificate": str(tmp_path / "certificate.pem"), "tls.key": str(tmp_path / "none.pem")}
    server.settings = broken
    for _ in range(2):
        with pytest.raises(StartFailed) as failed:
            server.start()
        assert failed.value.status == 1
    server.settings = {}
    server.start()
    assert server.log.count("Cannot start") == 2 and "without an orderly end" not in server.log


def test_kill_is_noticed_at_the_next_start(own_server):
    server, lake = own_server()
    server.kill()
    server.start()
    assert "without an orderly end" in server.log
    assert server.lake().send("GET", "/admin/orgs").status_code == 200


def test_a_start_after_a_kill_removes_what_the_ledger_forgot(own_server):
    """As a loss of power may bring back what was removed. What is newer than the ledger stays: a newer ledger may know it."""
    server, lake = own_server()
    dataset = lake.dataset_of("Orphans", files.PROPERTIES)
    lake.load(dataset, {"a.parquet": files.numbered(1, 10)})
    server.kill()
    (known,) = (server.folder / "objects").rglob("*.parquet")
    orphan = known.with_name("01ZZZZZZZZZZZZZZZZZZZZZZZZ.parquet")
    orphan.write_bytes(b"forgotten")
    os.utime(orphan, (known.stat().st_mtime, known.stat().st_mtime))
    newer = known.with_name("01ZZZZZZZZZZZZZZZZZZZZZZZY.parquet")
    newer.write_bytes(b"of another ledger")
    server.start()
    wait_for(lambda: "compared with the ledger" in server.log, what="the comparison")
    assert sorted((server.folder / "objects").rglob("*.parquet")) == sorted([known, newer])
    assert "removed=1" in server.log and "They stay. objects=1" in server.log
    assert server.stop() == 0
    server.start()
    assert server.log.count("compared with the ledger") == 1, "after an orderly stop there is nothing to compare"


def test_killed_in_the_first_start(folder):
    """Whenever the first start dies, a later one makes an org whose credentials work."""
    for attempt in range(10):
        server = Server(folder, start=False)
        process = subprocess.Popen(server.command(), env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        killer = threading.Timer(attempt * 0.02, process.kill)
        killer.start()
        process.stdout.readline()
        process.kill()
        process.wait()
        killer.cancel()
    server = Server(folder)
    try:
        assert server.lake().send("GET", "/admin/orgs").status_code == 200
    finally:
        server.close()


def test_running_requests_end_before_the_stop(own_server):
    """A body on its way when SIGTERM comes is stored and answered; new connections are refused."""
    server, lake = own_server()
    host, port = server.url.removeprefix("http://").split(":")
    body = json.dumps({"name": "late"}).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in server.headers().items())
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST /admin/orgs HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
        # The server has the request as soon as the second one, sent later, is answered.
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "Stopping" in server.log)
        connection.sendall(body[5:])
        answer = b""
        while block := connection.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 201 "), answer
    assert server.wait_until_gone() == 0


def test_health(server):
    assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
    ready = requests.get(f"{server.url}/readyz", timeout=30)
    assert ready.status_code == 200 and ready.json() == {"status": "ready"}


def test_auth_can_be_switched_off(folder):
    server = Server(folder, settings={"auth.enabled": "false"})
    try:
        assert "auth.enabled is false" in server.log
        answer = requests.get(f"{server.url}/data/foundation/catalog/dataSets", timeout=30)
        assert answer.status_code == 200
        unknown = requests.get(f"{server.url}/data/foundation/catalog/dataSets", headers={"x-sandbox-name": "dev"}, timeout=30)
        assert unknown.status_code == 404 and unknown.json()["error_code"] == "404010"
    finally:
        server.close()


def test_unknown_settings_are_warned_of(folder):
    server = Server(folder, env={"LAKEGATE_HTTP_POOL_THREDS": "8"})
    try:
        assert "Did you mean LAKEGATE_HTTP_POOL_THREADS?" in server.log
    finally:
        server.close()


def test_file_limit_is_raised(own_server):
    server, _ = own_server()
    limits = open(f"/proc/{server.process.pid}/limits", encoding="ascii").read()
    soft, hard = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3:5]
    assert soft == hard


def test_tls(folder, tmp_path):
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    server = Server(folder, start=False, settings={"tls.certificate": certificate, "tls.key": key})
    server.verify = str(certificate)
    server.start()
    try:
        assert server.url.startswith("https://127.0.0.1:")
        assert server.credentials["baseUrl"] == server.url
        assert server.lake().send("GET", "/admin/orgs").status_code == 200
        shown = server.run("dataset", "list", "--ca-file", certificate)
        assert shown.returncode == 0, shown.stderr
        refused = server.run("dataset", "list")
        assert refused.returncode == 4 and "certificate" in refused.stderr
    finally:
        server.close()


@pytest.mark.parametrize("settings", [{"tls.certificate": "/no/such.pem"}, {"tls.key": "/no/such.pem"},
                                      {"tls.certificate": "/no/such.pem", "tls.key": "/no/such.pem"}])
def test_tls_needs_both_files(folder, settings):
    with pytest.raises(StartFailed) as failed:
        Server(folder, settings=settings)
    assert failed.value.status == 1
    assert "tls." in failed.value.log or "such.pem" in failed.value.log


def test_ready_line_is_flushed_and_alone(own_server):
    server, _ = own_server()
    assert server.stop() == 0  # start() has read the line from a pipe: it was flushed
    assert os.path.getsize(server.log_file) > 0


def test_the_root_says_where_the_apis_are(server):
    answer = requests.get(server.url, timeout=30)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain")
    paths = [line.split()[0].rstrip(",") for line in answer.text.splitlines() if line.startswith("/")]
    assert "/data/foundation/import" in paths and "/iceberg" in paths
    missing = requests.get(f"{server.url}/nowhere", timeout=30)
    assert missing.status_code == 404 and "/nowhere" in missing.json()["detail"]
