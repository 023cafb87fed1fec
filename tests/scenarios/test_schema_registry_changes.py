"""PUT, PATCH and DELETE of the schema registry: what may change, what may not once data rests on it, and how tables follow.

Tables of cases are named after the rows of the contract ("Endpoints", "Resources", "Evolution").
"""

import concurrent.futures
import io
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.lake import ADHOC, REGISTRY

PROFILE = "https://ns.adobe.com/xdm/context/profile"
RECORD = "https://ns.adobe.com/xdm/data/record"
RAW = {"Accept": "application/vnd.adobe.xed+json; version=1"}
FULL = {"Accept": "application/vnd.adobe.xed-full+json; version=1"}


def address(kind, resource_id, container="tenant"):
    return f"{REGISTRY}/{container}/{kind}/{urllib.parse.quote_plus(resource_id)}"


def make(lake, kind, body):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def patch(lake, kind, resource_id, *operations, **more):
    return lake.send("PATCH", address(kind, resource_id), json=list(operations), **more)


def parquet(rows, schema=None):
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    return sink.getvalue()


class Maker:
    """Resources with titles of their own."""

    def __init__(self, lake, tenant):
        self.lake, self.tenant, self.count = lake, tenant, 0

    def title(self, what):
        self.count += 1
        return f"{what} {self.count}"

    def fields(self, properties):
        return {"type": "object", "properties": {f"_{self.tenant}": {"type": "object", "properties": properties}}}

    def class_(self, properties, behavior=RECORD):
        return make(self.lake, "classes", {"type": "object", "title": self.title("Class"), "description": "d",
                                           "allOf": [{"$ref": behavior}, self.fields(properties)]})

    def group(self, properties, classes):
        return make(self.lake, "fieldgroups", {
            "type": "object", "title": self.title("Group"), "description": "d", "meta:intendedToExtend": classes,
            "definitions": {"customFields": self.fields(properties)}, "allOf": [{"$ref": "#/definitions/customFields"}]})

    def type(self, properties):
        return make(self.lake, "datatypes", {"type": "object", "title": self.title("Type"), "description": "d",
                                             "properties": properties})

    def schema(self, *parts, **more):
        return make(self.lake, "schemas", {"type": "object", "title": self.title("Schema"), "description": "d",
                                           "allOf": [{"$ref": part} for part in parts], **more})


@pytest.fixture(scope="module")
def maker(lake, server):
    return Maker(lake, server.credentials["tenantId"])


CHANGES = [
    # name, kind, PATCH, (version afterwards, the changed member)
    ("PATCH title", "schemas", {"op": "replace", "path": "/title", "value": "Another title of mine"}, "title"),
    ("PATCH description", "schemas", {"op": "add", "path": "/description", "value": "new"}, "description"),
    ("PATCH class", "classes", {"op": "add", "path": "/description", "value": "new"}, "description"),
    ("PATCH data type", "datatypes", {"op": "add", "path": "/properties/b", "value": {"type": "number"}}, "properties"),
    ("PATCH field group", "fieldgroups", {"op": "add", "path": "/description", "value": "new"}, "description"),
    ("PATCH mixin", "mixins", {"op": "add", "path": "/description", "value": "new"}, "description"),
]


@pytest.mark.parametrize("name, kind, operation, member", CHANGES, ids=[c[0] for c in CHANGES])
def test_patch_answers_the_resource_with_the_next_version(lake, maker, name, kind, operation, member):
    made = {"schemas": lambda: maker.schema(PROFILE), "classes": lambda: maker.class_({"a": {"type": "string"}}),
            "datatypes": lambda: maker.type({"a": {"type": "string"}}),
            "fieldgroups": lambda: maker.group({"a": {"type": "string"}}, [PROFILE]),
            "mixins": lambda: maker.group({"a": {"type": "string"}}, [PROFILE])}[kind]()
    answer = patch(lake, kind, made["$id"], operation)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["version"] == "1.1" and changed["$id"] == made["$id"] and changed["meta:altId"] == made["meta:altId"]
    assert changed[member] != made.get(member)
    before, after = made["meta:registryMetadata"], changed["meta:registryMetadata"]
    assert after["repo:createdDate"] == before["repo:createdDate"]
    assert after["repo:lastModifiedDate"] >= before["repo:lastModifiedDate"]
    assert after["eTag"] != before["eTag"]
    assert lake.ask("GET", address(kind, made["meta:altId"]) + "/", headers=RAW).json() == changed


