"""What the measurements share: servers on folders of their own, the load generator, the sink, files to send."""

import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess

from support.server import Server

from measuring import files

MIB = 1 << 20


class Workshop:
    def __init__(self, root: pathlib.Path, folder: pathlib.Path, quick: bool):
        self.root = root
        self.folder = folder
        self.quick = quick
        self.tool = root / "build/bin/lakegate-bench"
        self.numbers = itertools.count(1)

    def fresh_folder(self) -> pathlib.Path:
        made = self.folder / f"part-{next(self.numbers)}"
        made.mkdir()
        return made

    @contextlib.contextmanager
    def server(self, **settings):
        """A server on an empty folder, gone with it afterwards. Its access log is off, as under any load test."""
        folder = self.fresh_folder()
        made = Server(folder / "lake", settings={"http.access_log": "false", "log.level": "warning", **settings})
        try:
            yield made
        finally:
            made.stop()
            shutil.rmtree(folder)

    @contextlib.contextmanager
    def sink(self, keep: bool = True):
        """The floor of uploads: (URL, process)."""
        folder = self.fresh_folder()
        process = subprocess.Popen([self.tool, "sink", "--folder", folder, "--keep", "yes" if keep else "no"],
                                   stdout=subprocess.PIPE, text=True)
        try:
            yield json.loads(process.stdout.readline())["url"], process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            shutil.rmtree(folder)

    def headers_file(self, headers: dict) -> pathlib.Path:
        """The lines that every request carries."""
        file = self.folder / f"headers-{next(self.numbers)}"
        file.write_text("".join(f"{name}: {value}\r\n" for name, value in headers.items()), newline="")
        return file

    def run_tool(self, *words) -> dict:
        ran = subprocess.run([self.tool, *map(str, words)], capture_output=True, text=True, check=False)
        result = json.loads(ran.stdout) if ran.stdout else {}
        if ran.returncode or result.get("failure"):
            raise RuntimeError(f"lakegate-bench {words[0]}: {ran.stderr or result['failure']}")
        return result

    def load(self, url: str, headers: pathlib.Path, plan: list[tuple]) -> dict:
        """Sends the plan's requests: (client, method, path, header, file, offset, length)."""
        file = self.folder / f"plan-{next(self.numbers)}"
        file.write_text("".join("\t".join(map(str, line)) + "\n" for line in plan))
        return self.run_tool("load", "--url", url, "--headers", headers, "--plan", file)

    def noise_file(self, size: int) -> pathlib.Path:
        """Bytes that nothing can compress and that are no Parquet: judging them ends at the first four."""
        file = self.folder / f"noise-{size}"
        if not file.exists():
            file.write_bytes(os.urandom(size))
        return file

    def event_files(self, count: int, rows: int) -> list[pathlib.Path]:
        """Files of events, all of one schema, each with rows of its own."""
        made = []
        for number in range(count):
            file = self.folder / f"events-{rows}-{number}.parquet"
            if not file.exists():
                files.write_events(file, rows, number)
            made.append(file)
        return made


def cpu_seconds(process_id: int) -> float:
    """Of a process and of those that it started and that live."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for one in [process_id, *children(process_id)]:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = pathlib.Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def children(process_id: int) -> list[int]:
    found = []
    for task in pathlib.Path(f"/proc/{process_id}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            found += [int(one) for one in (task / "children").read_text().split()]
    return found


def peak_memory_mib(process_id: int) -> float:
    for line in pathlib.Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0
