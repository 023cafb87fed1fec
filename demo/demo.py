"""demo/run [--data DIR] [--keep-running | --stop]

Starts a server, loads files through its HTTP API and reads the rows back out of Iceberg tables. On a terminal the server
stays up until Ctrl-C; elsewhere it is stopped and the exit status is 0. Anything that goes wrong ends with status 1.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import pyarrow as pa
import requests

import make_files
import query
from screen import Bar, Screen

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/bin/lakegate"
USUAL_PORT = 8080
PART_BYTES = 2 << 20
IMPORT, CATALOG, REGISTRY = (f"/data/foundation/{name}" for name in ("import", "catalog", "schemaregistry"))
XED = "application/vnd.adobe.xed+json;version=1"
XDM = "https://ns.adobe.com/xdm/context"


class DemoFailed(Exception):
    pass


class Server:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.log_file = folder / "server.log"
        self.process = None
        self.url = ""
        self.credentials = {}

    def command(self, port: int) -> list[str]:
        return [str(PROGRAM), "serve", "--data", str(self.folder / "lake"), "--listen", f"127.0.0.1:{port}"]

    def start(self, port: int) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAKEGATE_")}
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(self.command(port), env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=log, text=True, start_new_session=True)  # fmt: skip
        line = self.process.stdout.readline()
        if not line.startswith("lakegate ready "):
            raise DemoFailed("the server did not start")
        self.url = line.split()[2]
        self.credentials = json.loads((self.folder / "lake/credentials.json").read_text(encoding="utf-8"))

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def log_tail(self) -> str:
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines() if self.log_file.exists() else []
        return "\n".join(lines[-15:])


def free_port() -> int:
    """The usual one, or any when that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
            return USUAL_PORT
        except OSError:
            return 0


class CountedPart:
    """Bytes [begin, end) of a file as a request's body; tells a bar how far they are gone."""

    def __init__(self, file: pathlib.Path, begin: int, end: int, bar: Bar):
        self.file = open(file, "rb")
        self.file.seek(begin)
        self.left = end - begin
        self.bar = bar

    def __len__(self) -> int:
        return self.left

    def read(self, size: int = -1) -> bytes:
        read = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(read)
        self.bar.add(len(read))
        return read


class Client:
    """Each call as any program would send it; the screen shows it."""

    def __init__(self, server: Server, screen: Screen):
        self.url = server.url
        self.screen = screen
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = query.fetch_token(server.credentials)
        self.session.headers.update({
            "Authorization": f"Bearer {self.token}", "x-api-key": server.credentials["apiKey"],
            "x-gw-ims-org-id": server.credentials["orgId"], "x-sandbox-name": server.credentials["sandboxName"],
        })  # fmt: skip

    def ask(self, method: str, path: str, note: str = "", *, shown: str = "", quiet: bool = False, **more) -> requests.Response:
        answer = self.session.request(method, self.url + path, timeout=60, **more)
        if not quiet or not answer.ok:
            self.screen.call(method, shown or path, answer.status_code, note)
        if not answer.ok:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def create_batch(self, dataset: str) -> str:
        answer = self.ask("POST", f"{IMPORT}/batches", json={"datasetId": dataset, "inputFormat": {"format": "parquet"}})
        batch = answer.json()["id"]
        self.screen.result(f"batch {batch}, {answer.json()['status']}")
        return batch

    @staticmethod
    def file_path(batch: str, dataset: str, name: str) -> str:
        return f"{IMPORT}/batches/{batch}/datasets/{dataset}/files/{urllib.parse.quote(name)}"

    def put(self, batch: str, dataset: str, name: str, file: pathlib.Path) -> None:
        size = file.stat().st_size
        with Bar(self.screen, name, size) as bar:
            self.ask("PUT", self.file_path(batch, dataset, name), quiet=True, data=CountedPart(file, 0, size, bar),
                     headers={"Content-Type": "application/octet-stream"})  # fmt: skip
        self.screen.call("PUT", f"…/files/{name}", 200, f"{size:,} bytes")

    def put_in_parts(self, batch: str, dataset: str, name: str, file: pathlib.Path) -> None:
        path, size = self.file_path(batch, dataset, name), file.stat().st_size
        self.ask("POST", f"{path}?action=INITIALIZE", shown=f"…/files/{name}?action=INITIALIZE")
        with Bar(self.screen, name, size) as bar:
            for begin in range(0, size, PART_BYTES):
                end = min(begin + PART_BYTES, size)
                self.ask("PATCH", path, quiet=True, data=CountedPart(file, begin, end, bar),
                         headers={"Content-Type": "application/octet-stream", "Content-Range": f"bytes {begin}-{end - 1}/{size}"})  # fmt: skip
                bar.line_below("PATCH", f"…/files/{name}", 200, f"Content-Range: bytes {begin}-{end - 1}/{size}")
        self.ask("POST", f"{path}?action=COMPLETE", shown=f"…/files/{name}?action=COMPLETE")

    def complete(self, batch: str) -> dict:
        """COMPLETE, and the batch once it is active or failed."""
        self.ask("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", shown="…/import/batches/BATCH?action=COMPLETE")
        began = time.monotonic()
        found = self.wait(batch, "active", "failed")
        self.screen.call("GET", "…/catalog/batches/BATCH", 200, f"{found['status']} after {time.monotonic() - began:.2f} s")
        return found

    def wait(self, batch: str, *states: str, seconds: float = 120) -> dict:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.ask("GET", f"{CATALOG}/batches/{batch}", quiet=True).json()[batch]
            if found["status"] in states:
                return found
            time.sleep(0.02)
        raise DemoFailed(f"batch {batch} is still {found['status']} after {seconds:.0f} s")