def test_adding_a_field_group_is_two_adds(lake, maker):
    group = maker.group({"tier": {"type": "string"}}, [PROFILE])
    schema = maker.schema(PROFILE)
    add = [{"op": "add", "path": "/meta:extends/-", "value": group["$id"]},
           {"op": "add", "path": "/allOf/-", "value": {"$ref": group["$id"], "type": "object", "meta:xdmType": "object"}}]
    changed = patch(lake, "schemas", schema["$id"], *add).json()
    assert changed["version"] == "1.1" and changed["meta:extends"].count(group["$id"]) == 1
    again = patch(lake, "schemas", schema["$id"], *add)
    assert again.status_code == 200 and again.json() == changed, "sent again it changes nothing"
    tree = lake.ask("GET", address("schemas", schema["$id"]), headers=FULL).json()
    assert tree["properties"][f"_{maker.tenant}"]["properties"]["tier"]["type"] == "string"


def test_put_replaces_all_that_a_post_says(lake, maker):
    schema = maker.schema(PROFILE)
    body = {"type": "object", "title": schema["title"], "description": "as put", "allOf": [{"$ref": PROFILE}],
            "$id": "https://somebody/else", "version": "9.9", "imsOrg": "x"}
    put = lake.send("PUT", address("schemas", schema["$id"]), json=body)
    assert put.status_code == 200, put.text
    assert (put.json()["$id"], put.json()["version"], put.json()["description"]) == (schema["$id"], "1.1", "as put")
    assert lake.send("PUT", address("schemas", schema["$id"]), json=body).json() == put.json()
    assert lake.send("PUT", address("schemas", schema["$id"]), json={"type": "object", "title": "x"}).status_code == 400


def test_delete_answers_204_and_nothing(lake, maker):
    for kind, made in (("schemas", maker.schema(PROFILE)), ("classes", maker.class_({"a": {"type": "string"}})),
                       ("fieldgroups", maker.group({"a": {"type": "string"}}, [PROFILE])), ("datatypes", maker.type({}))):
        answer = lake.send("DELETE", address(kind, made["$id"]))
        assert (answer.status_code, answer.content) == (204, b"")
        gone = lake.send("DELETE", address(kind, made["$id"]))
        assert gone.status_code == 404 and gone.json()["type"].endswith("XDM-1012-404")
        assert lake.send("GET", address(kind, made["$id"]), headers=RAW).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_global_resources_are_read_only(lake, method):
    assert lake.send(method, address("classes", PROFILE, "global"), json=[]).status_code == 405
    assert lake.send(method, address("classes", PROFILE), json={} if method == "PUT" else []).status_code == 404


BAD_PATCHES = [
    # name, body, what the detail names
    ("no array", {"op": "add"}, "array"),
    ("unknown operation", [{"op": "adds", "path": "/title", "value": "x"}], "adds"),
    ("no such place", [{"op": "remove", "path": "/nowhere"}], "/nowhere"),
    ("nothing left", [{"op": "replace", "path": "", "value": []}], "object"),
    ("null", [{"op": "add", "path": "/description", "value": None}], "/description"),
    ("no class", [{"op": "remove", "path": "/allOf/0"}], "class"),
    ("unknown reference", [{"op": "add", "path": "/allOf/-", "value": {"$ref": "https://nowhere"}}], "https://nowhere"),
    ("outside of the namespace", [{"op": "add", "path": "/properties", "value": {"mine": {"type": "string"}}}], "mine"),
    ("failed test", [{"op": "test", "path": "/title", "value": "x"}], "test"),
]


