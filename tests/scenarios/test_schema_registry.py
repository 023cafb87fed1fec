"""The schema registry over HTTP: what a client makes, finds, lists and resolves, and how it is told what is wrong."""

import subprocess
import urllib.parse

import pytest

from support.lake import ADHOC, REGISTRY

PROFILE = "https://ns.adobe.com/xdm/context/profile"
LIST = "application/vnd.adobe.xed-id+json"
RAW = "application/vnd.adobe.xed+json; version=1"
FULL = "application/vnd.adobe.xed-full+json; version=1"


def get(lake, path, accept):
    return lake.send("GET", REGISTRY + path, headers={"Accept": accept})


def look_up(lake, path, resource_id, accept=RAW):
    return get(lake, f"{path}/{urllib.parse.quote_plus(resource_id)}", accept)


def make(lake, kind, body):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def tenant(server):
    return server.credentials["tenantId"]


@pytest.fixture(scope="module")
def group(lake, tenant):
    return make(lake, "fieldgroups", {
        "type": "object", "title": "Loyalty", "description": "d", "meta:intendedToExtend": [PROFILE],
        "definitions": {"customFields": {"type": "object", "properties": {f"_{tenant}": {"type": "object", "properties": {
            "tier": {"type": "string", "title": "Tier", "enum": ["gold", "silver"]}}}}}},
        "allOf": [{"$ref": "#/definitions/customFields"}]})


@pytest.fixture(scope="module")
def schema(lake, group):
    return make(lake, "schemas", {"type": "object", "title": "Members", "description": "d",
                                  "allOf": [{"$ref": PROFILE}, {"$ref": group["$id"]}]})


def test_a_schema_comes_back_with_what_the_server_sets(lake, server, tenant, group, schema):
    assert schema["$id"].startswith(f"https://ns.adobe.com/{tenant}/schemas/")
    assert schema["meta:altId"] == f"_{tenant}.schemas." + schema["$id"].rsplit("/", 1)[1]
    assert schema["version"] == "1.0"
    assert schema["meta:class"] == PROFILE
    assert {PROFILE, group["$id"], "https://ns.adobe.com/xdm/data/record"} <= set(schema["meta:extends"])
    assert schema["imsOrg"] == server.credentials["orgId"]
    assert schema["meta:registryMetadata"]["repo:createdDate"] > 1_700_000_000_000
    assert group["meta:resourceType"] == "mixins"


