"""Lists, unions, stats and /rpc of the schema registry, named after the contract's rows."""

import io
import json
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.lake import ADHOC, REGISTRY

PROFILE = "https://ns.adobe.com/xdm/context/profile"
EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
RAW = {"Accept": "application/vnd.adobe.xed+json; version=1"}
FULL = {"Accept": "application/vnd.adobe.xed-full+json; version=1"}
PLACEHOLDER = "<XDM_TENANTID_PLACEHOLDER>"


def quoted(text):
    return urllib.parse.quote_plus(text)


def make(lake, kind, body):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def listed(lake, path, **parameters):
    answer = lake.send("GET", REGISTRY + path, params=parameters, headers={"Accept": "application/vnd.adobe.xed+json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(page):
    return [entry["title"] for entry in page["results"]]


@pytest.fixture(scope="module")
def own(server):
    return "_" + server.credentials["tenantId"]


@pytest.fixture(scope="module")
def family(lake, own):
    """A data type in a class, a field group of the class, schemas of both; one has the tag."""
    data_type = make(lake, "datatypes", {"type": "object", "title": "F type", "properties": {"x": {"type": "string"}}})
    class_ = make(lake, "classes", {"type": "object", "title": "F class", "allOf": [
        {"$ref": "https://ns.adobe.com/xdm/data/record"},
        {"properties": {own: {"type": "object", "properties": {"t": {"$ref": data_type["$id"]}}}}}]})
    group = make(lake, "fieldgroups", {
        "type": "object", "title": "F group", "meta:intendedToExtend": [class_["$id"]],
        "definitions": {"customFields": {"type": "object", "properties": {own: {"type": "object", "required": ["g"], "properties": {
            "g": {"type": "string"}}}}}}, "allOf": [{"$ref": "#/definitions/customFields"}]})
    plain = make(lake, "schemas", {"type": "object", "title": "F plain", "allOf": [{"$ref": class_["$id"]}]})
    tagged = make(lake, "schemas", {"type": "object", "title": "F tagged", "meta:immutableTags": ["union"],
                                    "allOf": [{"$ref": class_["$id"]}, {"$ref": group["$id"]}]})
    return {"type": data_type, "class": class_, "group": group, "plain": plain, "tagged": tagged}


PROPERTIES = [
    # path, property, titles
    ("/tenant/schemas", "title==F plain", ["F plain"]),
    ("/tenant/schemas", "title!=F plain", ["F tagged"]),
    ("/tenant/schemas", "title~plain$", ["F plain"]),
    ("/tenant/schemas", "title>F plain", ["F tagged"]),
    ("/tenant/schemas", "title<=F plain", ["F plain"]),
    ("/tenant/schemas", "meta:immutableTags==union", ["F tagged"]),
    ("/tenant/schemas", "meta:immutableTags", ["F tagged"]),
    ("/tenant/schemas", "meta:class=={class}", ["F plain", "F tagged"]),
    ("/tenant/schemas", "meta:extends=={group}", ["F tagged"]),
    ("/tenant/fieldgroups", "meta:intendedToExtend=={class}", ["F group"]),
    ("/tenant/mixins", "meta:intendedToExtend==https://nobody", []),
    ("/tenant/schemas", ["meta:class=={class}", "title==F plain"], ["F plain"]),
    ("/tenant/schemas", "meta:class=={class},title==F plain", ["F plain"]),
    ("/tenant/schemas", "meta:registryMetadata.repo:createdDate>1700000000000", ["F plain", "F tagged"]),
]


@pytest.mark.parametrize("path, condition, expected", PROPERTIES, ids=[str(p[1]) for p in PROPERTIES])
def test_property_chooses(lake, family, path, condition, expected):
    def fill(text):
        return text.replace("{class}", family["class"]["$id"]).replace("{group}", family["group"]["$id"])
    wanted = [fill(one) for one in condition] if isinstance(condition, list) else fill(condition)
    assert titles(listed(lake, path, property=wanted)) == expected


def test_bad_parameters_are_refused_by_name(lake):
    for parameters in ({"property": "=="}, {"property": "title~("}, {"limit": "501"}, {"limit": "x"}, {"orderby": "a,b,c,d,e"}):
        answer = lake.send("GET", REGISTRY + "/tenant/schemas", params=parameters, headers={"Accept": "application/vnd.adobe.xed-id+json"})
        assert answer.status_code == 400 and next(iter(parameters)) in answer.json()["detail"], answer.text


def test_pages_keep_their_filter_and_their_order(lake):
    for n in range(9):
        made = make(lake, "datatypes", {"title": f"P {n}", "description": f"group {n % 3}", "type": "object"})
        if n == 4:
            lake.ask("PATCH", f"{REGISTRY}/tenant/datatypes/{quoted(made['$id'])}", json=[{"op": "add", "path": "/properties", "value": {}}])

    def walk(**parameters):
        seen, page = [], listed(lake, "/tenant/datatypes", limit=2, **parameters)
        while True:
            seen += titles(page)
            if page["_page"]["next"] is None:
                assert page["_links"]["next"] is None
                return seen
            page = lake.session.get(page["_links"]["next"]["href"], headers={"Accept": "application/vnd.adobe.xed+json"}, timeout=60).json()
    assert walk(property="title~^P") == [f"P {n}" for n in range(9)]
    assert walk(property="title~^P", orderby="-title") == [f"P {n}" for n in range(8, -1, -1)]
    assert walk(property="title~^P", orderby="description,-title") == [f"P {n}" for n in (6, 3, 0, 7, 4, 1, 8, 5, 2)]
    assert walk(property="title~^P", orderby="-version,title")[0] == "P 4"


def test_a_union_is_made_of_what_has_the_tag(lake, own, family):
    union_id = family["class"]["$id"] + "__union"
    page = listed(lake, "/tenant/unions")
    assert [one["$id"] for one in page["results"]] == [union_id] and page["_page"]["next"] is None
    for path in ("unions", "schemas"):
        for name in (union_id, family["class"]["meta:altId"] + "__union"):
            raw = lake.ask("GET", f"{REGISTRY}/tenant/{path}/{quoted(name)}", headers=RAW).json()
            assert raw["$id"] == union_id and raw["meta:resourceType"] == "unions" and raw["meta:class"] == family["class"]["$id"]
            full = lake.ask("GET", f"{REGISTRY}/tenant/{path}/{quoted(name)}", headers={"Accept": "application/vnd.adobe.xdm-full+json; version=1"}).json()
            assert {"identityMap", "timeSeriesEvents", "segmentMembership"} <= set(full["properties"])
            assert set(full["properties"][own]["properties"]) == {"t", "g"}
    assert lake.send("GET", f"{REGISTRY}/tenant/unions/{quoted(EVENT + '__union')}", headers=RAW).status_code == 404
    assert lake.send("POST", f"{REGISTRY}/tenant/unions", json={}).status_code == 405


def test_stats_count_and_name(lake, server, family):
    stats = lake.ask("GET", REGISTRY + "/stats/").json()
    assert stats["imsOrg"] == server.credentials["orgId"] and stats["tenantId"] == server.credentials["tenantId"]
    assert stats["counts"]["schemas"] == 2 and stats["counts"]["unions"] == 1 and stats["counts"]["mixins"] == 1
    assert [one["title"] for one in stats["classUsage"][family["class"]["$id"]]] == ["F plain", "F tagged"]
    assert stats["recentlyCreatedResources"] and stats["recentlyUpdatedResources"][0]["version"]


def test_export_has_dependencies_first_and_the_placeholder(lake, server, family):
    exported = lake.ask("GET", f"{REGISTRY}/rpc/export/{quoted(family['tagged']['$id'])}").json()
    assert [one["title"] for one in exported] == ["F type", "F class", "F group", "F tagged"]
    text = json.dumps(exported)
    tenant = server.credentials["tenantId"]
    assert f"adobe.com/{tenant}/" not in text and f'"_{tenant}"' not in text and f'"_{tenant}.' not in text
    assert f"_{PLACEHOLDER}" in exported[-2]["definitions"]["customFields"]["properties"]
    assert lake.send("GET", f"{REGISTRY}/rpc/export/{quoted('https://nowhere')}").status_code == 404


@pytest.mark.parametrize("path", ["/rpc/import", "/rpc/export/"])
def test_import_takes_what_export_gives(lake, family, own_server, path):
    exported = lake.ask("GET", f"{REGISTRY}/rpc/export/{quoted(family['tagged']['meta:altId'])}").json()
    server, other = own_server(env={"LAKEGATE_TENANT": "elsewhere"})
    first = other.ask("POST", REGISTRY + path, json=exported)
    assert first.status_code == 200
    taken = first.json()
    assert [one["title"] for one in taken] == [one["title"] for one in exported]
    assert all("/elsewhere/" in one["$id"] and one["meta:tenantNamespace"] == "_elsewhere" for one in taken)
    tree = other.ask("GET", f"{REGISTRY}/tenant/schemas/{quoted(taken[-1]['$id'])}", headers=FULL).json()
    assert set(tree["properties"]["_elsewhere"]["properties"]) == {"t", "g"}
    assert other.ask("POST", REGISTRY + path, json=exported).json() == taken, "sent again it changes nothing"


BAD_IMPORTS = [
    # name, documents, what the detail names
    ("nothing", [], "0"),
    ("no type", [{"$id": f"https://ns.adobe.com/{PLACEHOLDER}/classes/1", "title": "t"}], "meta:resourceType"),
    ("another's id", [{"$id": "https://ns.adobe.com/other/datatypes/1", "meta:resourceType": "datatypes", "title": "t"}], "other"),
    ("title taken", [{"$id": f"https://ns.adobe.com/{PLACEHOLDER}/datatypes/1", "meta:resourceType": "datatypes", "title": "F type"}], "F type"),
    ("two titles", [{"meta:resourceType": "datatypes", "title": "same"}] * 2, "same"),
    ("missing dependency", [{"meta:resourceType": "datatypes", "title": "needs", "properties": {"x": {"$ref": "https://nowhere"}}}], "https://nowhere"),
]


@pytest.mark.parametrize("name, documents, named", BAD_IMPORTS, ids=[b[0] for b in BAD_IMPORTS])
def test_a_bad_import_changes_nothing(lake, family, name, documents, named):
    before = lake.ask("GET", REGISTRY + "/stats").json()["counts"]
    good = {"meta:resourceType": "datatypes", "title": f"good beside {name}", "type": "object"}
    answer = lake.send("POST", REGISTRY + "/rpc/import", json=[good, *documents] if documents else [])
    assert answer.status_code == 400 and answer.json()["type"].endswith("XDM-3005-400"), answer.text
    assert named in answer.json()["detail"]
    assert lake.ask("GET", REGISTRY + "/stats").json()["counts"] == before


def test_the_audit_log_has_each_change(lake, server):
    made = make(lake, "datatypes", {"title": "Audited", "type": "object"})
    at = f"{REGISTRY}/tenant/datatypes/{quoted(made['$id'])}"
    lake.ask("PATCH", at, json=[{"op": "add", "path": "/description", "value": "d"}])
    lake.ask("DELETE", at)
    trail = lake.ask("GET", f"{REGISTRY}/rpc/auditlog/{quoted(made['$id'])}").json()
    assert [one["action"] for one in trail] == ["delete", "update", "create"]
    assert trail[1]["updates"] == [{"id": made["$id"], "xdmType": "datatypes", "action": "add", "path": "/description", "value": "d"}]
    assert trail[1]["imsOrg"] == server.credentials["orgId"] and trail[1]["requestId"] and trail[1]["clientId"]
    assert lake.send("GET", f"{REGISTRY}/rpc/auditlog/{quoted('https://nowhere')}").status_code == 404


SAMPLED = {
    "text": {"type": "string", "minLength": 12, "maxLength": 14}, "short": {"type": "string", "maxLength": 3},
    "code": {"type": "string", "pattern": "^[A-Z]{3}-\\d{2,4}$"}, "mail": {"type": "string", "pattern": "^[^@\\s]+@[a-z]+\\.(com|org)$"},
    "long": {"type": "string", "pattern": "^(ab|c)+$", "minLength": 7},
    "pick": {"type": "string", "enum": ["one", "two"]}, "day": {"type": "string", "format": "date"}, "at": {"type": "string", "format": "date-time"},
    "low": {"type": "integer", "minimum": -20, "maximum": -10}, "high": {"type": "integer", "minimum": 500, "maximum": 9007199254740991},
    "ratio": {"type": "number", "exclusiveMinimum": 0.25, "maximum": 0.5}, "flag": {"type": "boolean"},
    "list": {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "string"}},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "deep": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string", "minLength": 1}}},
}


def arrow(field):
    kind = field["meta:xdmType"]
    if kind == "object":
        return pa.struct([(name, arrow(below)) for name, below in field["properties"].items()])
    if kind == "array":
        return pa.list_(arrow(field["items"]))
    if kind == "map":
        return pa.map_(pa.string(), arrow(field["additionalProperties"]))
    return {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_(), "long": pa.int64(), "date": pa.date32(),
            "date-time": pa.timestamp("ms", "UTC")}.get(kind, pa.int32())


def fitting(value, kind):
    """JSON's dates and maps as Arrow takes them."""
    import datetime
    if pa.types.is_struct(kind):
        return {field.name: fitting(value[field.name], field.type) for field in kind}
    if pa.types.is_map(kind):
        return list(value.items())
    if pa.types.is_date(kind):
        return datetime.date.fromisoformat(value)
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) if pa.types.is_timestamp(kind) else value