class Demo:
    def __init__(self, server: Server, screen: Screen, folder: pathlib.Path):
        self.server = server
        self.screen = screen
        self.files = folder / "files"
        self.client = None

    # -- the chapters, in their order ----------------------------------------------------------------------------------

    def start_server(self) -> None:
        self.screen.heading("Start a server", "It needs a folder and nothing else; the ledger is embedded.")
        port = free_port()
        self.screen.command("build/bin/lakegate " + " ".join(self.shown(word) for word in self.server.command(port)[1:]))
        began = time.monotonic()
        self.server.start(port)
        self.screen.result(f"lakegate ready {self.server.url}   ({time.monotonic() - began:.2f} s)")
        if port == 0:
            self.screen.result(f"port {USUAL_PORT} is taken, so any other")
        self.client = Client(self.server, self.screen)

    def make_files(self) -> None:
        self.screen.heading("Make files", "A ferry line that does not exist: sailings, and what people do in its ticket shop.")
        self.screen.command(f"demo/make_files.py {self.shown(self.files)}")
        make_files.make(self.files, archive_rows=200_000)
        for file in sorted(self.files.rglob("*.parquet")):
            self.screen.result(f"{file.relative_to(self.files)!s:<26}{file.stat().st_size:>12,} bytes")

    def create_datasets(self) -> str:
        self.screen.heading("Say what the data is", "An XDM schema: the ExperienceEvent class, public field groups and one of our own.")
        tenant = f"_{self.server.credentials['tenantId']}"
        trip = {"type": "object", "title": "Trip", "properties": {
            "sailing": {"type": "string", "title": "Sailing"},
            "ticketClass": {"type": "string", "title": "Class", "enum": make_files.CLASSES},
            "passengers": {"type": "integer", "title": "Passengers", "minimum": 1, "maximum": 9},
        }}  # fmt: skip
        group = self.client.ask("POST", f"{REGISTRY}/tenant/fieldgroups", "Ferry trip", json={
            "type": "object", "title": "Ferry trip", "description": "What a ticket is for",
            "meta:intendedToExtend": [f"{XDM}/experienceevent"],
            "definitions": {"customFields": {"type": "object", "properties": {tenant: {"type": "object", "properties": {"trip": trip}}}}},
            "allOf": [{"$ref": "#/definitions/customFields"}]}).json()["$id"]  # fmt: skip
        parts = [f"{XDM}/experienceevent", f"{XDM}/experienceevent-web", f"{XDM}/experienceevent-commerce", group]
        schema = self.client.ask("POST", f"{REGISTRY}/tenant/schemas", "Shop events", json={
            "type": "object", "title": "Shop events", "description": "Page views and purchases",
            "allOf": [{"$ref": part} for part in parts]}).json()["$id"]  # fmt: skip
        created = self.client.ask("POST", f"{CATALOG}/dataSets", "Shop events", json={
            "name": "Shop events", "schemaRef": {"id": schema, "contentType": XED}}).json()  # fmt: skip
        dataset = created[0].removeprefix("@/dataSets/")
        self.screen.result(f"dataset {dataset}")
        self.screen.text("For flat data a file is enough:")
        self.run("dataset", "create", "Sailings", "--from", self.files / "sailings.parquet")
        return dataset

    def load_whole(self, dataset: str) -> str:
        self.screen.heading("A batch of small files", "Each goes up in one PUT. Nothing is readable before the batch is complete.")
        batch = self.client.create_batch(dataset)
        for day in (1, 2, 3):
            self.client.put(batch, dataset, f"day={day}/events.parquet", self.files / f"events/day-{day}.parquet")
        self.expect(self.client.complete(batch), "active", rows=6000)
        return batch

    def load_in_parts(self, dataset: str) -> None:
        self.screen.heading("A large file in parts", "Parts may come in any order, at the same time, and twice. Each answer means: on disk.")
        batch = self.client.create_batch(dataset)
        self.client.put_in_parts(batch, dataset, "archive.parquet", self.files / "archive.parquet")
        self.expect(self.client.complete(batch), "active", rows=200_000)

    def push(self) -> None:
        self.screen.heading("The same from the command line", "One command: batch, upload, complete, wait.")
        self.run("push", self.files / "sailings.parquet", self.files / "sailings-august.parquet", "--dataset", "Sailings")

    def load_broken(self, dataset: str) -> None:
        self.screen.heading("A batch with mistakes", "One good file, one with five kinds of mistakes: nothing of the batch gets in.")
        batch = self.client.create_batch(dataset)
        self.client.put(batch, dataset, "good.parquet", self.files / "events/day-1.parquet")
        self.client.put(batch, dataset, "broken.parquet", self.files / "broken.parquet")
        found = self.client.complete(batch)
        self.expect(found, "failed")
        if len(found["errors"]) < 5:
            raise DemoFailed(f"five kinds of mistakes, {len(found['errors'])} errors: {found['errors']}")
        self.run("batch", "show", batch)

    def read_back(self, expected_rows: int) -> None:
        self.screen.heading("Read the tables", "Any Iceberg reader can: they speak to the catalog at /iceberg and read the files.")
        table = query.pyiceberg_catalog(self.server.url, self.client.token).load_table("prod.shop_events")
        self.screen.text("PyIceberg: prod.shop_events where eventType == 'commerce.purchases'")
        fields = ("_id", "timestamp", "commerce.order.priceTotal", "commerce.order.currencyCode", "_lakegate.trip.sailing",
                  "_lakegate.trip.ticketClass", "_lakegate.trip.passengers")  # fmt: skip
        scan = table.scan(row_filter="eventType == 'commerce.purchases'", selected_fields=fields, limit=5)
        self.screen.table(query.text_table(flat(scan.to_arrow()), indent="   "))
        counted = table.scan().count()
        self.screen.result(f"{counted:,} rows in {len(table.metadata.snapshots)} snapshots")
        if counted != expected_rows:
            raise DemoFailed(f"{counted} rows are in the table, {expected_rows} were loaded")
        sql = ("SELECT route, count(*) AS tickets, sum(_lakegate.trip.passengers) AS passengers,\n"
               "       sum(commerce.\"order\".priceTotal) AS euros\n"
               "FROM lake.prod.shop_events JOIN lake.prod.sailings ON sailing = _lakegate.trip.sailing\n"
               "WHERE eventType = 'commerce.purchases' GROUP BY route ORDER BY euros DESC")  # fmt: skip
        self.screen.text("DuckDB, over both tables:")
        self.screen.table("\n".join("   " + line for line in sql.splitlines()))
        connection = query.duckdb_connection(self.server.url, self.client.token)
        self.screen.table(query.text_table(connection.execute(sql).to_arrow_table(), indent="   "))

    def revert(self, batch: str, expected_rows: int) -> None:
        self.screen.heading("Take a batch back", "Its rows leave the table in one snapshot; older snapshots still show them.")
        self.client.ask("POST", f"{IMPORT}/batches/{batch}?action=REVERT", shown="…/import/batches/BATCH?action=REVERT")
        self.client.wait(batch, "inactive", "deleted")
        table = query.pyiceberg_catalog(self.server.url, self.client.token).load_table("prod.shop_events")
        before = table.metadata.snapshots[-2].snapshot_id
        now, then = table.scan().count(), table.scan(snapshot_id=before).count()
        self.screen.result(f"{now:,} rows now, {then:,} one snapshot before")
        if (now, then) != (expected_rows - 6000, expected_rows):
            raise DemoFailed(f"expected {expected_rows - 6000} and {expected_rows}")

    def next_things(self, stays: bool) -> None:
        if not stays:
            self.screen.heading("Done", "`make demo` on a terminal leaves the server up, to look around.")
            return
        credentials = self.shown(self.server.folder / "lake/credentials.json")
        self.screen.heading("Your turn", f"The server is up at {self.server.url}. In another terminal:")
        for line in (f"export LAKEGATE_CREDENTIALS={credentials}",
                     "build/bin/lakegate batch list",
                     f"build/bin/lakegate push {self.shown(self.files)}/sailings-broken.parquet --dataset Sailings",
                     "build/bin/lakegate dataset preview Sailings",
                     f"{self.python()} demo/query.py 'SELECT * FROM lake.prod.sailings LIMIT 5'",
                     f"curl {self.server.url}/errors/INGEST-1555-400"):  # fmt: skip
            self.screen.command(line)
        self.screen.text("README.md has a tour with curl. Ctrl-C stops the server; its folder stays until the next demo.")

    # -- what they share -------------------------------------------------------------------------------------------------

    def run(self, *words) -> None:
        """The program's command line, its output as it is."""
        shown = " ".join(f'"{word}"' if " " in str(word) else self.shown(word) for word in words)
        self.screen.command(f"build/bin/lakegate {shown}")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAKEGATE_")}
        clean |= {"LAKEGATE_URL": self.server.url, "LAKEGATE_CREDENTIALS": str(self.server.folder / "lake/credentials.json"),
                  "XDG_STATE_HOME": str(self.server.folder / "state")}  # fmt: skip
        ran = subprocess.run([str(PROGRAM), *map(str, words)], env=clean, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                             stderr=None if self.screen.is_terminal else subprocess.PIPE, text=True, check=False)  # fmt: skip
        self.screen.table("\n".join(("   " + line).rstrip() for line in ran.stdout.rstrip().splitlines()))
        if ran.returncode:
            raise DemoFailed(f"lakegate {shown}: exit status {ran.returncode}\n{ran.stderr or ''}")

    @staticmethod
    def expect(batch: dict, status: str, rows: int | None = None) -> None:
        if batch["status"] != status or (rows is not None and batch["recordCount"] != rows):
            raise DemoFailed(f"expected {status} with {rows} rows: {json.dumps(batch)}")

    @staticmethod
    def shown(path) -> str:
        text = str(path)
        return text.removeprefix(f"{pathlib.Path.cwd()}/")

    def python(self) -> str:
        return self.shown(pathlib.Path(sys.prefix) / "bin/python")


