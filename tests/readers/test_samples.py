"""The sample datasets beside the repository: made through the API with their own schemas, loaded, and read back with equal values."""

import json

import pyarrow.parquet as pq
import pytest

from support.comparison import Comparison, leaves
from support.lake import REGISTRY
from support.server import Server
from support.shared import SHARED, needs_shared

pytestmark = needs_shared

TENANT = "acmelake"
FIELD_GROUPS = ("fieldgroup-acme-loyalty-member.json", "fieldgroup-acme-session.json")
# schema, its leaves, the files that one batch each brings
DATASETS = {
    "loyalty-members.json": (218, ["profile/loyalty-members-120.snappy.parquet", "profile/loyalty-members-600.zstd.parquet"]),
    "web-events.json": (381, ["event/web-events-150.snappy.parquet", "event/web-events-60-all-columns.zstd.parquet"]),
}


LIBRARIES = ("built-in library", "public library")


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """One of each library. The samples' fields stand below their own tenant's namespace."""
    made = {}

    def get(library):
        if library not in made:
            made[library] = Server(tmp_path_factory.mktemp("server") / "lake", env={"LAKEGATE_TENANT": TENANT})
            if library == "public library":
                ran = made[library].run("xdm", "import", SHARED / "xdm")
                assert ran.returncode == 0, ran.stdout + ran.stderr
        return made[library]

    get.datasets = {}
    yield get
    for server in made.values():
        server.close()


@pytest.fixture(scope="module", params=LIBRARIES)
def library(request):
    return request.param


@pytest.fixture(scope="module")
def server(library, servers):
    return servers(library)


def post(lake, kind, document):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()["$id"]


def read_schema(name):
    return json.loads((SHARED / "samples/schemas" / name).read_text(encoding="utf-8"))


def make_datasets(lake):
    ids = {}
    for name in FIELD_GROUPS:
        group = read_schema(name)
        ids[group["$id"]] = post(lake, "fieldgroups", group)
    made = {}
    for name, (_, files) in DATASETS.items():
        schema = read_schema(name)
        parts = [{"$ref": ids.get(part["$ref"], part["$ref"])} for part in schema["allOf"]]
        made[name] = lake.dataset(schema["title"], post(lake, "schemas", {**schema, "allOf": parts}))
        for file in files:
            batch = lake.load(made[name], {file: (SHARED / "samples" / file).read_bytes()})
            assert lake.batch(batch)["recordCount"] == pq.read_metadata(SHARED / "samples" / file).num_rows
    return made


@pytest.fixture(scope="module")
def datasets(library, servers, lake):
    """{schema file: dataset}"""
    if library not in servers.datasets:
        servers.datasets[library] = make_datasets(lake)
    return servers.datasets[library]


def take_equal(comparison, kinds, mine, candidates):
    """Removes the one of the rows read that is equal; ids may repeat, and be null."""
    differences = []
    for at, seen in enumerate(candidates):
        try:
            comparison.fields(kinds, mine, seen, "")
        except AssertionError as difference:
            differences.append(str(difference))
        else:
            del candidates[at]
            return
    pytest.fail(f"no row read is {mine['_id']}: " + "; ".join(differences[:5]))


@pytest.mark.parametrize("name", DATASETS)
def test_columns(datasets, lake, iceberg_catalog, name):
    schema = iceberg_catalog.load_table(("prod", lake.table_name(datasets[name]))).schema()
    assert leaves(schema.fields) == DATASETS[name][0]


@pytest.mark.parametrize("name", DATASETS)
def test_every_value_comes_back(datasets, lake, reader, name):
    rows = reader.rows(lake.table_name(datasets[name]))
    by_id = {}
    for row in rows:
        by_id.setdefault(row["_id"], []).append(row)
    comparison = Comparison(rebuilds_lists=reader.name == "pyiceberg")
    expected = 0
    for file in DATASETS[name][1]:
        table = pq.read_table(SHARED / "samples" / file)
        kinds = {field.name: field.type for field in table.schema}
        for mine in table.to_pylist():
            expected += 1
            take_equal(comparison, kinds, mine, by_id[mine["_id"]])
    assert len(rows) == expected
    if name == "web-events.json":
        assert any(path.endswith(("POIDetail", "poiDetail")) for path in comparison.twins), comparison.twins


@pytest.mark.parametrize("name, file", [(name, file) for name, (_, files) in DATASETS.items() for file in files])
def test_each_file_is_kept_as_it_was_sent(datasets, server, lake, name, file):
    content = (SHARED / "samples" / file).read_bytes()
    assert any(path.read_bytes().startswith(content) for path in server.data_files(lake.table_name(datasets[name])))