def test_a_sample_passes_our_own_checks(lake):
    class_ = make(lake, "classes", {"type": "object", "title": "Sampled class", "allOf": [
        {"$ref": ADHOC}, {"properties": {"_adhoc": {"type": "object", "required": list(SAMPLED), "properties": SAMPLED}}}]})
    schema = make(lake, "schemas", {"type": "object", "title": "Sampled", "allOf": [{"$ref": class_["$id"]}]})
    sample = lake.ask("GET", f"{REGISTRY}/rpc/sampledata/{quoted(schema['$id'])}").json()["_adhoc"]
    tree = lake.ask("GET", f"{REGISTRY}/tenant/schemas/{quoted(schema['$id'])}", headers=FULL).json()["properties"]["_adhoc"]["properties"]
    assert set(sample) == set(SAMPLED)
    kinds = pa.schema([(name, arrow(tree[name])) for name in SAMPLED])
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{name: fitting(sample[name], kinds.field(name).type) for name in SAMPLED}], schema=kinds), sink)
    lake.load(lake.dataset("Sampled", schema["$id"]), {"sample.parquet": sink.getvalue()})


def test_samples_of_the_library_have_values(lake):
    for resource_id in (PROFILE, EVENT, "https://ns.adobe.com/xdm/context/person"):
        assert lake.ask("GET", f"{REGISTRY}/rpc/sampledata/{quoted(resource_id)}").json()
    assert lake.send("GET", f"{REGISTRY}/rpc/sampledata/{quoted('https://nowhere')}").status_code == 404