@pytest.mark.parametrize("name, body, named", BAD_PATCHES, ids=[b[0] for b in BAD_PATCHES])
def test_a_bad_patch_changes_nothing(lake, maker, name, body, named):
    schema = maker.schema(PROFILE)
    answer = lake.send("PATCH", address("schemas", schema["$id"]), json=body)
    assert answer.status_code in (400, 409), answer.text
    assert named in answer.json()["detail"]
    assert lake.ask("GET", address("schemas", schema["$id"]), headers=RAW).json() == schema


def test_titles_are_unique_across_types(lake, maker):
    schema, data_type = maker.schema(PROFILE), maker.type({})
    answer = patch(lake, "datatypes", data_type["$id"], {"op": "replace", "path": "/title", "value": schema["title"]})
    assert answer.status_code == 400 and schema["$id"] in answer.json()["detail"]


def test_a_field_group_goes_with_its_classes_alone(lake, maker):
    mine = maker.class_({"a": {"type": "string"}})
    group = maker.group({"b": {"type": "string"}}, [mine["$id"]])
    schema = maker.schema(PROFILE)
    answer = patch(lake, "schemas", schema["$id"], {"op": "add", "path": "/allOf/-", "value": {"$ref": group["$id"]}})
    assert answer.status_code == 400
    for part in (group["$id"], mine["$id"], PROFILE):
        assert part in answer.json()["detail"]
    using = maker.schema(mine["$id"], group["$id"])
    narrowed = patch(lake, "fieldgroups", group["$id"], {"op": "replace", "path": "/meta:intendedToExtend", "value": [PROFILE]})
    assert narrowed.status_code == 400 and using["$id"] in narrowed.json()["detail"]


def test_what_rests_on_it_must_still_resolve(lake, maker):
    one = maker.group({"x": {"type": "string"}}, [PROFILE])
    two = maker.group({"y": {"type": "string"}}, [PROFILE])
    schema = maker.schema(PROFILE, one["$id"], two["$id"])
    answer = patch(lake, "fieldgroups", two["$id"], {
        "op": "add", "path": f"/definitions/customFields/properties/_{maker.tenant}/properties/x", "value": {"type": "number"}})
    assert answer.status_code == 400, answer.text
    assert schema["$id"] in answer.json()["detail"] and f"_{maker.tenant}.x" in answer.json()["detail"]


def test_if_match_takes_the_etag(lake, maker):
    schema = maker.schema(PROFILE)
    etag = lake.ask("GET", address("schemas", schema["$id"]), headers=RAW).headers["ETag"]
    assert etag == f'"{schema["meta:registryMetadata"]["eTag"]}"'
    change = {"op": "add", "path": "/description", "value": "first"}
    stale = {"If-Match": '"0"'}
    assert patch(lake, "schemas", schema["$id"], change, headers=stale).status_code == 412
    assert lake.send("DELETE", address("schemas", schema["$id"]), headers=stale).status_code == 412
    changed = patch(lake, "schemas", schema["$id"], change, headers={"If-Match": f'"0", {etag}'})
    assert changed.status_code == 200
    assert patch(lake, "schemas", schema["$id"], change, headers={"If-Match": etag}).status_code == 412
    assert lake.send("DELETE", address("schemas", schema["$id"]), headers={"If-Match": changed.headers["ETag"]}).status_code == 204


def test_patches_at_the_same_time_all_count(lake, maker):
    data_type = maker.type({"a": {"type": "string"}})
    def add(i):
        return patch(lake, "datatypes", data_type["$id"], {"op": "add", "path": f"/properties/f{i}", "value": {"type": "string"}}).status_code
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert set(pool.map(add, range(12))) == {200}
    after = lake.ask("GET", address("datatypes", data_type["$id"]), headers=RAW).json()
    assert after["version"] == "1.12" and len(after["properties"]) == 13


