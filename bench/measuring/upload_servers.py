"""Servers that take uploads, each on a folder of its own and gone with it: Lakegate, the sink, nginx, MinIO."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests
from support import files as small_files

from measuring.presigned import presigned

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPENDENCIES = pathlib.Path(os.environ.get("LAKEGATE_DEPS") or ROOT / ".deps")
NGINX = shutil.which("nginx", path=f"{DEPENDENCIES}/nginx/usr/sbin:{os.environ['PATH']}:/usr/sbin") or ""
MINIO = DEPENDENCIES / "minio/minio"
USER, SECRET = "bench", "bench-secret"
START_SECONDS = 30


@dataclass
class Target:
    name: str
    url: str
    process_id: int
    headers: pathlib.Path
    whole: Callable[[int], tuple]  # file number → method, path, header
    part: Callable[[int, int, str], tuple] | None = None  # file number, part number, its Content-Range → the same


class Missing(Exception):
    """What is not on this machine, as the report says it."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until_ready(url: str, process) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=5).status_code < 500:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} does not answer at {url}")


@contextlib.contextmanager
def running(words, log: pathlib.Path, **more):
    """A process with its output in a file; asked to stop, then killed."""
    with open(log, "wb") as output:
        process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=output, stderr=output, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def lakegate(workshop, file_count: int, in_parts: bool):
    with workshop.server() as server:
        lake = server.lake()
        dataset = lake.dataset_of("Noise", small_files.PROPERTIES)
        batch = lake.create_batch(dataset)
        for number in range(file_count if in_parts else 0):
            assert lake.initialize(batch, dataset, f"f{number}.parquet").status_code == 201

        def path(number):
            return lake.file_path(batch, dataset, f"f{number}.parquet")
        yield Target("Lakegate", server.url, server.process.pid, workshop.headers_file(server.headers()),
                     whole=lambda number: ("PUT", path(number), "-"),
                     part=lambda number, part, content_range: ("PATCH", path(number), content_range))


@contextlib.contextmanager
def sink(workshop, file_count: int, in_parts: bool, keep: bool = True):
    with workshop.sink(keep) as (url, process):
        yield Target("sink", url, process.pid, workshop.headers_file({"Authorization": "Bearer " + "x" * 600}),
                     whole=lambda number: ("PUT", f"/f{number}", "-"),
                     part=lambda number, part, content_range: ("PATCH", f"/f{number}", content_range))


# As packaged but for what it needs to run in a folder as anybody, and more connections. It writes a body into a temporary file
# of the same file system, and renames that.
NGINX_CONFIGURATION = """
daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn; worker_rlimit_nofile 8192; {user}
events {{ worker_connections 4096; }}
http {{
  access_log off; client_max_body_size 0; keepalive_requests 1000000;
  client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2; uwsgi_temp_path {folder}/t3;
  scgi_temp_path {folder}/t4;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; location / {{ dav_methods PUT; create_full_put_path on; }} }}
}}
"""


@contextlib.contextmanager
def nginx(workshop, file_count: int, in_parts: bool):
    if not NGINX:
        raise Missing("not measured: nginx is not installed")
    if in_parts:
        raise Missing("takes no parts")
    folder, port = workshop.fresh_folder(), free_port()
    (folder / "files").mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port, user=user), encoding="utf-8")
    with running([NGINX, "-c", configuration, "-e", folder / "nginx.log"], folder / "output") as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, process)
        yield Target("nginx", url, process.pid, workshop.headers_file({"Authorization": "Bearer " + "x" * 600}),
                     whole=lambda number: ("PUT", f"/f{number}", "-"))
    shutil.rmtree(folder)


def minio_program() -> pathlib.Path:
    if MINIO.exists():
        return MINIO
    raise Missing("not measured: " + ("`scripts/setup bench` has not built it" if shutil.which("go") else "no Go ≥ 1.24 here to build it"))


@contextlib.contextmanager
def minio(workshop, file_count: int, in_parts: bool):
    program, folder = minio_program(), workshop.fresh_folder()
    (folder / "home").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": SECRET,
                   "MINIO_BROWSER": "off", "MINIO_UPDATE": "off"}
    host = f"127.0.0.1:{free_port()}"
    words = [program, "server", "--quiet", "--address", host, folder / "drive"]
    with running(words, folder / "output", env=environment) as process:
        wait_until_ready(f"http://{host}/minio/health/ready", process)

        def ask(method, path, **query):
            url = f"http://{host}{presigned(method, host, path, USER, SECRET, **query)}"
            deadline = time.monotonic() + START_SECONDS
            while (answer := requests.request(method, url, timeout=30)).status_code == 503 and time.monotonic() < deadline:
                time.sleep(0.05)  # ready, and yet not quite
            answer.raise_for_status()
            return answer.text
        ask("PUT", "/bench")
        upload_of = []
        for number in range(file_count if in_parts else 0):
            upload_of.append(re.search("<UploadId>([^<]+)", ask("POST", f"/bench/f{number}", uploads=""))[1])

        def part(number, part, _):
            more = {"partNumber": str(part + 1), "uploadId": upload_of[number]}
            return "PUT", presigned("PUT", host, f"/bench/f{number}", USER, SECRET, **more), "-"
        yield Target("MinIO", f"http://{host}", process.pid, workshop.headers_file({}), part=part,
                     whole=lambda number: ("PUT", presigned("PUT", host, f"/bench/f{number}", USER, SECRET), "-"))
    shutil.rmtree(folder)


PEERS = {"sink": sink, "nginx": nginx, "MinIO": minio}


def versions() -> list[str]:
    """Of the peers that are not ours and that are here."""
    said = []
    if NGINX:
        ran = subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=False)
        said.append(ran.stderr.strip().rpartition(" ")[2].replace("/", " "))
    if MINIO.exists():  # which does not know its version when it was built from a module
        built = (ROOT / "scripts/go-programs.txt").read_text(encoding="utf-8")
        said.append("MinIO of " + re.search(r"minio@v[0-9.]+-(\d{4})(\d\d)(\d\d)", built).expand(r"\1-\2-\3"))
    return said