@pytest.mark.parametrize("name", ["$id", "meta:altId"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_resource_is_found_by_both_ids(lake, schema, name, slash):
    answer = get(lake, f"/tenant/schemas/{urllib.parse.quote_plus(schema[name])}{slash}", RAW)
    assert answer.status_code == 200, answer.text
    assert answer.json() == schema


def test_field_groups_have_two_names(lake, group):
    for path in ("/tenant/fieldgroups", "/tenant/mixins"):
        assert look_up(lake, path, group["$id"]).json() == group
        assert [entry["title"] for entry in get(lake, path + "/", LIST).json()["results"]] == ["Loyalty"]


def test_full_is_one_tree(lake, tenant, schema):
    tree = look_up(lake, "/tenant/schemas", schema["$id"], FULL).json()
    assert "allOf" not in tree and "definitions" not in tree
    assert tree["title"] == "Members"
    assert tree["properties"]["personID"]["meta:xdmField"] == "xdm:personID"
    assert tree["properties"]["_repo"]["properties"]["createDate"]["meta:xdmType"] == "date-time"
    assert tree["properties"][f"_{tenant}"]["properties"]["tier"]["enum"] == ["gold", "silver"]
    without_text = look_up(lake, "/tenant/schemas", schema["$id"], "application/vnd.adobe.xed-full-notext+json; version=1").json()
    assert "title" not in without_text
    assert "title" not in without_text["properties"][f"_{tenant}"]["properties"]["tier"]


def test_the_global_library_is_there_and_read_only(lake):
    for kind in ("classes", "fieldgroups", "mixins", "datatypes", "behaviors"):
        page = get(lake, f"/global/{kind}", LIST).json()
        assert page["results"], kind
        assert page["_page"] == {"orderby": "title", "next": None, "count": len(page["results"])}
        assert all(set(entry) == {"$id", "meta:altId", "version", "title"} for entry in page["results"])
    raw = look_up(lake, "/global/classes", PROFILE).json()
    assert raw["meta:altId"] == "_xdm.context.profile" and raw["meta:containerId"] == "global"
    assert "personID" in raw["definitions"]["profile"]["properties"]
    assert lake.send("POST", f"{REGISTRY}/global/classes", json={}).status_code == 405
    assert look_up(lake, "/tenant/classes", PROFILE).status_code == 404


def test_lists_page_by_title(lake):
    titles = [f"zPaged {letter}" for letter in "bdaec"]
    for title in titles:
        make(lake, "datatypes", {"title": title, "type": "object", "properties": {"x": {"type": "string"}}})
    seen, start = [], "zPaged"
    while start is not None:
        page = get(lake, "/tenant/datatypes?orderby=title&limit=2&start=" + urllib.parse.quote(start), LIST).json()
        seen += [entry["title"] for entry in page["results"]]
        start = page["_page"]["next"]
        assert (page["_links"]["next"] is None) == (start is None)
    assert seen == sorted(titles)
    page = get(lake, "/tenant/datatypes?orderby=-title&limit=3", LIST).json()
    assert [entry["title"] for entry in page["results"]] == ["zPaged e", "zPaged d", "zPaged c"]
    followed = lake.session.get(page["_links"]["next"]["href"], headers={"Accept": LIST}, timeout=60).json()
    assert [entry["title"] for entry in followed["results"]] == ["zPaged b", "zPaged a"]


ACCEPTS = [
    # path, Accept, code
    ("/tenant/schemas", "application/json", "XDM-1006-400"),
    ("/tenant/schemas", RAW, "XDM-1006-400"),
    ("/tenant/schemas/x", "application/json", "XDM-1007-400"),
    ("/tenant/schemas/x", "application/vnd.adobe.xed+json", "XDM-1007-400"),
    ("/tenant/schemas/x", LIST, "XDM-1007-400"),
    ("/tenant/schemas/x", RAW, "XDM-1012-404"),
    ("/tenant/schemas/" + urllib.parse.quote_plus("https://ns.adobe.com/x/schemas/0"), FULL, "XDM-1012-404"),
]


@pytest.mark.parametrize("path, accept, code", ACCEPTS)
def test_refusals_have_the_registrys_shape(lake, path, accept, code):
    answer = get(lake, path, accept)
    body = answer.json()
    assert answer.status_code == body["status"] == int(code[-3:])
    assert body["type"] == "http://ns.adobe.com/aep/errors/" + code
    assert set(body["report"]) == {"registryRequestId", "timestamp", "detailed-message", "sub-errors"}
    assert body["title"] and body["detail"]


BODIES = [
    # kind, body, what the detail names
    ("schemas", {"type": "object", "title": "t", "allOf": [{"$ref": "https://nowhere"}]}, "https://nowhere"),
    ("schemas", {"type": "object", "title": "t", "allOf": []}, "class"),
    ("schemas", {"type": "object", "allOf": [{"$ref": PROFILE}]}, "title"),
    ("schemas", {"type": "object", "title": "Loyalty", "allOf": [{"$ref": PROFILE}]}, "Loyalty"),
    ("fieldgroups", {"type": "object", "title": "t", "meta:intendedToExtend": [PROFILE],
                     "allOf": [{"properties": {"mine": {"type": "string"}}}]}, "mine"),
    ("classes", {"type": "object", "title": "t", "allOf": []}, "behaviour"),
]


@pytest.mark.parametrize("kind, body, named", BODIES)
def test_a_bad_resource_is_refused_by_name(lake, group, kind, body, named):
    answer = lake.send("POST", f"{REGISTRY}/tenant/{kind}", json=body)
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["detail"]


def test_what_is_no_json_is_refused(lake):
    answer = lake.send("POST", f"{REGISTRY}/tenant/schemas", data="{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert "byte" in answer.json()["detail"]


def test_curl_as_people_type_it(server, lake):
    """Its default form type on JSON, and a list."""
    headers = [part for name, value in server.headers().items() for part in ("-H", f"{name}: {value}")]
    made = subprocess.run(["curl", "-s", *headers, server.url + REGISTRY + "/tenant/datatypes",
                           "-d", '{"title": "Typed by hand", "type": "object"}'], capture_output=True, text=True, check=True, timeout=60)
    assert '"title":"Typed by hand"' in made.stdout, made.stdout


def test_ad_hoc_columns_are_at_the_root(lake):
    schema_id = lake.adhoc_schema("Rows of mine", {"order-id": {"type": "integer"}, "a:b": {"type": "string"}})
    tree = look_up(lake, "/tenant/schemas", schema_id, FULL).json()
    assert list(tree["properties"]["_adhoc"]["properties"]) == ["order-id", "a:b"]
    assert ADHOC in tree["meta:extends"]


def test_resources_outlive_a_restart(own_server):
    server, lake = own_server()
    schema_id = lake.adhoc_schema("Kept", {"x": {"type": "string"}})
    server.kill()
    server.start()
    assert look_up(server.lake(), "/tenant/schemas", schema_id).status_code == 200