def test_a_post_may_be_sent_again_with_its_key(lake, maker):
    body = {"type": "object", "title": maker.title("Once"), "allOf": [{"$ref": PROFILE}]}
    first, second = (lake.send("POST", f"{REGISTRY}/tenant/schemas", json=body, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    assert lake.send("POST", f"{REGISTRY}/tenant/schemas", json={**body, "title": "Other"},
                     headers={"Idempotency-Key": "one"}).status_code == 422


# -- Evolution -----------------------------------------------------------------------------------------------------------

BASE = {"name": {"type": "string", "maxLength": 9}, "level": {"type": "integer", "minimum": 0, "maximum": 100},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "place": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}}}
ARROW = pa.struct([("name", pa.string()), ("level", pa.int32()), ("kind", pa.string()),
                   ("place", pa.struct([("city", pa.string()), ("zip", pa.string())])),
                   ("lines", pa.list_(pa.struct([("sku", pa.string())])))])
ROWS = [{"name": "n", "level": 1, "kind": "a", "place": {"city": "c", "zip": "z"}, "lines": [{"sku": "s"}]}]

EVOLUTION = [
    # name, operation below the namespace's properties, path that the refusal names (None: allowed)
    ("new field", ("add", "/fresh", {"type": "string"}), None),
    ("new field in a struct", ("add", "/place/properties/fresh", {"type": "string"}), None),
    ("new field in a list's items", ("add", "/lines/items/properties/fresh", {"type": "number"}), None),
    ("wider bounds", ("replace", "/level/maximum", 1000), None),
    ("more values", ("add", "/kind/enum/-", "c"), None),
    ("another text", ("add", "/name/title", "The name"), None),
    ("removal", ("remove", "/name", None), "name"),
    ("removal in a struct", ("remove", "/place/properties/zip", None), "place.zip"),
    ("rename", ("move", "/renamed", "/name"), "name"),
    ("retyping", ("replace", "/name", {"type": "number"}), "name"),
    ("retyping in a list", ("replace", "/lines/items/properties/sku", {"type": "integer"}), "lines[].sku"),
    ("moving", ("move", "/place/properties/name", "/name"), "name"),
    ("narrower bounds", ("replace", "/level/maximum", 50), "level"),
    ("fewer values", ("remove", "/kind/enum/0", None), "kind"),
    ("shorter texts", ("replace", "/name/maxLength", 5), "name"),
]


def below(tenant, operation):
    op, path, value = operation
    start = f"/definitions/customFields/properties/_{tenant}/properties"
    made = {"op": op, "path": start + path}
    return {**made, "from": start + value} if op == "move" else made if op == "remove" else {**made, "value": value}


@pytest.fixture(scope="module")
def in_use(lake, maker):
    """(group, schema, dataset) with a row."""
    class_ = maker.class_({"key": {"type": "string"}})
    group = maker.group(BASE, [class_["$id"]])
    schema = maker.schema(class_["$id"], group["$id"])
    dataset = lake.dataset("Schema in use", schema["$id"])
    lake.load(dataset, {"a.parquet": parquet([{f"_{maker.tenant}": row} for row in ROWS], pa.schema([(f"_{maker.tenant}", ARROW)]))})
    return group, schema, dataset


@pytest.mark.parametrize("name, operation, refused", EVOLUTION, ids=[e[0] for e in EVOLUTION])
def test_a_schema_with_data_only_grows(lake, maker, in_use, name, operation, refused):
    group, _, dataset = in_use
    answer = patch(lake, "fieldgroups", group["$id"], below(maker.tenant, operation))
    if refused is None:
        assert answer.status_code == 200, answer.text
        return
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].endswith("LG-1405-400")
    assert f'"_{maker.tenant}.{refused}"' in answer.json()["detail"] and dataset in answer.json()["detail"]


