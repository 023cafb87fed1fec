"""/docs in a real browser: it shows the operations, and asks no other host for anything."""

import json
import shutil
import subprocess

import pytest
import requests

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium here")
# The page draws an operation when it comes into view: the window is as high as all of them.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-extensions", "--window-size=1200,12000", "--virtual-time-budget=30000"]  # fmt: skip


def browse(url, folder):
    """(the page's document after its scripts ran, what it logged, the addresses that it asked for)."""
    ran = subprocess.run([BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={folder / 'net.json'}", "--enable-logging=stderr",
                          "--dump-dom", url], capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
    logged = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    events = json.loads((folder / "net.json").read_text(encoding="utf-8"))["events"]
    # A browser asks its maker's hosts about itself; only requests with an origin come of the page.
    origin = url.split("/docs")[0]
    asked = {event["params"]["url"] for event in events if event.get("params", {}).get("initiator") == origin and "url" in event["params"]}
    return ran.stdout, logged, asked


@needs_browser
def test_operations_are_shown(server, tmp_path):
    page, logged, asked = browse(f"{server.url}/docs", tmp_path)
    assert 'id="operations-Batch_Ingestion-createBatch"' in page and "/data/foundation/import/batches" in page
    assert 'id="operations-Iceberg-loadTable"' in page
    assert logged == []  # a refusal of the Content-Security-Policy would stand here
    assert {f"{server.url}/docs/swagger-ui-bundle.js", f"{server.url}/openapi.json"} <= asked
    assert [url for url in asked if not url.startswith((server.url + "/", "data:"))] == []


@needs_browser
def test_an_operation_unfolds_with_its_parameters(server, tmp_path):
    page, logged, _ = browse(f"{server.url}/docs#/Batch%20Ingestion/patchFile", tmp_path)
    assert "Content-Range" in page and "bytes 0-7999/20000" in page
    assert logged == []


def test_it_may_load_from_this_server_only(server):
    answer = requests.get(f"{server.url}/docs", timeout=30)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert "http" not in answer.text


def test_files_are_sent_as_the_client_takes_them(server):
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        small = requests.get(f"{server.url}/docs/{name}", headers={"Accept-Encoding": "gzip"}, timeout=30)
        large = requests.get(f"{server.url}/docs/{name}", headers={"Accept-Encoding": "identity"}, timeout=30)
        assert small.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in large.headers
        assert small.content == large.content  # requests inflates
        assert int(small.headers["Content-Length"]) < int(large.headers["Content-Length"]) / 3


def test_the_root_leads_to_it(server):
    assert "/docs" in requests.get(server.url, timeout=30).text
