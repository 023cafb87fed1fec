"""Descriptors and unions of the schema registry, named after the contract's rows."""

import re
import urllib.parse

import pytest

from support.lake import REGISTRY

PROFILE = "https://ns.adobe.com/xdm/context/profile"
EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
RAW = {"Accept": "application/vnd.adobe.xed+json; version=1"}
FULL = {"Accept": "application/vnd.adobe.xed-full+json; version=1"}
DESCRIPTORS = REGISTRY + "/tenant/descriptors"


def make(lake, kind, body):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def address(kind, resource_id):
    return f"{REGISTRY}/tenant/{kind}/{urllib.parse.quote_plus(resource_id)}"


@pytest.fixture(scope="module")
def own(server):
    return "_" + server.credentials["tenantId"]


@pytest.fixture(scope="module")
def class_(lake, own):
    return make(lake, "classes", {"type": "object", "title": "Keyed", "allOf": [
        {"$ref": "https://ns.adobe.com/xdm/data/record"},
        {"properties": {own: {"type": "object", "properties": {
            "key": {"type": "string"}, "other": {"type": "string"}, "mail": {"type": "string"}, "third": {"type": "string"},
            "list": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}}}}}}]})


@pytest.fixture(scope="module")
def schemas(lake, class_):
    return [make(lake, "schemas", {"type": "object", "title": f"Described {n}", "allOf": [{"$ref": class_["$id"]}]})["$id"] for n in range(2)]


def body(schema, type_, path, **more):
    named = {key.replace("__", ":"): value for key, value in more.items()}
    return {"@type": type_, "xdm:sourceSchema": schema, "xdm:sourceVersion": 1, "xdm:sourceProperty": path, **named}


def identity(schema, path, **more):
    return body(schema, "xdm:descriptorIdentity", path, **{"xdm__namespace": "Email", "xdm__property": "xdm:code", "xdm__isPrimary": False, **more})


@pytest.fixture(scope="module")
def described(lake, own, schemas):
    """{type: descriptor}, of a relationship and all that it needs."""
    first, second = schemas
    bodies = [
        identity(second, f"/{own}/key", xdm__isPrimary=True),
        body(first, "xdm:descriptorReferenceIdentity", f"/{own}/key", xdm__identityNamespace="Email"),
        body(first, "xdm:descriptorOneToOne", f"/{own}/key", xdm__destinationSchema=second, xdm__destinationVersion=1),
        body(first, "xdm:alternateDisplayInfo", f"/{own}/mail", xdm__title={"en_us": "Mail address"}),
        body(first, "xdm:descriptorDeprecated", f"/{own}/other"),
        body(first, "xdm:descriptorPrimaryKey", [f"/{own}/key", f"/{own}/mail"]),
        body(first, "xdm:descriptorVersion", f"/{own}/mail"),
        body(first, "xdm:descriptorTimestamp", "/_id"),
        body(first, "xdm:descriptorRelationship", f"/{own}/key", xdm__destinationSchema=second, xdm__cardinality="M:1"),
    ]
    return {one["@type"]: make(lake, "descriptors", one) for one in bodies}


def test_a_descriptor_comes_back_with_what_the_server_sets(server, described, schemas):
    made = described["xdm:descriptorIdentity"]
    assert re.fullmatch("[0-9a-f]{40}", made["@id"])
    assert made["meta:containerId"] == "tenant" and made["imsOrg"] == server.credentials["orgId"]
    assert made["created"] == made["updated"] > 1_700_000_000_000 and made["createdUser"]
    assert made["xdm:sourceSchema"] == schemas[1]


def test_a_lookup_needs_no_accept(lake, described):
    for made in described.values():
        assert lake.ask("GET", f"{DESCRIPTORS}/{made['@id']}").json() == made


def listed(lake, form, query=""):
    return lake.ask("GET", DESCRIPTORS + query, headers={"Accept": f"application/vnd.adobe.{form}+json"}).json()


@pytest.mark.parametrize("family", ["xdm", "xed"])
def test_lists_are_grouped_or_flat_by_accept(lake, described, family):
    for suffix, shown in (("", lambda one: one), ("-id", lambda one: one["@id"]), ("-link", lambda one: "/tenant/descriptors/" + one["@id"])):
        groups = listed(lake, family + suffix)
        for type_, made in described.items():
            assert shown(made) in groups[type_]
        flat = listed(lake, f"{family}-v2{suffix}")
        assert flat["_page"]["next"] is None and all(shown(made) in flat["results"] for made in described.values())
        assert sum(map(len, groups.values())) == len(flat["results"]) == flat["_page"]["count"]