@pytest.mark.parametrize("name, operation, refused", EVOLUTION, ids=[e[0] for e in EVOLUTION])
def test_without_data_it_may_become_anything(lake, maker, name, operation, refused):
    class_ = maker.class_({"key": {"type": "string"}})
    group = maker.group(BASE, [class_["$id"]])
    schema = maker.schema(class_["$id"], group["$id"])
    dataset = lake.dataset(f"Unused, {name}", schema["$id"])
    answer = patch(lake, "fieldgroups", group["$id"], below(maker.tenant, operation))
    assert answer.status_code == 200, answer.text
    table = lake_table(lake, dataset)
    tree = lake.ask("GET", address("schemas", schema["$id"]), headers=FULL).json()
    assert names(table) == names_of(tree["properties"])


def lake_table(lake, dataset):
    answer = lake.session.get(f"{lake.url}/iceberg/v1/namespaces/prod/tables/{lake.table_name(dataset)}", timeout=60).json()
    metadata = answer["metadata"]
    return next(one for one in metadata["schemas"] if one["schema-id"] == metadata["current-schema-id"])


def names(struct):
    def of(kind):
        if isinstance(kind, str):
            return kind if kind in ("string",) else ""
        return names(kind) if kind["type"] == "struct" else [of(kind["element"])]
    return {field["name"]: of(field["type"]) for field in struct["fields"]}


def names_of(properties):
    def of(field):
        if "properties" in field:
            return names_of(field["properties"])
        return [of(field["items"])] if "items" in field else "string" if field["meta:xdmType"] == "string" else ""
    return {name: of(field) for name, field in properties.items() if "properties" in field or field.get("meta:xdmType") not in (None, "object") }


def test_a_field_group_more_is_a_column_more(lake, maker, iceberg_catalog, server):
    class_ = maker.class_({"key": {"type": "string"}})
    schema = maker.schema(class_["$id"])
    dataset = lake.dataset("Grows", schema["$id"])
    own = f"_{maker.tenant}"
    lake.load(dataset, {"a.parquet": parquet([{own: {"key": "old"}}])})
    open_before = lake.create_batch(dataset)
    before = lake_table(lake, dataset)

    group = maker.group({"note": {"type": "string"}}, [class_["$id"]])
    assert patch(lake, "schemas", schema["$id"], {"op": "add", "path": "/allOf/-", "value": {"$ref": group["$id"]}}).status_code == 200
    after = lake_table(lake, dataset)
    assert after["schema-id"] > before["schema-id"]
    old, new = (next(field for field in table["fields"] if field["name"] == own) for table in (before, after))
    assert new["id"] == old["id"] and new["type"]["fields"][:-1] == old["type"]["fields"]
    assert new["type"]["fields"][-1]["name"] == "note" and new["type"]["fields"][-1]["id"] > old["type"]["fields"][-1]["id"]

    lake.load(dataset, {"b.parquet": parquet([{own: {"key": "new", "note": "n"}}])})
    # A batch of before is judged by what it pinned.
    lake.put(open_before, dataset, "c.parquet", parquet([{own: {"key": "late", "note": "n"}}]))
    lake.act(open_before, "COMPLETE")
    assert "note" in lake.wait(open_before, "failed")["errors"][0]["description"]
    rows = iceberg_catalog.load_table(("prod", lake.table_name(dataset))).scan().to_arrow().to_pylist()
    assert sorted((row[own]["key"], row[own]["note"]) for row in rows) == [("new", "n"), ("old", None)]

    server.kill()
    server.start()
    again = server.lake()
    assert lake_table(again, dataset) == after
    lake.url, lake.session = again.url, again.session


def test_a_new_required_field_binds_new_batches(lake, maker):
    class_ = maker.class_({"key": {"type": "string"}})
    schema = maker.schema(class_["$id"])
    dataset = lake.dataset("Requires more", schema["$id"])
    own = f"_{maker.tenant}"
    lake.load(dataset, {"a.parquet": parquet([{own: {"key": "old"}}])})
    group = make(lake, "fieldgroups", {
        "type": "object", "title": maker.title("Group"), "meta:intendedToExtend": [class_["$id"]],
        "allOf": [{"properties": {own: {"type": "object", "required": ["must"], "properties": {"must": {"type": "string"}}}}}]})
    assert patch(lake, "schemas", schema["$id"], {"op": "add", "path": "/allOf/-", "value": {"$ref": group["$id"]}}).status_code == 200
    lake.load(dataset, {"b.parquet": parquet([{own: {"key": "new", "must": "m"}}])})
    batch = lake.send_files(dataset, {"c.parquet": parquet([{own: {"key": "new"}}])})
    assert "must" in lake.wait(batch, "failed")["errors"][0]["description"]


