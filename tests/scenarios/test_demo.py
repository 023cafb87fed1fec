"""The demo from beginning to end: what it promises to show is shown, its server is gone afterwards, and a failure is one."""

import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo/run"


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("LAKEGATE_") or name == "LAKEGATE_DEPS"}


@pytest.fixture(scope="module")
def shown():
    ran = subprocess.run([DEMO], env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=170, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_chapters_come_in_their_order(shown):
    titles = re.findall(r"^\d+  (.+)$", shown, re.MULTILINE)
    assert titles == ["Start a server", "Make files", "Say what the data is", "A batch of small files", "A large file in parts",
                      "The same from the command line", "A batch with mistakes", "Read the tables", "Take a batch back", "Done"]  # fmt: skip
    assert "\x1b" not in shown


def test_files_go_up_whole_and_in_parts(shown):
    assert shown.count("Content-Range: bytes ") >= 4
    assert re.search(r"PUT +…/files/day=1/events\.parquet +200", shown)
    assert re.search(r"POST +…/files/archive\.parquet\?action=COMPLETE +201", shown)
    assert shown.count("  active after ") == 2 and "  failed after " in shown


def test_rows_come_out_of_both_readers(shown):
    assert "206,000 rows in 2 snapshots" in shown
    routes = re.findall(r"^ +(\S.* – .*?) {2,}(\d+) +(\d+) +([\d,]+\.\d\d)$", shown, re.MULTILINE)
    assert len(routes) == 4 and len({route for route, *_ in routes}) == 4
    # One event in five buys a ticket.
    assert 0.19 < sum(int(tickets) for _, tickets, _, _ in routes) / 206_000 < 0.21
    purchases = re.findall(r"^ +[0-9a-f]{32}  2026-\d\d-\d\d .+ EUR ", shown, re.MULTILINE)
    assert len(purchases) == 5


def test_mistakes_are_named(shown):
    table = shown.split("A batch with mistakes")[1].split("Read the tables")[0]
    for code, column in [("INGEST-1555-400", "_id"), ("LG-2204-400", "_lakegate.trip.ticketClass"), ("LG-2201-400", "_lakegate.trip.passengers"),
                         ("LG-2203-400", "commerce.order.currencyCode"), ("LG-2100-400", "mood")]:  # fmt: skip
        assert re.search(rf"^ +{code} +broken\.parquet +{re.escape(column)} ", table, re.MULTILINE), f"{code} {column}\n{table}"
    assert re.search(r"ticketClass +3,4", table)


def test_revert_takes_rows_away_and_leaves_the_past(shown):
    assert "200,000 rows now, 206,000 one snapshot before" in shown


def test_a_failure_is_told(tmp_path):
    """A data folder that cannot be used."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thing").write_text("not ours")
    ran = subprocess.run([DEMO, "--data", tmp_path / "taken"], env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1 and "taken" in ran.stderr
    assert (tmp_path / "taken/thing").exists()


def test_on_a_terminal_the_server_stays_until_ctrl_c(tmp_path):
    with socket.socket() as taken:  # so that the usual port is not free, whoever has it
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass
        primary, secondary = pty.openpty()
        process = subprocess.Popen([DEMO, "--data", tmp_path / "demo"], env={**environment(), "TERM": "xterm"}, stdin=secondary,
                                   stdout=secondary, stderr=secondary, start_new_session=True)  # fmt: skip
        os.close(secondary)
        try:
            text = read_until(primary, "Ctrl-C stops the server", process)
            url = re.search(r"The server is up at (http://127\.0\.0\.1:(\d+))\.", text)
            assert url and url[2] != "8080"
            assert "#" * 10 in text and "\x1b[" in text
            assert requests.get(url[1] + "/healthz", timeout=30).status_code == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            process.terminate()
            process.wait(timeout=60)
            os.close(primary)
    with pytest.raises(requests.ConnectionError):
        requests.get(url[1] + "/healthz", timeout=30)


def read_until(terminal, words, process, seconds=150):
    shown, deadline = b"", time.monotonic() + seconds
    while words.encode() not in shown:
        assert time.monotonic() < deadline and (process.poll() is None or select.select([terminal], [], [], 0)[0]), shown.decode(errors="replace")
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65536)
    return shown.decode()
