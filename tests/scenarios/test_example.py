"""examples/ run as their pages say, and what they promise holds."""

import json
import re
import subprocess
import sys

import duckdb
import pytest

from support.server import ROOT, wait_for

EXAMPLE = ROOT / "examples/duckdb-on-active"
SALES = {"id": {"type": "integer"}, "day": {"type": "string", "format": "date"}, "amount": {"type": "number"}}


def without_ids(text):
    text = re.sub(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "BATCH", text)
    return re.sub(r"after position \S+", "after position POSITION", text)


def test_the_command_of_its_page_prints_what_the_page_says():
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    expected = re.search(r"```console\n\$ examples/duckdb-on-active/run\n(.*?)```", page, re.S)[1]
    ran = subprocess.run([EXAMPLE / "run"], capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert without_ids(ran.stdout) == without_ids(expected)


def sales(tmp_path, name, *rows):
    file = tmp_path / name
    with duckdb.connect() as database:
        database.execute("CREATE TABLE sales (id INTEGER, day DATE, amount DOUBLE)")
        database.executemany("INSERT INTO sales VALUES (?, ?, ?)", rows)
        database.execute(f"COPY sales TO '{file}' (FORMAT parquet)")
    return file.read_bytes()


class Follower:
    """on_active.py as a process, stopped by kill -9 when the test has seen enough."""

    def __init__(self, server, folder):
        self.state = folder / "state.duckdb"
        credentials = folder / "credentials.json"
        credentials.write_text(json.dumps(server.credentials))
        self.output = folder / "output"
        self.words = [sys.executable, EXAMPLE / "on_active.py", "--url", server.url, "--credentials", credentials, "--dataset", "Sales",
                      "--state", self.state]
        self.process = None

    def __enter__(self):
        with open(self.output, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(self.words, stdout=output, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def wait_for(self, text):
        def said():
            assert self.process.poll() is None, self.output.read_text()
            return text in self.output.read_text()
        wait_for(said, 60, repr(text))

    def rows(self):
        """batch → (sales, amount); read when the program has gone."""
        with duckdb.connect(str(self.state), read_only=True) as database:
            return {batch: (count, amount) for batch, count, amount in database.execute(
                "SELECT batch, sum(sales)::BIGINT, sum(amount) FROM sales_by_day GROUP BY batch").fetchall()}


@pytest.fixture
def follower(own_server, tmp_path):
    server, lake = own_server()
    return server, lake, Follower(server, tmp_path)


def test_each_batch_counts_once_with_its_own_rows_whenever_the_program_is_killed(follower, tmp_path):
    server, lake, program = follower
    dataset = lake.dataset_of("Sales", SALES)
    # Two at once, which may share a snapshot of the table: each has its own rows all the same.
    first, second = (lake.send_files(dataset, {f"{i}.parquet": sales(tmp_path, f"{i}", *[(n, "2026-03-01", 10.0 ** i) for n in range(i + 1)])})
                     for i in (1, 2))
    lake.wait(first, "active")
    lake.wait(second, "active")
    with program:
        program.wait_for("in all 5 sales")
    assert program.rows() == {first: (2, 20.0), second: (3, 300.0)}

    other = lake.dataset_of("Other", SALES)
    lake.load(other, {"a.parquet": sales(tmp_path, "other", (1, "2026-03-01", 5.0))})
    third = lake.load(dataset, {"a.parquet": sales(tmp_path, "third", (1, "2026-03-02", 7.0)), "b.parquet": sales(tmp_path, "more", (2, "2026-03-03", 8.0))})
    with program:
        program.wait_for("in all 7 sales")
        assert lake.act(first, "REVERT").status_code == 200
        program.wait_for("in all 5 sales")
    assert program.rows() == {second: (3, 300.0), third: (2, 15.0)}


def test_it_goes_on_when_the_server_comes_back(follower, tmp_path):
    server, lake, program = follower
    dataset = lake.dataset_of("Sales", SALES)
    lake.load(dataset, {"a.parquet": sales(tmp_path, "a", (1, "2026-03-01", 1.0))})
    with program:
        program.wait_for("in all 1 sales")
        port = server.url.rpartition(":")[2]
        server.kill()
        program.wait_for("trying again")
        server.command = lambda was=server.command: [word.replace("127.0.0.1:0", f"127.0.0.1:{port}") for word in was()]
        server.start()
        server.lake().load(dataset, {"a.parquet": sales(tmp_path, "b", (2, "2026-03-01", 1.0))})
        program.wait_for("in all 2 sales")
