"""Prometheus' own words on our metrics: its parser, promtool, and the server itself. Debian's package, installed or unpacked by scripts/setup."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from support.server import ROOT, wait_for

DEPENDENCIES = pathlib.Path(os.environ.get("LAKEGATE_DEPS", ROOT / ".deps"))
ALERTS = ROOT / "ops/prometheus/alerts.yaml"


def program(name):
    found = shutil.which(name, path=f"{DEPENDENCIES}/prometheus/usr/bin:{os.environ['PATH']}")
    if not found:
        pytest.skip(f"{name} is not there: scripts/setup test unpacks Debian's prometheus")
    return found


def promtool(*words, text=""):
    return subprocess.run([program("promtool"), *map(str, words)], input=text, text=True, capture_output=True, timeout=120, check=False)


class Scrape:
    """One answer of /metrics, read by Prometheus' own parser for Python."""

    def __init__(self, text):
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}

    @property
    def types(self):
        """Name as it is documented → type: counters with their _total, which the parser takes off."""
        return {name + ("_total" if family.type == "counter" else ""): family.type for name, family in self.families.items()}

    @property
    def labels(self):
        """Documented name → the labels that it has, without a histogram's own."""
        return {name: {label for sample in self.families[name.removesuffix("_total")].samples for label in sample.labels} - {"le"}
                for name in self.types}

    @property
    def series(self):
        """Names that a query may use."""
        return {sample.name for family in self.families.values() for sample in family.samples}

    def value(self, name, **labels):
        """The sum of all series of that name that have these labels."""
        found = [sample.value for family in self.families.values() for sample in family.samples
                 if sample.name == name and labels.items() <= sample.labels.items()]
        return sum(found)


def scrape(server, **more):
    answer = requests.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {server.token()}"}, timeout=30, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scrape(answer.text)


class Prometheus:
    def __init__(self, url):
        self.url = url

    def ask(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def query(self, text):
        return self.ask("query", query=text)["result"]


@contextlib.contextmanager
def running(folder, configuration):
    """A Prometheus with that configuration, a text. Returns when it is ready."""
    name = program("prometheus")
    folder.mkdir(exist_ok=True)
    (folder / "prometheus.yaml").write_text(configuration, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = "127.0.0.1:{}".format(probe.getsockname()[1])
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([name, f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}/data",
                                    f"--web.listen-address={address}"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def is_ready():
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        try:
            return requests.get(f"http://{address}/-/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    try:
        wait_for(is_ready, what="Prometheus' start")
        yield Prometheus(f"http://{address}")
    finally:
        process.terminate()
        process.wait(timeout=30)
