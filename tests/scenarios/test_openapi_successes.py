"""Every operation of docs/openapi.json is answered 2xx once, and each answer on the way is as described there.

What schemathesis makes up is refused mostly, so that it proves little about the bodies of successes.
"""

import pytest
import requests
from schemathesis.core.failures import FailureGroup

from support import files
from support.described import Described, operations
from support.lake import ADHOC, CATALOG, EXPORT, IMPORT, REGISTRY
from support.public_key import PUBLIC_KEY

ELSEWHERE = {"POST /ims/exchange/jwt": "needs a signature: test_jwt_exchange.py"}
PROFILE = "https://ns.adobe.com/xdm/context/profile"
LIST = {"Accept": "application/vnd.adobe.xed-id+json"}
LOOKUPS = [f"application/vnd.adobe.xed{detail}+json; version=1" for detail in ("", "-full", "-notext", "-full-notext", "-full-desc", "-deprecatefield")]


@pytest.fixture(scope="module")
def described():
    return Described()


@pytest.fixture(scope="module")
def call(server, described):
    """`call(METHOD, path, …)`: the answer, which was 2xx and as described."""
    session = server.session()
    session.hooks["response"].append(described)

    def send(method, path, status=None, **more):
        answer = session.request(method, server.url + path, timeout=60, **more)
        assert answer.status_code == status if status else 200 <= answer.status_code < 300, (method, path, answer.text)
        return answer

    return send


def test_server(call, server):
    for path in ("/", "/healthz", "/readyz", "/metrics", "/errors", "/errors/LG-1101-409", "/openapi.json", "/docs", "/docs/page.js", "/docs/swagger-ui-bundle.js",
                 "/docs/swagger-ui.css", "/admin/orgs", "/admin/public-keys"):  # fmt: skip
        answer = call("GET", path)
        if "ETag" in answer.headers:
            call("GET", path, 304, headers={"If-None-Match": answer.headers["ETag"]})
    key = call("POST", "/admin/public-keys", json={"publicKey": PUBLIC_KEY}).json()["keyId"]
    call("GET", "/admin/public-keys")
    call("DELETE", f"/admin/public-keys/{key}")
    issuer = {"issuer": "https://login.example.com/described", "audiences": ["lake"], "tokens": "id", "mappings": [
        {"when": [{"claim": "azp", "oneOf": ["a", "b"]}, {"claim": "groups", "contains": "w"}, {"claim": "level", "equals": 7}],
         "apiKey": server.credentials["apiKey"]}]}
    issuer_id = call("POST", "/admin/issuers", json=issuer).json()["id"]
    call("GET", "/admin/issuers")
    call("GET", f"/admin/issuers/{issuer_id}")
    call("PUT", f"/admin/issuers/{issuer_id}", json={**issuer, "clockSkewSeconds": 5})
    call("POST", "/admin/issuers/test", json={"token": "x.y.z"})
    call("DELETE", f"/admin/issuers/{issuer_id}")
    one = {"$id": "https://ns.adobe.com/xdm/schemas/described", "title": "Described", "type": "object", "allOf": [{"$ref": PROFILE}]}
    assert call("POST", "/admin/xdm/resources", json={"resources": [{"type": "schemas", "document": one}]}).json()["counts"]["created"] == 1


def test_orgs_and_quotas(call):
    made = call("POST", "/admin/orgs", json={"name": "Harbour", "tenant": "harbour"}).json()
    org, quota = f"/admin/orgs/{made['orgId']}", f"/admin/quotas/{made['orgId']}"
    call("GET", org)
    call("PATCH", org, json={"name": "Old harbour"})
    call("POST", f"{org}/disable")
    call("POST", f"{org}/enable")
    for path in (quota, f"{quota}/sandboxes/prod"):
        call("PUT", path, json={"storedBytes": 10, "batches": 1, "batchesPerDay": None})
    call("GET", "/admin/quotas")
    for path in (quota, f"{quota}/sandboxes/prod"):
        call("DELETE", path, 204)
    call("GET", "/admin/audit", params={"limit": 2})
    call("GET", "/admin/audit", params={"orgId": made["orgId"], "action": "org."})
    call("DELETE", org, 204)


def test_sandboxes(call):
    platform = "/data/foundation/sandbox-management/sandboxes"
    call("POST", "/admin/sandboxes", 201, json={"name": "described", "title": "Described"})
    call("POST", platform, 201, json={"name": "described-too", "type": "production"})
    for path in ("/admin/sandboxes", "/admin/sandboxes/described", platform, f"{platform}/described-too", platform.rpartition("/")[0]):
        call("GET", path)
    call("PATCH", "/admin/sandboxes/described", json={"title": "Another"})
    call("PATCH", f"{platform}/described-too", json={"title": "Another"})
    call("DELETE", "/admin/sandboxes/described", 204)
    call("DELETE", f"{platform}/described-too", 200)


