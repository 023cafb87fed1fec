"""`lakegate xdm import`: a library of global resources comes in, comes in again, and tells what it could not take."""

import json
import os
import pty
import shutil
import subprocess
import time
import urllib.parse

import pytest

from support import files
from support.lake import CATALOG, REGISTRY
from support.server import Server
from support.shared import SHARED, needs_shared

DONE, REFUSED, USAGE, _, UNREACHABLE = range(5)
PROFILE = "https://ns.adobe.com/xdm/context/profile"
RECORD = "https://ns.adobe.com/xdm/data/record"
NAME = "https://ns.adobe.com/xdm/context/person-name"  # built in
LIST = "application/vnd.adobe.xed-id+json"
RAW = "application/vnd.adobe.xed+json; version=1"
FULL = "application/vnd.adobe.xed-full+json; version=1"


class Tree:
    """A library of few resources in the public model's form."""

    def __init__(self, folder):
        self.folder = folder
        self.write("components/datatypes/size.schema.json", self.size("xdm:width", "xdm:height"))
        self.write("components/classes/box.schema.json", {
            "$id": "https://ns.example.org/classes/box", "title": "Box", "type": "object",
            "definitions": {"box": {"properties": {"xdm:size": {"$ref": "https://ns.example.org/size"}, "@id": {"type": "string"}}}},
            "allOf": [{"$ref": RECORD}, {"$ref": "#/definitions/box"}]})
        self.write("components/fieldgroups/box/colour.schema.json", {
            "$id": "https://ns.example.org/mixins/colour", "title": "Colour", "type": "object",
            "meta:intendedToExtend": ["https://ns.example.org/classes/box"],
            "definitions": {"colour": {"properties": {"xdm:colour": {"type": "string"}}}},
            "allOf": [{"$ref": "#/definitions/colour"}]})
        self.write("schemas/boxes.schema.json", {
            "$id": "https://ns.example.org/schemas/boxes", "title": "Boxes", "type": "object",
            "allOf": [{"$ref": "https://ns.example.org/classes/box"}, {"$ref": "https://ns.example.org/mixins/colour"}]})
        self.write("components/datatypes/name.schema.json", {
            "$id": NAME, "title": "Name of the example", "type": "object", "properties": {"xdm:all": {"type": "string"}}})
        self.write("components/datatypes/size.example.1.json", {"xdm:width": 1})
        self.write("archived/old.schema.json", {"$id": "https://ns.example.org/old", "title": "Old", "type": "object"})

    @staticmethod
    def size(*names):
        return {"$id": "https://ns.example.org/size", "title": "Size", "type": "object",
                "properties": {name: {"type": "number"} for name in names}}

    def write(self, name, document):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path / "tree")


@pytest.fixture
def fresh(own_server):
    return own_server()


def counts(**more):
    return {"created": 0, "replaced": 0, "updated": 0, "unchanged": 0, "refused": 0, **more}


def run_import(server, folder, status=DONE):
    ran = server.run("xdm", "import", folder, "--json")
    assert ran.returncode == status, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def look_up(lake, kind, resource_id, accept=RAW):
    return lake.send("GET", f"{REGISTRY}/global/{kind}/{urllib.parse.quote_plus(resource_id)}", headers={"Accept": accept})


def all_titles(lake, kind, limit, order="title"):
    """Follows the pages. [(title, $id)]"""
    found, address = [], f"{lake.url}{REGISTRY}/global/{kind}?orderby={order}&limit={limit}"
    while address:
        page = lake.session.get(address, headers={"Accept": LIST}, timeout=60).json()
        found += [(entry["title"], entry["$id"]) for entry in page["results"]]
        address = (page["_links"]["next"] or {}).get("href")
    return found


# -- a small library ------------------------------------------------------------------------------------------------------