def flat(table):
    """Members of structs as columns, called by their last name."""
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    return table.rename_columns([name.split(".")[-1] for name in table.column_names])


def show(demo: Demo, stays: bool) -> None:
    demo.start_server()
    demo.make_files()
    dataset = demo.create_datasets()
    first = demo.load_whole(dataset)
    demo.load_in_parts(dataset)
    demo.push()
    demo.load_broken(dataset)
    demo.read_back(expected_rows=206_000)
    demo.revert(first, expected_rows=206_000)
    demo.next_things(stays)


def main() -> int:
    terminal = sys.stdout.isatty()
    parser = argparse.ArgumentParser(prog="demo/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, help="folder for data and files; emptied first (default on a terminal: demo/data, else a temporary one)")
    after = parser.add_mutually_exclusive_group()
    after.add_argument("--keep-running", action="store_true", help="leave the server up until Ctrl-C, terminal or not")
    after.add_argument("--stop", action="store_true", help="stop it at the end, terminal or not")
    wanted = parser.parse_args()
    if not PROGRAM.exists():
        print(f"{PROGRAM} is not there; `make demo` builds it", file=sys.stderr)
        return 1
    stays = wanted.keep_running or (terminal and not wanted.stop)
    temporary = None if wanted.data or terminal else tempfile.TemporaryDirectory(prefix="lakegate-demo-")
    folder = pathlib.Path(temporary.name) if temporary else (wanted.data or ROOT / "demo/data").absolute()
    if wanted.data and folder.exists() and any(folder.iterdir()) and not (folder / "lake").exists():
        print(f"{folder} is not empty and no folder of an earlier demo; name another one", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server, screen = Server(folder), Screen(terminal)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    interrupted = []

    def interrupt(*_):
        interrupted.append(True)  # the exception alone is lost where a destructor of a library runs
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        show(Demo(server, screen, folder), stays)
        while stays and not interrupted and server.process.poll() is None:
            time.sleep(0.2)
        return 0
    except KeyboardInterrupt:
        return 0 if server.process else 130
    except (DemoFailed, requests.RequestException, subprocess.SubprocessError, OSError) as failure:
        print(f"\ndemo failed: {failure}\n\nthe server's last lines:\n{server.log_tail()}", file=sys.stderr)
        return 1
    finally:
        server.stop()
        if temporary:
            temporary.cleanup()


if __name__ == "__main__":
    sys.exit(main())