def test_api_keys(call):
    grants = [{"rights": ["read", "ingest"], "sandbox": "prod"}]
    key = f"/admin/api-keys/{call('POST', '/admin/api-keys', 201, json={'name': 'Loads', 'grants': grants}).json()['apiKey']}"
    call("GET", "/admin/api-keys")
    call("GET", key)
    call("PATCH", key, json={"grants": None})
    call("POST", f"{key}/rotate", json={"overlapSeconds": 60})
    call("GET", key)
    call("POST", f"{key}/revoke")
    call("POST", f"{key}/enable")
    call("DELETE", key, 204)


def test_events(call):
    call("GET", "/events", params={"after": "0", "limit": 2, "type": "batch.*"})
    call("GET", "/events", params={"after": "now"})


def test_subscriptions(call):
    root = "/events/subscriptions"
    order = {"name": "Described", "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "state": "paused"}
    one = f"{root}/{call('POST', root, 201, json=order).json()['id']}"
    call("POST", root, 201, json={**order, "name": "Another", "types": ["batch.active"]})
    call("GET", f"{root}?limit=1")
    call("GET", one)
    call("PATCH", one, json={"types": ["io.lakegate.batch.active"]})
    call("POST", f"{one}/rotate-secret")
    call("GET", f"{one}/deliveries")
    call("GET", f"{one}/dead-letters")
    call("POST", f"{one}/dead-letters/redeliver", json={"all": True})
    call("POST", f"{one}/dead-letters/discard", json={"numbers": [1]})
    call("DELETE", one, 204)


def test_tokens(server, call):
    credentials = server.credentials
    terms = {"grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": credentials["clientSecret"]}
    for path in ("/ims/token/v1", "/ims/token/v2", "/ims/token/v3", "/iceberg/v1/oauth/tokens"):
        call("POST", path, data=terms)
    call("POST", "/ims/token/v3", 400, data={**terms, "client_secret": "another"})


def resources(tenant, number):
    """What is created of each type."""
    fields = {"type": "object", "properties": {f"_{tenant}": {"type": "object", "properties": {f"level{number}": {"type": "string"}}}}}
    return {
        "datatypes": {"title": f"Berth {number}", "type": "object", "properties": {"number": {"type": "integer"}}},
        "classes": {"title": f"Ship {number}", "description": "d", "type": "object", "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/record"}]},
        "fieldgroups": {"title": f"Loyalty {number}", "description": "d", "type": "object", "meta:intendedToExtend": [PROFILE],
                        "definitions": {"customFields": fields}, "allOf": [{"$ref": "#/definitions/customFields"}]},
        "schemas": {"title": f"Members {number}", "description": "d", "type": "object", "allOf": [{"$ref": PROFILE}]},
    }  # fmt: skip


def test_registry(call, server):
    tenant = server.credentials["tenantId"]
    own = f"{REGISTRY}/tenant"
    made = {}
    for number, spelling in enumerate(("fieldgroups", "mixins")):
        for kind, body in resources(tenant, number).items():
            kind = spelling if kind == "fieldgroups" else kind
            one = call("POST", f"{own}/{kind}", json=body).json()
            address = f"{own}/{kind}/{one['meta:altId']}"
            made[kind] = address
            for accept in LOOKUPS:
                call("GET", address, headers={"Accept": accept})
            call("GET", f"{own}/{kind}?orderby=-title&limit=1", headers=LIST)
            call("PATCH", address, json=[{"op": "add", "path": "/description", "value": "Another"}])
            call("PUT", address, json={**body, "description": "And another"})
    for kind in ("schemas", "classes", "fieldgroups", "mixins", "datatypes", "behaviors"):
        page = call("GET", f"{REGISTRY}/global/{kind}", headers=LIST).json()
        call("GET", f"{REGISTRY}/global/{kind}", headers={"Accept": "application/vnd.adobe.xed+json"})
        for one in page["results"][:1]:
            call("GET", f"{REGISTRY}/global/{kind}/{one['meta:altId']}", headers={"Accept": LOOKUPS[1]})
    schema, group = made["schemas"].rpartition("/")[2], made["fieldgroups"].rpartition("/")[2]
    for what in ("sampledata", "auditlog", "export"):
        exported = call("GET", f"{REGISTRY}/rpc/{what}/{group}").json()
    call("GET", f"{REGISTRY}/stats")
    for kind in ("mixins", "classes", "datatypes"):
        call("DELETE", made[kind])
    call("DELETE", made["fieldgroups"])
    call("POST", f"{REGISTRY}/rpc/import", json=exported)
    call("POST", f"{REGISTRY}/rpc/export", json=exported)
    unions_and_descriptors(call, own, schema, tenant)


