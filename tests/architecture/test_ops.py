"""ops/ and docs/metrics.md say what a live server says: no metric is missing here or there, every query is one, every alert leads somewhere."""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import pytest
import yaml

from support import confined, files, prometheus
from support.server import ROOT, Server

DASHBOARD = ROOT / "ops/grafana/lakegate.json"
UNIT = ROOT / "ops/systemd/lakegate.service"
METRIC = re.compile(r"\b(?:lakegate|process)_[a-z_]+\b")
ROW = re.compile(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|([^|]*)\| [^|]+ \|$", re.MULTILINE)


def program():
    found = ROOT / "build/bin/lakegate"
    if not found.exists():
        pytest.skip("build/bin/lakegate is not there")
    return found


def documented():
    """name → (type, labels)"""
    rows = ROW.findall((ROOT / "docs/metrics.md").read_text(encoding="utf-8"))
    assert len({name for name, _, _ in rows}) == len(rows), "a name stands there twice"
    return {name: (kind, set(re.findall("`([a-z]+)`", labels))) for name, kind, labels in rows}


def dashboard():
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def panels():
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def panel_queries():
    """With those of the marks that stand in all panels."""
    marks = [(one["name"], one["expr"]) for one in dashboard()["annotations"]["list"]]
    return marks + [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]


def alerts():
    groups = yaml.safe_load(prometheus.ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """What /metrics says after one good batch."""
    program()
    server = Server(tmp_path_factory.mktemp("ops") / "lake")
    try:
        lake = server.lake()
        lake.load(lake.dataset_of("Watched", files.PROPERTIES), {"a.parquet": files.numbered(0, 3)})
        yield prometheus.scrape(server)
    finally:
        server.close()


# -- docs/metrics.md -----------------------------------------------------------------------------------------------


def test_what_the_server_says_is_documented(live):
    described = documented()
    assert live.types.items() == {name: kind for name, (kind, _) in described.items()}.items()
    assert live.labels == {name: labels for name, (_, labels) in described.items()}


# -- Grafana -------------------------------------------------------------------------------------------------------


def test_the_dashboard_asks_for_what_there_is(live):
    for title, query in panel_queries():
        used = set(METRIC.findall(query))
        assert used <= live.series and (used or query.startswith(("up{", "ALERTS{"))), title
    shown = set().union(*(METRIC.findall(query) for _, query in panel_queries()))
    base = {re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    assert base == set(documented()), "each metric is in some panel"


def test_the_dashboard_can_be_imported():
    """What Grafana's schema wants of a dashboard, and that it can be used with any data source."""
    made = dashboard()
    assert made["title"] and made["uid"] and made["schemaVersion"] >= 36 and "id" not in made
    assert [one["name"] for one in made["templating"]["list"]] == ["datasource", "instance"]
    everything = [panel for panel in made["panels"]]
    assert len({panel["id"] for panel in everything}) == len(everything)
    taken = set()
    for panel in everything:
        place = panel["gridPos"]
        assert 0 <= place["x"] and place["x"] + place["w"] <= 24
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, f"{panel['title']} covers another panel"
        taken |= cells
    for panel in panels():
        assert panel["title"] and panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert len(panel["description"]) > 4 and panel["fieldConfig"]["defaults"]["unit"], f"{panel['title']}: what it shows, in which unit"
        # Grafana's own thresholds make 80 of anything red, and a figure without textMode shows the 1 that carries the version.
        if panel["type"] == "stat":
            assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"] and panel["options"]["textMode"], panel["title"]
        for target in panel["targets"]:
            assert target["legendFormat"] and target["datasource"]["uid"] == "${datasource}"
    for title, query in panel_queries():
        assert query.count('job="lakegate", instance=~"$instance"') == query.count("{"), f"{title}: each selector is of the servers that were chosen"


def test_every_query_is_one(tmp_path):
    """By Prometheus' own parser, as rules."""
    queries = [query.replace("$__rate_interval", "1m").replace("$instance", ".*") for _, query in panel_queries()]
    rules = {"groups": [{"name": "panels", "rules": [{"record": f"panel:{i}", "expr": query} for i, query in enumerate(queries)]}]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    checked = prometheus.promtool("check", "rules", "--lint=none", tmp_path / "rules.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    broken = {"groups": [{"name": "broken", "rules": [{"record": "a:b", "expr": "rate(lakegate_x[5m"}]}]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(broken), encoding="utf-8")
    assert prometheus.promtool("check", "rules", "--lint=none", tmp_path / "rules.yaml").returncode != 0


# -- Prometheus ----------------------------------------------------------------------------------------------------


def test_alerts_ask_for_what_there_is(live):
    for rule in alerts():
        used = set(METRIC.findall(rule["expr"]))
        assert used <= live.series and (used or "up{" in rule["expr"]), rule["alert"]


def anchors(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_alert_says_what_to_do():
    for rule in alerts():
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), rule["alert"]
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook"}, rule["alert"]
        assert "$labels.instance" in notes["summary"] and notes["description"].endswith((".", ":")), rule["alert"]
        page, _, anchor = notes["runbook"].partition("#")
        assert anchor in anchors(ROOT / page), f"{rule['alert']}: no section {notes['runbook']}"


def test_prometheus_takes_the_rules(tmp_path):
    checked = prometheus.promtool("check", "rules", prometheus.ALERTS)
    assert checked.returncode == 0 and f"{len(alerts())} rules found" in checked.stdout, checked.stdout + checked.stderr
    for name in ("prometheus.yaml", "alerts.yaml"):
        shutil.copy(ROOT / "ops/prometheus" / name, tmp_path)
    (tmp_path / "lakegate-client-secret").write_text("secret", encoding="utf-8")
    checked = prometheus.promtool("check", "config", tmp_path / "prometheus.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_alerts_are_raised_when_they_should_be():
    tried = prometheus.promtool("test", "rules", ROOT / "ops/prometheus/alerts_test.yaml")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    cases = yaml.safe_load((ROOT / "ops/prometheus/alerts_test.yaml").read_text(encoding="utf-8"))["tests"]
    raised, quiet = set(), set()
    for case in cases:
        for one in case["alert_rule_test"]:
            (raised if one["exp_alerts"] else quiet).add(one["alertname"])
    assert raised == quiet == {rule["alert"] for rule in alerts()}, "each is tried both ways"


# -- systemd -------------------------------------------------------------------------------------------------------


def settings_of_unit():
    pairs = [line.split("=", 1) for line in UNIT.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#")]
    return {name: value for name, value in pairs}


def test_systemd_takes_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    unit = tmp_path / "lakegate.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/lakegate/bin/lakegate", str(program())), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and not checked.stderr.strip(), checked.stderr


def test_the_unit_keeps_what_the_server_promises():
    unit = settings_of_unit()
    assert unit["Type"] == "notify" and unit["Restart"] == "on-failure"
    assert "70" in unit["RestartPreventExitStatus"].split()
    shown = json.loads(subprocess.run([program(), "config", "show", "--json"], capture_output=True, text=True, check=True).stdout)
    defaults = {one["name"]: one["default"] for one in shown}
    assert int(unit["TimeoutStopSec"].removesuffix("s")) >= 2 * int(defaults["http.shutdown_grace"].removesuffix("s"))
    assert int(unit["LimitNOFILE"]) >= 2 * int(defaults["http.connections_max"])


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_systemd_is_told_when_it_is_ready_and_stops(tmp_path, kind):
    """Type=notify: sd_notify(3) by hand."""
    program()
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = f"{short}/notify" if kind == "path" else f"@{short}"
        manager.bind(address.replace("@", "\0"))
        manager.settimeout(30)
        server = Server(tmp_path / "lake", env={"NOTIFY_SOCKET": address})
        try:
            assert manager.recv(1000) == b"READY=1"
            assert server.stop() == 0, server.log
            assert manager.recv(1000) == b"STOPPING=1"
        finally:
            server.close()


def test_the_units_filter_lets_server_and_workers_live(tmp_path):
    """The server under the system calls that the unit allows, and no memory both writable and executable: a batch becomes active."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there")
    program()
    server = confined.Server(tmp_path / "lake", confined.allowed_calls(settings_of_unit()["SystemCallFilter"]))
    try:
        lake = server.lake()
        lake.load(lake.dataset_of("Confined", files.PROPERTIES), {"a.parquet": files.numbered(0, 3)})
        assert prometheus.scrape(server).value("lakegate_workers_ready") == 2
        assert pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii").count("Seccomp:\t2") == 1
        assert server.stop() == 0, server.log
    finally:
        server.close()
