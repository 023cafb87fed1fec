"""Every route of the server, taken from /openapi.json, as somebody who must not: without what the gateway wants, and as another org that knows
all ids of the first one. Nothing of the first org shows, and nothing of it changes."""

import json
import urllib.parse

import pyarrow as pa
import pytest
import requests

from support import files
from support.lake import CATALOG, EXPORT, IMPORT, REGISTRY

METHODS = ("get", "head", "post", "put", "patch", "delete")
MARK = "Hidden7c1f"  # in each name, title, tag and value that the first org makes


def operations(server):
    document = requests.get(server.url + "/openapi.json", timeout=30).json()
    return [(method, path, operation.get("security", document.get("security")))
            for path, methods in document["paths"].items() for method, operation in methods.items() if method in METHODS]


class Owner:
    """The first org with one of everything."""

    def __init__(self, lake):
        self.lake = lake
        ask, tenant = lake.ask, f"{REGISTRY}/tenant"
        adhoc = {"type": "object", "properties": {MARK.lower(): {"type": "string"}, "id": files.PROPERTIES["id"]}}
        self.classes = ask("POST", f"{tenant}/classes", json={
            "type": "object", "title": f"{MARK} class", "description": MARK,
            "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/adhoc"}, {"properties": {"_adhoc": adhoc}}]}).json()["$id"]
        self.schemas = ask("POST", f"{tenant}/schemas", json={
            "type": "object", "title": f"{MARK} schema", "description": MARK, "allOf": [{"$ref": self.classes}]}).json()["$id"]
        field = {"properties": {"_lakegate": {"type": "object", "properties": {MARK: {"type": "string"}}}}}
        self.fieldgroups = ask("POST", f"{tenant}/fieldgroups", json={
            "type": "object", "title": f"{MARK} group", "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
            "definitions": {"customFields": field}, "allOf": [{"$ref": "#/definitions/customFields"}]}).json()["$id"]
        self.datatypes = ask("POST", f"{tenant}/datatypes", json={
            "type": "object", "title": f"{MARK} type", "properties": {MARK: {"type": "string"}}}).json()["$id"]
        self.descriptors = ask("POST", f"{tenant}/descriptors", json={
            "@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": self.schemas, "xdm:sourceVersion": 1,
            "xdm:sourceProperty": "/_adhoc/id", "xdm:title": {"en_us": MARK}}).json()["@id"]
        self.dataset = lake.dataset(f"{MARK} dataset", self.schemas)
        content = files.parquet({"id": [1]}, schema=pa.schema([files.SCHEMA.field("id")]))
        self.active = lake.create_batch(self.dataset, externalId=f"{MARK}-1", tags={MARK: [MARK]})
        assert lake.put(self.active, self.dataset, f"{MARK}.parquet", content).status_code == 200
        assert lake.act(self.active, "COMPLETE").status_code == 200
        lake.wait(self.active, "active")
        self.failed = lake.create_batch(self.dataset)
        assert lake.put(self.failed, self.dataset, f"{MARK}-bad.parquet", b"PAR1" + b"x" * 20 + b"PAR1").status_code == 200
        assert lake.act(self.failed, "COMPLETE").status_code == 200
        lake.wait(self.failed, "failed")
        self.loading = lake.create_batch(self.dataset)
        assert lake.put(self.loading, self.dataset, f"{MARK}.parquet", content).status_code == 200
        self.key = ask("POST", "/admin/api-keys", json={"name": f"{MARK} key"}).json()["apiKey"]
        self.sandbox = ask("POST", "/admin/sandboxes", json={"name": MARK.lower() + "-dev", "title": f"{MARK} sandbox"}).json()["name"]
        self.org = lake.session.headers["x-gw-ims-org-id"]
        self.view = ask("GET", f"{CATALOG}/dataSets/{self.dataset}").json()[self.dataset]["viewId"]
        self.table = lake.table_name(self.dataset)

    def secrets(self):
        """What must not be told to anybody else."""
        return {MARK, MARK.lower(), self.dataset, self.view, self.active, self.failed, self.loading, self.descriptors, self.key,
                *(one.rsplit("/", 1)[1] for one in (self.classes, self.schemas, self.fieldgroups, self.datatypes))}

    def fill(self, path):
        """The path with the ids of the first org in place of each parameter, once for each that fits."""
        quoted = lambda text: urllib.parse.quote(text, safe="")
        if path.startswith(REGISTRY):
            kind = path.split("/")[5] if len(path.split("/")) > 5 else ""
            ids = {"mixins": self.fieldgroups, "unions": self.classes + "__union", "descriptors": self.descriptors,
                   "behaviors": self.classes}
            return [path.replace("{id}", quoted(ids.get(kind) or getattr(self, kind, self.schemas)))]
        batches = (self.active, self.failed, self.loading)
        values = {"{batchId}": batches, "{datasetId}": (self.dataset,), "{filePath}": (f"{MARK}.parquet",), "{view}": (self.view,),
                  "{dataSetFileId}": (f"{self.active}-1",), "{namespace}": ("prod",), "{table}": (self.table,),
                  "{field}": ("externalId", "tags", "createdUser"), "{keyId}": ("none",), "{code}": ("LG-1000-400",),
                  "{orgId}": (self.org,), "{apiKey}": (self.key,), "{name}": (self.sandbox,)}
        if "{id}" in path:
            values["{id}"] = (batches if "/batch" in path else (self.view,) if "Views" in path else
                              (f"{self.active}-1",) if "Files" in path else (self.dataset,))
        if path.startswith(f"{CATALOG}/tags"):
            values["{namespace}"] = (MARK,)
        filled = [path]
        for name, choices in values.items():
            filled = [one.replace(name, choice) for one in filled for choice in choices] if name in path else filled
        return filled

    def picture(self):
        """All that the org has, as it sees it."""
        ask, tenant = self.lake.ask, f"{REGISTRY}/tenant"
        looked = [ask("GET", f"{CATALOG}/{one}").text for one in
                  ("dataSets", "batches", f"dataSetFiles?dataSetId={self.dataset}", "dataSetViews", "lastBatches")]
        for kind in ("schemas", "classes", "fieldgroups", "datatypes"):
            looked.append(ask("GET", f"{tenant}/{kind}", headers={"Accept": "application/vnd.adobe.xed+json"}).text)
        looked.append(ask("GET", f"{tenant}/descriptors", headers={"Accept": "application/vnd.adobe.xdm-v2+json"}).text)
        looked.append(ask("GET", f"{EXPORT}/files/{self.active}-1").text)
        for one in ("public-keys", "api-keys", "sandboxes", "orgs", "quotas"):
            looked.append(ask("GET", f"/admin/{one}").text)
        looked.append(self.lake.send("HEAD", self.lake.file_path(self.loading, self.dataset, f"{MARK}.parquet")).headers.get("Range"))
        return looked