def test_the_union_tag_stays_and_locks(lake, maker):
    class_ = maker.class_({"key": {"type": "string"}})
    group = maker.group({"a": {"type": "string"}}, [class_["$id"]])
    schema = maker.schema(class_["$id"], group["$id"])
    tagged = patch(lake, "schemas", schema["$id"], {"op": "add", "path": "/meta:immutableTags", "value": ["union"]})
    assert tagged.status_code == 200 and tagged.json()["meta:immutableTags"] == ["union"]
    for refused in (patch(lake, "schemas", schema["$id"], {"op": "remove", "path": "/meta:immutableTags"}),
                    lake.send("PUT", address("schemas", schema["$id"]), json={"title": schema["title"], "allOf": schema["allOf"]}),
                    patch(lake, "fieldgroups", group["$id"], below(maker.tenant, ("remove", "/a", None)))):
        assert refused.status_code == 400 and refused.json()["type"].endswith("LG-1405-400"), refused.text
    assert patch(lake, "fieldgroups", group["$id"], below(maker.tenant, ("add", "/b", {"type": "string"}))).status_code == 200
    assert lake.send("DELETE", address("schemas", schema["$id"])).status_code == 409


def test_what_is_referred_to_is_not_deleted(lake, maker):
    data_type = maker.type({"x": {"type": "string"}})
    class_ = maker.class_({"t": {"$ref": data_type["$id"]}})
    group = maker.group({"a": {"type": "string"}}, [class_["$id"]])
    schema = maker.schema(class_["$id"], group["$id"])
    dataset = lake.dataset("Needs its schema", schema["$id"])
    order = [("datatypes", data_type, class_["$id"]), ("fieldgroups", group, schema["$id"]), ("classes", class_, schema["$id"]),
             ("schemas", schema, dataset)]
    for kind, resource, referrer in order:
        answer = lake.send("DELETE", address(kind, resource["$id"]))
        assert answer.status_code == 409 and referrer in answer.json()["detail"], answer.text
        assert answer.json()["type"].endswith("LG-1406-409")
    assert lake.send("DELETE", f"/data/foundation/catalog/dataSets/{dataset}").status_code == 200
    for kind, resource in (("schemas", schema), ("fieldgroups", group), ("classes", class_), ("datatypes", data_type)):
        assert lake.send("DELETE", address(kind, resource["meta:altId"])).status_code == 204


def test_ad_hoc_schemas_grow_too(lake):
    class_ = make(lake, "classes", {"type": "object", "title": "Grows ad hoc class", "description": "d",
                                    "allOf": [{"$ref": ADHOC}, {"properties": {"_adhoc": {"type": "object", "properties": {
                                        "id": {"type": "integer"}}}}}]})
    schema = make(lake, "schemas", {"type": "object", "title": "Grows ad hoc", "allOf": [{"$ref": class_["$id"]}]})
    dataset = lake.dataset("Grows ad hoc", schema["$id"])
    lake.load(dataset, {"a.parquet": parquet([{"id": 1}], pa.schema([("id", pa.int32())]))})
    added = patch(lake, "classes", class_["$id"], {"op": "add", "path": "/allOf/1/properties/_adhoc/properties/name", "value": {"type": "string"}})
    assert added.status_code == 200, added.text
    assert [field["name"] for field in lake_table(lake, dataset)["fields"]] == ["id", "name"]
    removed = patch(lake, "classes", class_["$id"], {"op": "remove", "path": "/allOf/1/properties/_adhoc/properties/id"})
    assert removed.status_code == 400 and '"id"' in removed.json()["detail"] and dataset in removed.json()["detail"]
