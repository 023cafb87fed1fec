"""The largest schemas that the public library makes: created, filled and read through the interfaces like any other."""

import datetime
import io
import time
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.comparison import Comparison, leaves
from support.lake import REGISTRY
from support.server import Server
from support.shared import SHARED, needs_shared

pytestmark = needs_shared

EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
ANALYTICS = "https://ns.adobe.com/xdm/destinations/adobe-analytics"
FULL = "application/vnd.adobe.xed-full+json; version=1"
# Later versions of groups that are among the 213 too, with times as texts where those have numbers.
CONTRADICTING = {f"https://ns.adobe.com/experience/cvf/alpha-{version}/{group}" for version in ("02", "03")
                 for group in ("cdp/audience", "cdp/destination", "cvf-common-properties")}
BEGIN = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
ROWS = 50
TYPES = {"string": pa.string(), "number": pa.float64(), "int": pa.int32(), "short": pa.int32(), "byte": pa.int32(), "long": pa.int64(),
         "boolean": pa.bool_(), "date": pa.date32(), "date-time": pa.timestamp("ms", tz="UTC")}
# Values of fields with one of these would have to be made to fit.
CONSTRAINTS = {"enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "format"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("server") / "lake")
    ran = made.run("xdm", "import", SHARED / "xdm")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    yield made
    made.close()


def event_groups(lake):
    found, start = [], ""
    while start is not None:
        answer = lake.ask("GET", f"{REGISTRY}/global/fieldgroups?orderby=title&start={urllib.parse.quote(start)}",
                          headers={"Accept": "application/vnd.adobe.xed+json"}).json()
        found += [group["$id"] for group in answer["results"] if EVENT in group.get("meta:intendedToExtend", [])]
        start = answer["_page"]["next"]
    return sorted(found)


def post_schema(lake, title, groups):
    return lake.send("POST", f"{REGISTRY}/tenant/schemas", json={
        "type": "object", "title": title, "allOf": [{"$ref": EVENT}, *({"$ref": group} for group in groups)]})


def test_two_types_of_one_field_are_told_with_both_sources(lake):
    """Three versions of one vendor's field groups among the 213 contradict each other."""
    groups = event_groups(lake)
    assert len(groups) == 213
    answer = post_schema(lake, "All at once", groups)
    assert answer.status_code == 400
    for part in ("cvf.audience.creationTime", "number and date-time", "cvf/alpha-01/cdp/audience", "cvf/alpha-02/cdp/audience"):
        assert part in answer.json()["detail"]


@pytest.fixture(scope="module")
def schemas(lake):
    """{name: ($id, leaves)}"""
    groups = [group for group in event_groups(lake) if group not in CONTRADICTING]
    assert len(groups) == 207
    answer = post_schema(lake, "All event field groups that agree", groups)
    assert answer.status_code == 201, answer.text
    return {"experience event": (answer.json()["$id"], "tenant", 10_220), "analytics": (ANALYTICS, "global", 5_826)}


class Sample:
    """Some columns of a resolved schema and rows of them: all that is required, and leaves from all over it."""

    def __init__(self, tree, step):
        self.leaves = []
        self.collect(tree, ())
        chosen = {path for path, _ in self.leaves[::step]}
        chosen.add(max((path for path, _ in self.leaves), key=len))
        chosen.add(("_id",))
        self.deepest = max(len(path) for path in chosen)
        self.chosen = {path[:n] for path in chosen for n in range(1, len(path) + 1)}
        self.schema = pa.schema([(name, kind) for name, kind in self.members(tree, ()).items()])
        self.rows = [self.struct(tree, (), i) for i in range(ROWS)]

    def collect(self, field, path):
        for name, below in sorted(field.get("properties", {}).items()):
            if "properties" in below:
                self.collect(below, (*path, name))
            elif below.get("meta:xdmType") in TYPES and not CONSTRAINTS & set(below):
                self.leaves.append(((*path, name), below))

    def takes(self, field, path, name):
        return name in field.get("required", []) or (*path, name) in self.chosen

    def members(self, field, path):
        return {name: self.kind(below, (*path, name)) for name, below in field["properties"].items() if self.takes(field, path, name)}

    def kind(self, field, path):
        if field["type"] == "array":
            item = field["items"]
            return pa.list_(self.kind(item, (*path, "[]")) if item["type"] != "object" else pa.struct(
                [(name, TYPES[below["meta:xdmType"]]) for name, below in item["properties"].items() if below.get("meta:xdmType") in TYPES][:1]))
        if field["type"] == "object":
            return pa.struct(list(self.members(field, path).items()))
        return TYPES[field["meta:xdmType"]]

    def struct(self, field, path, i):
        return {name: self.value(below, (*path, name), i, name in field.get("required", []))
                for name, below in field["properties"].items() if self.takes(field, path, name)}

    def value(self, field, path, i, required):
        if field["type"] == "array":
            return []
        if field["type"] == "object":
            return self.struct(field, path, i)
        if not required and (i + len(path)) % 5 == 0:
            return None
        moment = BEGIN + datetime.timedelta(milliseconds=1001 * i)
        return {"string": field.get("enum", [f"{path[-1]} {i}"])[0], "number": i / 4, "boolean": i % 2 == 0, "date": moment.date(),
                "date-time": moment}.get(field["meta:xdmType"], i % 100)

    def parquet(self):
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(self.rows, schema=self.schema), sink, row_group_size=20)
        return sink.getvalue()


@pytest.fixture(scope="module", params=["experience event", "analytics"])
def filled(request, lake, schemas, reader, record_testsuite_property):
    """(leaves of the schema, table name, sample)"""
    schema_id, container, count = schemas[request.param]
    tree = lake.ask("GET", f"{REGISTRY}/{container}/schemas/{urllib.parse.quote_plus(schema_id)}", headers={"Accept": FULL}).json()
    sample = Sample(tree, step=40)
    begun = time.monotonic()
    dataset = lake.dataset(f"{request.param} for {reader.name}", schema_id)
    created = time.monotonic()
    lake.load(dataset, {"part.parquet": sample.parquet()})
    loaded = time.monotonic()
    record_testsuite_property(f"{request.param}: dataset created, file active (s)", f"{created - begun:.2f}, {loaded - created:.2f}")
    assert created - begun < 60 and loaded - created < 60
    return count, lake.table_name(dataset), sample


def test_all_columns_are_there_and_some_have_values(filled, reader, iceberg_catalog):
    count, table, sample = filled
    assert leaves(iceberg_catalog.load_table(("prod", table)).schema().fields) == count
    assert len(sample.schema) > 5 and sample.deepest > 8
    rows = {row["_id"]: row for row in reader.rows(table)}
    assert len(rows) == ROWS
    comparison = Comparison(rebuilds_lists=reader.name == "pyiceberg")
    kinds = {field.name: field.type for field in sample.schema}
    for mine in sample.rows:
        comparison.fields(kinds, mine, rows[mine["_id"]], "")


def test_filters_on_it(filled, reader):
    _, table, sample = filled
    wanted = sorted(row["_id"] for row in sample.rows if row["timestamp"] >= BEGIN + datetime.timedelta(seconds=30))
    found = reader.rows(table, iceberg="timestamp >= '2026-03-01T00:00:30+00:00'", sql="timestamp >= timestamptz '2026-03-01 00:00:30+00'",
                        columns=["_id", "timestamp"])
    assert sorted(row["_id"] for row in found) == wanted and 0 < len(wanted) < ROWS