def test_grouped_lists_omit_empty_types(lake, own_server):
    _, other = own_server()
    assert listed(other, "xdm") == {}


def test_property_chooses(lake, described, schemas):
    query = "?property=" + urllib.parse.quote("xdm:sourceSchema==" + schemas[1])
    assert list(listed(lake, "xdm-id", query)) == ["xdm:descriptorIdentity"]
    query = "?property=" + urllib.parse.quote("@type==xdm:descriptorOneToOne,xdm:destinationVersion")
    assert listed(lake, "xdm-v2", query)["results"] == [described["xdm:descriptorOneToOne"]]


@pytest.mark.parametrize("accept", ["application/json", "application/vnd.adobe.xdm+json; version=1", "application/vnd.adobe.xed-full+json"])
def test_a_bad_accept_is_xdm_1008(lake, accept):
    answer = lake.send("GET", DESCRIPTORS, headers={"Accept": accept})
    assert answer.status_code == 400 and answer.json()["type"].endswith("XDM-1008-400")


def test_put_answers_the_id_alone(lake, own, schemas):
    made = make(lake, "descriptors", body(schemas[0], "xdm:alternateDisplayInfo", f"/{own}/third", xdm__title={"en_us": "a"}))
    changed = body(schemas[0], "xdm:alternateDisplayInfo", f"/{own}/third", xdm__title={"en_us": "b"})
    answer = lake.send("PUT", f"{DESCRIPTORS}/{made['@id']}", json=changed)
    assert answer.status_code == 200 and answer.json() == {"@id": made["@id"]}
    after = lake.ask("GET", f"{DESCRIPTORS}/{made['@id']}").json()
    assert after["xdm:title"] == {"en_us": "b"} and after["created"] == made["created"] <= after["updated"]
    deleted = lake.send("DELETE", f"{DESCRIPTORS}/{made['@id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        assert lake.send(method, f"{DESCRIPTORS}/{made['@id']}", json=changed).status_code == 404


def test_what_a_relationship_rests_on_is_kept(lake, described):
    for needed in ("xdm:descriptorIdentity", "xdm:descriptorReferenceIdentity"):
        answer = lake.send("DELETE", f"{DESCRIPTORS}/{described[needed]['@id']}")
        assert answer.status_code == 403 and answer.json()["type"].endswith("LG-1409-403")


REWORKED = [
    # name, what it is on, change of it; a relationship rests on it
    ("identity no longer primary", "xdm:descriptorIdentity", {"xdm:isPrimary": False}),
    ("identity of another namespace", "xdm:descriptorIdentity", {"xdm:namespace": "Phone"}),
    ("reference of another namespace", "xdm:descriptorReferenceIdentity", {"xdm:identityNamespace": "Phone"}),
    ("reference elsewhere", "xdm:descriptorReferenceIdentity", {"xdm:sourceProperty": "/{own}/other"}),
    ("reference becomes something else", "xdm:descriptorReferenceIdentity", {"@type": "xdm:descriptorDeprecated"}),
]


@pytest.mark.parametrize("name, needed, change", REWORKED, ids=[r[0] for r in REWORKED])
def test_put_keeps_what_a_relationship_rests_on(lake, own, described, name, needed, change):
    one = described[needed]
    change = {key: value.replace("{own}", own) if isinstance(value, str) else value for key, value in change.items()}
    answer = lake.send("PUT", f"{DESCRIPTORS}/{one['@id']}", json={**one, **change})
    assert answer.status_code == 403 and answer.json()["type"].endswith("LG-1409-403"), answer.text
    assert lake.ask("GET", f"{DESCRIPTORS}/{one['@id']}").json() == one


def test_put_may_change_the_rest_of_what_a_relationship_rests_on(lake, schemas, described):
    one = described["xdm:descriptorIdentity"]
    answer = lake.send("PUT", f"{DESCRIPTORS}/{one['@id']}", json={**one, "xdm:property": "xdm:id"})
    assert answer.status_code == 200, answer.text
    assert lake.send("PUT", f"{DESCRIPTORS}/{one['@id']}", json=one).status_code == 200


BAD = [
    # name, change of a good identity descriptor, what the detail names
    ("unknown type", {"@type": "xdm:descriptorOfMine"}, "xdm:descriptorOfMine"),
    ("no type", {"@type": ""}, "@type"),
    ("no schema", {"xdm:sourceSchema": ""}, "xdm:sourceSchema"),
    ("unknown schema", {"xdm:sourceSchema": "https://nowhere"}, "https://nowhere"),
    ("no version", {"xdm:sourceVersion": 2}, "xdm:sourceVersion"),
    ("no such field", {"xdm:sourceProperty": "/nowhere/at"}, "/nowhere/at"),
    ("properties in the path", {"xdm:sourceProperty": "/{own}/properties/key"}, "properties"),
    ("no path", {"xdm:sourceProperty": "key"}, "xdm:sourceProperty"),
    ("no namespace", {"xdm:namespace": ""}, "xdm:namespace"),
    ("no property", {"xdm:property": "code"}, "xdm:property"),
    ("no flag", {"xdm:isPrimary": "true"}, "xdm:isPrimary"),
    ("null", {"xdm:isPrimary": None}, "xdm:isPrimary"),
    ("second primary", {"xdm:isPrimary": True}, "primary"),
    ("twin", {"xdm:sourceProperty": "/{own}/key"}, "already"),
    ("empty title", {"@type": "xdm:alternateDisplayInfo"}, "xdm:title"),
    ("reference without namespace", {"@type": "xdm:descriptorReferenceIdentity"}, "xdm:identityNamespace"),
    ("relationship without destination", {"@type": "xdm:descriptorOneToOne"}, "xdm:destinationSchema"),
]


@pytest.mark.parametrize("name, change, named", BAD, ids=[b[0] for b in BAD])
def test_a_bad_descriptor_is_refused_by_name(lake, own, schemas, described, name, change, named):
    change = {key: value.replace("{own}", own) if isinstance(value, str) else value for key, value in change.items()}
    answer = lake.send("POST", DESCRIPTORS, json={**identity(schemas[1], f"/{own}/other"), **change})
    assert answer.status_code == 400 and answer.json()["type"].endswith("LG-1408-400"), answer.text
    assert named in answer.json()["detail"]


def test_a_relationship_needs_a_reference_of_the_same_namespace(lake, own, schemas, described):
    relation = body(schemas[0], "xdm:descriptorOneToOne", f"/{own}/mail", xdm__destinationSchema=schemas[1])
    answer = lake.send("POST", DESCRIPTORS, json=relation)
    assert answer.status_code == 400 and "reference identity" in answer.json()["detail"]
    make(lake, "descriptors", body(schemas[0], "xdm:descriptorReferenceIdentity", f"/{own}/mail", xdm__identityNamespace="Phone"))
    answer = lake.send("POST", DESCRIPTORS, json=relation)
    assert answer.status_code == 400 and "Phone" in answer.json()["detail"] and "Email" in answer.json()["detail"]


def test_items_of_lists_are_fields_too(lake, own, schemas):
    for path in (f"/{own}/list[*]/x", f"/{own}/list/x"):
        make(lake, "descriptors", body(schemas[0], "xdm:alternateDisplayInfo", path, xdm__title={"en_us": "x"}))


def test_a_post_may_be_sent_again_with_its_key(lake, own, schemas):
    one = body(schemas[1], "xdm:alternateDisplayInfo", f"/{own}/third", xdm__description={"en_us": "x"})
    first, second = (lake.send("POST", DESCRIPTORS, json=one, headers={"Idempotency-Key": "descriptor"}) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()


def test_descriptors_go_with_their_schema(lake, own, class_):
    schema = make(lake, "schemas", {"type": "object", "title": "Goes", "allOf": [{"$ref": class_["$id"]}]})["$id"]
    made = make(lake, "descriptors", identity(schema, f"/{own}/key"))
    assert lake.send("DELETE", address("schemas", schema)).status_code == 204
    assert lake.send("GET", f"{DESCRIPTORS}/{made['@id']}").status_code == 404


def test_full_views_show_descriptors_where_asked(lake, own, schemas, described):
    at = address("schemas", schemas[0])
    plain = lake.ask("GET", at, headers=FULL).json()
    assert "meta:descriptors" not in plain
    shown = lake.ask("GET", at, headers={"Accept": "application/vnd.adobe.xed-full-desc+json; version=1"}).json()
    assert described["xdm:descriptorOneToOne"] in shown["meta:descriptors"]
    assert described["xdm:descriptorIdentity"] not in shown["meta:descriptors"], "of the other schema"
    assert "meta:status" not in plain["properties"][own]["properties"]["other"]
    marked = lake.ask("GET", at, headers={"Accept": "application/vnd.adobe.xed-deprecatefield+json; version=1"}).json()
    assert marked["properties"][own]["properties"]["other"]["meta:status"] == "deprecated"
    assert "meta:status" not in marked["properties"][own]["properties"]["key"]