@pytest.fixture(scope="module")
def owner(lake):
    return Owner(lake)


@pytest.fixture(scope="module")
def stranger(server, lake):
    """Another org's client."""
    answer = lake.ask("POST", "/admin/orgs", json={"name": "Strangers", "tenant": "strangers"})
    return server.lake(answer.json())


NAMES_NOBODY = {  # what stands in the path is no id: the stranger has the like
    f"{CATALOG}/tags/{{namespace}}", f"{CATALOG}/batches/uniques/{{field}}", "/admin/public-keys/{keyId}",
    "/iceberg/v1/namespaces/{namespace}", "/iceberg/v1/namespaces/{namespace}/tables",
}

BODIES = {  # what a write needs so that it is refused for the foreign ids and not for its form
    "post": {}, "put": {}, "patch": {"tags": {"stolen": ["1"]}},
}


def body_of(method, path, owner):
    ref = {"id": owner.schemas, "contentType": "application/vnd.adobe.xed+json;version=1"}
    if path == f"{IMPORT}/batches":
        return {"datasetId": owner.dataset, "replay": {"predecessors": [owner.active]}}
    if path == f"{CATALOG}/dataSets" or (path.startswith(f"{CATALOG}/dataSets/") and method == "put"):
        return {"name": "Stolen", "schemaRef": ref}
    if path == f"{CATALOG}/batches":
        return {"status": "loading", "relatedObjects": [{"type": "dataSet", "id": owner.dataset}]}
    if path == f"{CATALOG}/dataSetViews":
        return {"dataSetId": owner.dataset}
    if path == CATALOG:
        return [{"id": "a", "resource": f"/dataSets/{owner.dataset}", "method": "patch", "body": {"description": "stolen"}},
                {"id": "b", "resource": f"/batches/{owner.active}", "method": "get"}]
    if path == f"{REGISTRY}/tenant/descriptors" or "/descriptors/" in path:
        return {"@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": owner.schemas, "xdm:sourceVersion": 1,
                "xdm:sourceProperty": "/_adhoc/id", "xdm:title": {"en_us": "Stolen"}}
    if path.startswith(f"{REGISTRY}/tenant") and method in ("post", "put"):
        return {"type": "object", "title": "Stolen", "description": "stolen", "allOf": [{"$ref": owner.classes}]}
    if path.startswith(f"{REGISTRY}/tenant") and method == "patch":
        return [{"op": "replace", "path": "/title", "value": "Stolen"}]
    if path.startswith("/admin/quotas"):
        return {"batches": 1}
    if "/sandboxes/" in path or path.startswith(("/admin/api-keys/", "/admin/orgs/")):
        return {"title": "Stolen"} if "/sandboxes/" in path else {"name": "Stolen"} if method == "patch" else {}
    return BODIES.get(method)