def unions_and_descriptors(call, own, schema, tenant):
    groups = call("GET", f"{own}/fieldgroups", headers=LIST).json()["results"]
    call("PATCH", f"{own}/schemas/{schema}", json=[{"op": "add", "path": "/allOf/-", "value": {"$ref": groups[0]["$id"]}},
                                                   {"op": "add", "path": "/meta:immutableTags", "value": ["union"]}])  # fmt: skip
    (union,) = call("GET", f"{own}/unions", headers=LIST).json()["results"]
    call("GET", f"{own}/unions/{union['meta:altId']}", headers={"Accept": LOOKUPS[1]})
    whole = call("GET", f"{own}/schemas/{schema}", headers={"Accept": LOOKUPS[1]}).json()
    (field,) = [name for name in whole["properties"][f"_{tenant}"]["properties"] if name.startswith("level")]
    descriptor = {"@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": whole["$id"], "xdm:sourceVersion": 1,
                  "xdm:sourceProperty": f"/_{tenant}/{field}", "xdm:title": {"en_us": "Level"}}  # fmt: skip
    address = f"{own}/descriptors/{call('POST', f'{own}/descriptors', json=descriptor).json()['@id']}"
    for form in ("", "-id", "-link", "-v2", "-v2-id", "-v2-link"):
        call("GET", f"{own}/descriptors", headers={"Accept": f"application/vnd.adobe.xdm{form}+json"})
    call("GET", address)
    call("PUT", address, json={**descriptor, "xdm:title": {"en_us": "Rank"}})
    call("DELETE", address)
    last = call("POST", f"{own}/schemas", json={**resources(tenant, 9)["schemas"]}).json()
    call("DELETE", f"{own}/schemas/{last['meta:altId']}")