def test_a_library_comes_in_and_again(fresh, tree):
    server, lake = fresh
    ran = server.run("xdm", "import", tree.folder)
    assert ran.returncode == DONE, ran.stderr
    table = {line.split()[0]: [int(cell) for cell in line.split()[1:]] for line in ran.stdout.splitlines()[1:]}
    assert ran.stdout.split()[:6] == ["TYPE", "CREATED", "REPLACED", "UPDATED", "UNCHANGED", "REFUSED"]
    assert table == {"classes": [1, 0, 0, 0, 0], "datatypes": [1, 1, 0, 0, 0], "mixins": [1, 0, 0, 0, 0],
                     "schemas": [1, 0, 0, 0, 0], "all": [4, 1, 0, 0, 0]}
    assert "imported 5 of 5 resources" in ran.stderr and "\x1b" not in ran.stderr

    again = run_import(server, tree.folder)
    assert again["documents"] == 5 and again["counts"] == counts(unchanged=5) and again["refused"] == []
    assert again["types"]["datatypes"] == counts(unchanged=2)
    assert look_up(lake, "schemas", "https://ns.example.org/schemas/boxes").json()["version"] == "1.0"

    full = look_up(lake, "schemas", "https://ns.example.org/schemas/boxes", FULL).json()
    assert set(full["properties"]) >= {"size", "colour", "_id"}
    assert look_up(lake, "datatypes", NAME).json()["title"] == "Name of the example"
    assert look_up(lake, "datatypes", "_ns.example.org.size").json()["meta:containerId"] == "global"
    assert look_up(lake, "datatypes", "https://ns.example.org/old").status_code == 404
    listed = json.loads(server.run("schema", "list", "--global", "--json").stdout)
    assert len({entry["$id"] for entry in listed}) == len(listed)
    assert [entry["title"] for entry in listed if entry["$id"] == NAME] == ["Name of the example"]


def test_a_change_makes_a_version_and_datasets_keep_what_they_pinned(fresh, tree):
    server, lake = fresh
    run_import(server, tree.folder)
    before = lake.dataset("Before", "https://ns.example.org/schemas/boxes")
    tree.write("components/datatypes/size.schema.json", Tree.size("xdm:width", "xdm:depth"))
    assert run_import(server, tree.folder)["counts"] == counts(unchanged=4, updated=1)
    size = look_up(lake, "datatypes", "https://ns.example.org/size").json()
    assert size["version"] == "1.1" and set(size["properties"]) == {"width", "depth"}
    after = lake.dataset("After", "https://ns.example.org/schemas/boxes")

    catalog = server.iceberg_catalog()
    names = {dataset: [field.name for field in catalog.load_table(("prod", lake.table_name(dataset))).schema().find_field("size").field_type.fields]
             for dataset in (before, after)}
    assert names == {before: ["width", "height"], after: ["width", "depth"]}


def test_ready_made_schemas_take_data(fresh, tree):
    import pyarrow as pa

    server, lake = fresh
    run_import(server, tree.folder)
    dataset = lake.dataset("Boxes", "https://ns.example.org/schemas/boxes")
    schema = pa.schema([("_id", pa.string()), ("size", pa.struct([("width", pa.float64())])), ("colour", pa.string())])
    lake.load(dataset, {"a.parquet": files.parquet({"_id": ["a"], "size": [{"width": 1.5}], "colour": ["red"]}, schema)})
    (row,) = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset))).scan().to_arrow().to_pylist()
    assert row["colour"] == "red" and row["size"]["width"] == 1.5


def test_circles_come_in_and_are_cut_where_they_close(fresh, tree):
    import pyarrow as pa

    server, lake = fresh
    tree.write("components/datatypes/branch.schema.json", {
        "$id": "https://ns.example.org/branch", "title": "Branch", "type": "object", "properties": {
            "xdm:label": {"type": "string"}, "xdm:leaves": {"type": "array", "items": {"$ref": "https://ns.example.org/leaf"}}}})
    tree.write("components/datatypes/leaf.schema.json", {
        "$id": "https://ns.example.org/leaf", "title": "Leaf", "type": "object", "properties": {
            "xdm:colour": {"type": "string"}, "xdm:on": {"$ref": "https://ns.example.org/branch"}}})
    tree.write("schemas/trees.schema.json", {
        "$id": "https://ns.example.org/schemas/trees", "title": "Trees", "type": "object",
        "definitions": {"tree": {"properties": {"xdm:top": {"$ref": "https://ns.example.org/branch"}}}},
        "allOf": [{"$ref": "https://ns.example.org/classes/box"}, {"$ref": "#/definitions/tree"}]})
    assert run_import(server, tree.folder)["counts"] == counts(created=7, replaced=1)
    dataset = lake.dataset("Trees", "https://ns.example.org/schemas/trees")
    leaf = pa.struct([("colour", pa.string())])
    schema = pa.schema([("_id", pa.string()), ("top", pa.struct([("label", pa.string()), ("leaves", pa.list_(leaf))]))])
    top = {"label": "a", "leaves": [{"colour": "green"}, {"colour": "red"}]}
    lake.load(dataset, {"a.parquet": files.parquet({"_id": ["1"], "top": [top]}, schema)})
    (row,) = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset))).scan().to_arrow().to_pylist()
    assert row["top"] == top