def headers_of(path, method, lookup):
    if not path.startswith(REGISTRY):
        return {"Content-Range": "bytes 0-0/2"} if method == "patch" and path.startswith(IMPORT) else {}
    if "/descriptors" in path:
        return {} if lookup else {"Accept": "application/vnd.adobe.xdm-v2+json"}
    return {"Accept": "application/vnd.adobe.xed-full+json;version=1" if lookup else "application/vnd.adobe.xed+json"}


def test_another_org_sees_and_changes_nothing(server, owner, stranger):
    before = owner.picture()
    secrets = owner.secrets()
    tried = 0
    for method, path, security in operations(server):
        if not security:
            continue
        for filled in owner.fill(path):
            body = body_of(method, path, owner)
            queries = [""]
            if method == "post" and path.startswith(IMPORT) and "{batchId}" in path:
                words = ("INITIALIZE", "COMPLETE") if "{filePath}" in path else ("COMPLETE", "ABORT", "FAIL", "REVERT")
                queries = [f"?action={word}" for word in words]
            elif "{dataSetFileId}" in path:
                queries = ["", f"?path={MARK}.parquet"]
            elif path == f"{CATALOG}/batches" and method == "get":
                queries = ["", f"?dataSet={owner.dataset}", f"?externalId={MARK}-1", f"?tags={MARK}:{MARK}", f"?batch={owner.active}"]
            for query in queries:
                sent = {"data": b"x"} if "{filePath}" in path else {"json": body} if method in BODIES else {}
                answer = stranger.send(method.upper(), filled + query, **sent, headers=headers_of(path, method, "{id}" in path))
                tried += 1
                case = (method, filled + query, answer.status_code, answer.text[:500])
                assert answer.status_code < 500, case
                # A refusal may repeat what the stranger wrote; it wrote ids, so only what it did not write counts.
                told = secrets - {one for one in secrets if one in filled + query + json.dumps(body)}
                shown = {one for one in told if one in answer.text or one in str(answer.headers)}
                assert shown == set(), (case, shown)
                names_it = "{" in path and path not in NAMES_NOBODY
                if names_it and "/global/" not in path:
                    absent = answer.status_code in (403, 404) or (method == "delete" and answer.json() == [])
                    assert absent, case
    assert tried > 120
    assert owner.picture() == before


DOOR = [  # header, its wrong value (None: absent), the gateway's refusal
    ("Authorization", None, 403, "403010"), ("Authorization", "Bearer x.y.z", 401, "401013"),
    ("x-api-key", None, 403, "403000"), ("x-api-key", "another", 403, "403003"),
    ("x-gw-ims-org-id", None, 400, "400003"), ("x-gw-ims-org-id", "0000@AdobeOrg", 403, "403025"),
    ("x-gw-ims-org-id", "no org", 403, "403027"), ("x-sandbox-name", "elsewhere", 404, "404010"),
]


@pytest.mark.parametrize("header, value, status, code", DOOR)
def test_the_door_of_every_route(server, owner, header, value, status, code):
    tried = 0
    for method, path, security in operations(server):
        if not security or "apiKey" not in security[0]:
            continue
        headers = {**server.headers(), **headers_of(path, method, "{id}" in path)}
        headers.pop(header, None)
        if value is not None:
            headers[header] = value
        filled = owner.fill(path)[0]
        answer = requests.request(method.upper(), server.url + filled, headers=headers, timeout=30)
        tried += 1
        assert answer.status_code == status, (method, filled, answer.text[:300])
        if method != "head":
            assert answer.json()["error_code"] == code, (method, filled, answer.text[:300])
            assert not any(one in answer.text for one in owner.secrets() if one not in filled)
    assert tried > 100


def test_the_table_catalog_wants_a_token(server, owner):
    for method, path, security in operations(server):
        if not path.startswith("/iceberg") or not security:
            continue
        for token in (None, "Bearer x.y.z"):
            answer = requests.request(method.upper(), server.url + owner.fill(path)[0], timeout=30,
                                      headers={"Authorization": token} if token else {})
            assert answer.status_code in (401, 403) and MARK not in answer.text, (method, path, answer.text)