def test_catalog_and_batches(call):
    adhoc = call("POST", f"{REGISTRY}/tenant/classes", json={"type": "object", "title": "Rows class", "description": "d", "allOf": [
        {"$ref": ADHOC}, {"properties": {"_adhoc": {"type": "object", "properties": files.PROPERTIES}}}]}).json()["$id"]  # fmt: skip
    schema = call("POST", f"{REGISTRY}/tenant/schemas",
                  json={"type": "object", "title": "Rows", "description": "d", "allOf": [{"$ref": adhoc}]}).json()["$id"]  # fmt: skip
    new = {"name": "Rows", "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}}
    call("POST", f"{CATALOG}/dataSets", 200, json=new, headers={"Pragma": "validate-only"})
    dataset = call("POST", f"{CATALOG}/dataSets", 201, json=new).json()[0].rpartition("/")[2]
    active = batches(call, dataset)
    datasets(call, dataset, active, new)
    exports(call, dataset, active)
    iceberg(call)
    ends(call, dataset, active)


def batches(call, dataset):
    """Of every kind; the id of an active one."""
    order = {"datasetId": dataset, "inputFormat": {"format": "parquet"}}
    made = {method: call(method, f"{IMPORT}/batches", 201, json=order).json()["id"] for method in ("POST", "PATCH")}
    call("POST", f"{IMPORT}/batches/{made['PATCH']}?action=ABORT", headers={"Accept": "application/json"})
    address = f"{IMPORT}/batches/{made['POST']}/datasets/{dataset}/files"
    content = files.numbered(1, 50)
    json_too = {"Accept": "application/json"}
    call("PUT", f"{address}/a.parquet", 200, data=content)
    call("PUT", f"{address}/a.parquet", 200, data=content, headers=json_too)
    for headers, end in (({}, 201), (json_too, 200)):
        path = f"{address}/day=1/{end}.parquet"
        call("POST", f"{path}?action=INITIALIZE", 201, headers=headers)
        call("PATCH", path, data=content, headers={**headers, "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}"})
        call("HEAD", path)
        call("POST", f"{path}?action=COMPLETE", end, headers=headers)
    call("POST", f"{IMPORT}/batches/{made['POST']}?action=COMPLETE", headers={"Prefer": "wait=30"})
    assert call("GET", f"{CATALOG}/batches/{made['POST']}").json()[made["POST"]]["status"] == "active"
    call("GET", f"{IMPORT}/batches/{made['POST']}/datasets/{dataset}/preview?nrow=3")
    failed = call("POST", f"{IMPORT}/batches", json={**order, "tags": {"team": ["harbour"]}}).json()["id"]
    call("PUT", f"{IMPORT}/batches/{failed}/datasets/{dataset}/files/broken.parquet", data=b"PAR1 and no more")
    call("POST", f"{IMPORT}/batches/{failed}?action=COMPLETE", headers={"Prefer": "wait=30"})
    assert call("GET", f"{CATALOG}/batches/{failed}").json()[failed]["errors"]
    for what in ("failed", "meta"):
        for entry in call("GET", f"{EXPORT}/batches/{failed}/{what}").json()["data"]:
            call("GET", f"{EXPORT}/batches/{failed}/{what}?path={entry['name']}")
    return made["POST"]


def datasets(call, dataset, active, new):
    for path in ("dataSets", "batches", "dataSetViews", "lastBatches", f"dataSetFiles?batchId={active}", f"dataSetFiles/{active}-1", f"batch/{active}",
                 "batches/uniques/status", "tags/adobe/pqs", f"dataSets/{dataset}/views", "batches?status=failed&limit=1", "batches?properties=tags"):  # fmt: skip
        call("GET", f"{CATALOG}/{path}")
    answer = call("GET", f"{CATALOG}/dataSets/{dataset}")
    call("GET", f"{CATALOG}/dataSets/{dataset}?properties=name", 304, headers={"If-None-Match": answer.headers["ETag"]})
    view = answer.json()[dataset]["viewId"]
    for path in (f"dataSets/{dataset}/views/{view}", f"dataSets/{dataset}/views/{view}/files", f"dataSetViews/{view}"):
        call("GET", f"{CATALOG}/{path}")
    call("POST", f"{CATALOG}/dataSetViews", json={"dataSetId": dataset})
    call("PATCH", f"{CATALOG}/dataSets/{dataset}", json={"description": "Numbers"})
    call("PATCH", f"{CATALOG}/v2/dataSets/{dataset}", json={"extensions": {"adobe_lakeHouse": {"rowExpiration": {"ttlValue": "P3Y"}}}})
    call("PUT", f"{CATALOG}/dataSets/{dataset}", json=new)
    for spelling in ("batches", "batch"):
        for method in ("POST", "PUT", "PATCH"):
            call(method, f"{CATALOG}/{spelling}/{active}", json={"tags": {"team": ["harbour"]}})
        made = call("POST", f"{CATALOG}/batches", 201, json={"status": "loading", "relatedObjects": [{"type": "dataSet", "id": dataset}]}).json()
        call("DELETE", f"{CATALOG}/{spelling}/{made[0].rpartition('/')[2]}")
    call("POST", CATALOG, json=[{"id": "one", "resource": "/dataSets", "method": "POST", "body": {**new, "name": "Two"}},
                                {"id": "two", "resource": "/dataSetViews", "method": "POST", "body": {"dataSetId": "<<one.id>>"}}])  # fmt: skip


def exports(call, dataset, active):
    call("GET", f"{EXPORT}/batches/{active}/files")
    call("GET", f"{EXPORT}/batches/{active}/files?limit=1")
    for what in ("failed", "meta", "meta?path=input_files"):
        call("GET", f"{EXPORT}/batches/{active}/{what}")
    file = f"{EXPORT}/files/{active}-1"
    name = call("GET", file).json()["data"][0]["name"]
    whole = call("GET", f"{file}?path={name}", 200)
    call("HEAD", f"{file}?path={name}", 200)
    call("GET", f"{file}?path={name}", 206, headers={"Range": "bytes=0-9"})
    call("GET", f"{file}?path={name}", 416, headers={"Range": "bytes=99999999-"})
    call("GET", f"{file}?path={name}", 304, headers={"If-None-Match": whole.headers["ETag"]})
    call("GET", f"{EXPORT}/datasets/{dataset}/preview")


def iceberg(call):
    root = "/iceberg/v1/namespaces"
    call("GET", "/iceberg/v1/config")
    call("GET", root)
    for method in ("GET", "HEAD"):
        call(method, f"{root}/prod")
    table = call("GET", f"{root}/prod/tables").json()["identifiers"][0]["name"]
    answer = call("GET", f"{root}/prod/tables/{table}")
    call("GET", f"{root}/prod/tables/{table}", 304, headers={"If-None-Match": answer.headers["ETag"]})
    call("HEAD", f"{root}/prod/tables/{table}")


def ends(call, dataset, active):
    call("POST", f"{IMPORT}/batches/{active}?action=REVERT")
    call("DELETE", f"{CATALOG}/dataSets/{dataset}")


def test_every_operation_succeeded(described):
    """Runs last."""
    missing = {label for label, _ in operations()} - described.succeeded - ELSEWHERE.keys()
    assert sorted(missing) == []
    assert not ELSEWHERE.keys() & described.succeeded, "it is not elsewhere any more"


def test_what_is_not_described_is_noticed(server, described):
    """Of the hook itself: it refuses an answer that the description does not have."""
    answer = requests.get(f"{server.url}/healthz", timeout=30)
    answer.status_code = 418
    with pytest.raises(FailureGroup):
        described(answer)
    answer = requests.get(f"{server.url}/readyz", timeout=30)
    answer._content = b'{"status": 7}'  # noqa: SLF001
    with pytest.raises(FailureGroup):
        described(answer)