def test_a_circle_that_is_too_large(fresh, tree):
    server, _ = fresh
    for n in range(101):
        tree.write(f"extensions/ring/{n:03}.schema.json", {
            "$id": f"https://ns.example.org/ring/{n}", "title": f"Ring {n}", "type": "object",
            "properties": {"xdm:next": {"$ref": f"https://ns.example.org/ring/{(n + 1) % 101}"}, "xdm:a": {"type": "string"}}})
    report = run_import(server, tree.folder, REFUSED)
    assert report["counts"] == counts(created=4, replaced=1, refused=101)
    assert all("101 documents" in one["reason"] and "extensions/ring/000.schema.json" in one["reason"] for one in report["refused"])
    for n in range(60, 101):
        (tree.folder / f"extensions/ring/{n:03}.schema.json").unlink()
    tree.write("extensions/ring/059.schema.json", {
        "$id": "https://ns.example.org/ring/59", "title": "Ring 59", "type": "object", "properties": {"xdm:next": {"$ref": "https://ns.example.org/ring/0"}}})
    assert run_import(server, tree.folder)["counts"] == counts(created=60, unchanged=5)


@needs_shared
def test_the_archive_of_the_public_library(fresh, tmp_path):
    """What is no longer loaded, with its circles, patterns that look ahead, and a reference to nowhere."""
    server, lake = fresh
    run_import(server, SHARED / "xdm")
    (tmp_path / "old/extensions").mkdir(parents=True)
    (tmp_path / "old/extensions/old").symlink_to(SHARED / "xdm/archived", target_is_directory=True)
    assert server.run("xdm", "import", tmp_path / "old").returncode == REFUSED  # links are not followed
    (tmp_path / "old/extensions/old").unlink()
    shutil.copytree(SHARED / "xdm/archived", tmp_path / "old/extensions/old")
    report = run_import(server, tmp_path / "old", REFUSED)
    assert report["counts"] == counts(created=113, refused=16)
    reasons = {one["$id"].rsplit("/", 1)[1]: one["reason"] for one in report["refused"]}
    assert "look" in reasons["object"] and "opportunity-crm" in reasons["opportunity-marketo"]
    assert "object" in reasons["activity"] and "eventenvelope" in reasons["created"]
    layer_group = next(one for one in all_titles(lake, "datatypes", 300) if one[1].endswith("/layer-group"))[1]
    assert "properties" in look_up(lake, "datatypes", layer_group, FULL).json()


BAD_FILES = [
    ("components/datatypes/broken.schema.json", '{"$id": "https://ns.example.org/x",', "not JSON at byte"),
    ("components/datatypes/list.schema.json", "[1]", "not an object"),
    ("components/datatypes/nameless.schema.json", {"title": "x", "type": "object"}, "$id"),
    ("components/datatypes/twin.schema.json", Tree.size("xdm:width"), "components/datatypes/size.schema.json"),
    ("components/datatypes/untitled.schema.json", {"$id": "https://ns.example.org/x", "type": "object"}, "title"),
    ("components/datatypes/dangling.schema.json", {"$id": "https://ns.example.org/x", "title": "x", "allOf": [{"$ref": "https://ns.example.org/none"}]},
     "https://ns.example.org/none"),
    ("components/datatypes/clash.schema.json", {"$id": "https://ns.example.org/x", "title": "x", "allOf": [
        {"$ref": "https://ns.example.org/size"}, {"properties": {"xdm:width": {"type": "string"}}}]}, "width"),
    ("components/datatypes/type.schema.json", {"$id": "https://ns.example.org/x", "title": "x", "properties": {"xdm:a": {"type": "text"}}}, "text"),
]


@pytest.mark.parametrize("name, document, says", BAD_FILES, ids=[row[0].split("/")[-1].split(".")[0] for row in BAD_FILES])
def test_a_bad_file_is_named_and_the_others_come_in(fresh, tree, name, document, says):
    server, lake = fresh
    tree.write(name, document)
    report = run_import(server, tree.folder, REFUSED)
    assert report["counts"] == counts(created=4, replaced=1, refused=1)
    (refused,) = report["refused"]
    assert refused["file"] == name and says in refused["reason"] and refused["code"]
    assert look_up(lake, "datatypes", "https://ns.example.org/x").status_code == 404
    shown = server.run("xdm", "import", tree.folder)
    assert shown.returncode == REFUSED
    line = next(line for line in shown.stdout.splitlines() if line.startswith(name))
    assert says in line and refused["code"] in line


def test_what_rests_on_a_bad_file_is_refused_with_it(fresh, tree):
    server, lake = fresh
    tree.write("components/datatypes/size.schema.json", "{")
    report = run_import(server, tree.folder, REFUSED)
    assert report["counts"] == counts(created=1, replaced=1, refused=3)  # the field group rests on nothing of it
    reasons = {one["file"]: one["reason"] for one in report["refused"]}
    assert "https://ns.example.org/size" in reasons["components/classes/box.schema.json"]
    assert "https://ns.example.org/classes/box" in reasons["schemas/boxes.schema.json"]
    tree.write("components/datatypes/size.schema.json", Tree.size("xdm:width"))
    assert run_import(server, tree.folder)["counts"] == counts(created=3, unchanged=2)


@pytest.mark.parametrize("folder, says", [("none", "is no folder"), ("file", "is no folder"), (".", "components, extensions, schemas"), ("empty", "*.schema.json")])
def test_what_is_no_library_is_refused(fresh, tmp_path, folder, says):
    server, _ = fresh
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty/components").mkdir(parents=True)
    ran = server.run("xdm", "import", tmp_path / folder)
    assert ran.returncode == REFUSED and not ran.stdout
    assert says in ran.stderr and str(tmp_path / folder) in ran.stderr


def test_no_server(server, tree, free_port):
    ran = server.run("xdm", "import", tree.folder, env={"LAKEGATE_URL": f"http://127.0.0.1:{free_port}"})
    assert ran.returncode == UNREACHABLE and f"127.0.0.1:{free_port}" in ran.stderr and not ran.stdout
    assert server.run("xdm", "import").returncode == USAGE


def test_each_org_has_its_own(fresh, tree):
    server, lake = fresh
    run_import(server, tree.folder)
    created = server.run("org", "create", "Other", "--json")
    other = server.lake(json.loads(created.stdout))
    assert look_up(other, "datatypes", "https://ns.example.org/size").status_code == 404
    assert look_up(other, "datatypes", NAME).json()["title"] != "Name of the example"


def test_a_line_that_grows_on_a_terminal(server, tree):
    primary, secondary = pty.openpty()
    server.run("token")  # writes the credentials of this home
    home = server.folder.with_name(server.folder.name + ".home")
    environment = server.environment(HOME=str(home), LAKEGATE_URL=server.url, TERM="xterm", LAKEGATE_CREDENTIALS=str(home / "credentials.json"))
    process = subprocess.run([str(server.program), "xdm", "import", str(tree.folder)], env=environment, stdout=subprocess.PIPE,
                             stderr=secondary, text=True, timeout=60, check=False)
    os.close(secondary)
    shown = os.read(primary, 65536)
    os.close(primary)
    assert process.returncode == DONE
    assert b"[########################] 5 of 5 resources" in shown and shown.endswith(b"\r\x1b[K")


# -- the route ------------------------------------------------------------------------------------------------------------


def post(lake, body, **headers):
    return lake.send("POST", "/admin/xdm/resources", json=body, headers=headers)


BUNDLES = [
    ([], "resources"), ({}, "resources"), ({"resources": 1}, "resources"), ({"resources": [1]}, "resources[0]"),
    ({"resources": [{"document": {"$id": "https://x/1"}}, {"document": []}]}, "resources[1]"),
    ({"resources": [{"type": "tables", "document": {}}]}, "tables"),
    ({"resources": [{"document": {"$id": "https://x/1"}}, {"document": {"$id": "https://x/1"}}]}, "https://x/1"),
    ({"resources": [{"document": {"$id": f"https://x/{n}"}} for n in range(101)]}, "at most 100"),
]


@pytest.mark.parametrize("body, says", BUNDLES)
def test_bundles_that_make_no_sense(lake, body, says):
    answer = post(lake, body)
    assert answer.status_code == 400 and says in answer.json()["detail"], answer.text


def test_an_answer_that_was_lost_comes_again(lake):
    body = {"resources": [{"document": {"$id": "https://ns.example.org/again", "title": "Again", "type": "object"}}]}
    first = post(lake, body, **{"Idempotency-Key": "one"})
    assert first.json()["results"] == [{"$id": "https://ns.example.org/again", "type": "datatypes", "outcome": "created", "version": "1.0"}]
    assert post(lake, body, **{"Idempotency-Key": "one"}).text == first.text
    assert post(lake, body).json()["counts"] == counts(unchanged=1)


def test_at_the_same_time(lake):
    """Two clients import other documents of the same resources: one after the other, each version once."""
    from concurrent.futures import ThreadPoolExecutor

    def bundle(client):
        return {"resources": [{"document": {"$id": f"https://ns.example.org/race/{n}", "title": f"{client}", "type": "object"}} for n in range(20)]}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: post(lake, bundle(client)), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    versions = sorted(result["version"] for answer in answers for result in answer.json()["results"])
    assert versions == sorted(["1.0", "1.1", "1.2", "1.3"] * 20)


@pytest.mark.parametrize("point, created", [("resources.prepared", 5), ("resources.imported", 0)])
def test_a_crash_on_the_way(own_server, tree, point, created):
    server, _ = own_server(crash_points=True)
    server.restart({"LAKEGATE_CRASH_AT": point})
    ran = server.run("xdm", "import", tree.folder)
    assert ran.returncode == UNREACHABLE and "the same command takes up the others" in ran.stderr
    server.wait_until_gone()
    server.start()
    report = run_import(server, tree.folder)
    assert report["counts"]["created"] + report["counts"]["replaced"] == created
    assert report["counts"]["refused"] == 0


# -- the public library -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("library") / "lake")
    begun = time.monotonic()
    report = run_import(server, SHARED / "xdm")
    yield server, server.lake(), report, time.monotonic() - begun
    server.close()


@needs_shared
def test_the_public_library_comes_in(library):
    server, lake, report, seconds = library
    assert report["refused"] == []
    assert report["documents"] == 819
    assert report["counts"]["created"] + report["counts"]["replaced"] == 819
    assert {kind: sum(row.values()) for kind, row in report["types"].items()} == {
        "behaviors": 3, "classes": 95, "datatypes": 301, "mixins": 393, "schemas": 27}
    assert seconds < 60
    assert run_import(server, SHARED / "xdm")["counts"] == counts(unchanged=819)


@needs_shared
@pytest.mark.parametrize("order", ["title", "-title"])
@pytest.mark.parametrize("limit", [1, 50, 300])
def test_its_lists_page(library, order, limit):
    _, lake, report, _ = library
    built_in_only = 0
    for kind, total in (("classes", 95), ("fieldgroups", 393), ("datatypes", 301)):
        if limit == 1 and kind != "classes":
            continue
        found = all_titles(lake, kind, limit, order)
        assert len({resource_id for _, resource_id in found}) == len(found)
        titles = [title for title, _ in found]
        assert titles == sorted(titles, reverse=order == "-title")
        built_in_only += len(found) - total
    assert built_in_only == 0  # all that is built in has its counterpart


@needs_shared
def test_every_ready_made_schema_makes_a_dataset(library):
    _, lake, _, _ = library
    for title, schema_id in all_titles(lake, "schemas", 300):
        dataset = lake.dataset(f"Of {title}", schema_id)
        assert lake.send("DELETE", f"{CATALOG}/dataSets/{dataset}").status_code == 200
