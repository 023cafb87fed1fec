"""Every path of the server, taken from /openapi.json, as everybody who must not: without a good token; with a key that lacks the right; as
another org, from another sandbox and with a key of another dataset, all of whom know every id. Each is refused as docs/refusals.md says, nothing of
what is hidden shows, nothing of it changes, and an id that is hidden is answered as one that nobody has.

The page is made by this sweep: `REFUSALS=write` with it writes the page anew, for whoever adds a path to look at.
"""

import base64
import json
import os
import pathlib
import re
import statistics
import subprocess
import time
import urllib.parse

import pyarrow as pa
import pytest
import requests

from support import files
from support.keys import Keys
from support.lake import CATALOG, EXPORT, IMPORT, REGISTRY

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/refusals.md"
BEGIN, END = "<!-- made by tests/scenarios/test_isolation.py -->\n", "<!-- end -->\n"
METHODS = ("get", "head", "post", "put", "patch", "delete")
DATA = "Hidden7c1f"  # in each name, tag and value of the owner's dataset, batches and files
WORDS = "Hidden9b2e"  # in the titles of its schema resources, which belong to the whole sandbox


def operations(server):
    """(method, path, right, door) of each; `door` is platform, iceberg, token or none."""
    document = requests.get(server.url + "/openapi.json", timeout=30).json()
    for path, item in sorted(document["paths"].items()):
        for method in METHODS:
            if method in item:
                security = item[method].get("security", document.get("security"))
                door = "none" if not security else "platform" if "apiKey" in security[0] else "iceberg" if path.startswith("/iceberg") else "token"
                yield method, path, item[method].get("x-lakegate-right", ""), door


class Owner:
    """The first org with one of everything in its sandbox prod, and a second dataset that a key of its own is for."""

    def __init__(self, lake):
        self.lake = lake
        ask, tenant = lake.ask, f"{REGISTRY}/tenant"
        adhoc = {"type": "object", "properties": {WORDS.lower(): {"type": "string"}, "id": files.PROPERTIES["id"]}}
        self.classes = ask("POST", f"{tenant}/classes", json={
            "type": "object", "title": f"{WORDS} class", "description": WORDS,
            "allOf": [{"$ref": "https://ns.adobe.com/xdm/data/adhoc"}, {"properties": {"_adhoc": adhoc}}]}).json()["$id"]
        self.schemas = ask("POST", f"{tenant}/schemas", json={
            "type": "object", "title": f"{WORDS} schema", "description": WORDS, "allOf": [{"$ref": self.classes}]}).json()["$id"]
        field = {"properties": {"_lakegate": {"type": "object", "properties": {WORDS: {"type": "string"}}}}}
        self.fieldgroups = ask("POST", f"{tenant}/fieldgroups", json={
            "type": "object", "title": f"{WORDS} group", "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
            "definitions": {"customFields": field}, "allOf": [{"$ref": "#/definitions/customFields"}]}).json()["$id"]
        self.datatypes = ask("POST", f"{tenant}/datatypes", json={
            "type": "object", "title": f"{WORDS} type", "properties": {WORDS: {"type": "string"}}}).json()["$id"]
        self.descriptors = ask("POST", f"{tenant}/descriptors", json={
            "@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": self.schemas, "xdm:sourceVersion": 1,
            "xdm:sourceProperty": "/_adhoc/id", "xdm:title": {"en_us": WORDS}}).json()["@id"]
        self.dataset = lake.ask("POST", f"{CATALOG}/dataSets", json={
            "name": f"{DATA} dataset", "description": DATA, "tags": {f"{DATA}/of": [DATA]},
            "schemaRef": {"id": self.schemas, "contentType": "application/vnd.adobe.xed+json;version=1"}}).json()[0].rpartition("/")[2]
        self.other = lake.dataset("Another dataset", self.schemas)
        content = files.parquet({"id": [1]}, schema=pa.schema([files.SCHEMA.field("id")]))
        self.active = lake.create_batch(self.dataset, externalId=f"{DATA}-1", tags={DATA: [DATA]})
        self.others_batch = lake.create_batch(self.other, externalId="other-1")
        for batch, dataset in ((self.active, self.dataset), (self.others_batch, self.other)):
            assert lake.put(batch, dataset, f"{DATA if batch == self.active else 'plain'}.parquet", content).status_code == 200
            assert lake.act(batch, "COMPLETE").status_code == 200
            lake.wait(batch, "active")
        self.failed = lake.create_batch(self.dataset)
        assert lake.put(self.failed, self.dataset, f"{DATA}-bad.parquet", b"PAR1" + b"x" * 20 + b"PAR1").status_code == 200
        assert lake.act(self.failed, "COMPLETE").status_code == 200
        lake.wait(self.failed, "failed")
        self.loading = lake.create_batch(self.dataset)
        assert lake.put(self.loading, self.dataset, f"{DATA}.parquet", content).status_code == 200
        self.key = ask("POST", "/admin/api-keys", json={"name": f"{WORDS} key"}).json()["apiKey"]
        self.sandbox = ask("POST", "/admin/sandboxes", json={"name": WORDS.lower() + "-dev", "title": f"{WORDS} sandbox"}).json()["name"]
        self.org = lake.session.headers["x-gw-ims-org-id"]
        self.view = ask("GET", f"{CATALOG}/dataSets/{self.dataset}").json()[self.dataset]["viewId"]
        self.subscription = self.subscribe()
        self.issuer = ask("POST", "/admin/issuers", json={
            "issuer": f"https://login.example.com/{WORDS}", "audiences": [WORDS],
            "mappings": [{"when": [{"claim": "azp", "equals": WORDS}], "apiKey": self.key}]}).json()["id"]
        self.table = lake.table_name(self.dataset)
        assert DATA.lower() in self.table

    def subscribe(self):
        """The id of a subscription to all events of the sandbox."""
        return self.lake.ask("POST", "/events/subscriptions", json={
            "name": f"{WORDS} subscription", "kind": "webhook", "target": {"url": f"https://1.1.1.1/{WORDS}"}, "state": "paused"}).json()["id"]

    def data_secrets(self):
        """Of the dataset: nobody learns it who has no part in it."""
        return {DATA, DATA.lower(), self.dataset, self.view, self.active, self.failed, self.loading}

    def all_secrets(self):
        """Of the sandbox: nobody outside of it learns it."""
        return self.data_secrets() | {
            WORDS, WORDS.lower(), self.other, self.others_batch, self.descriptors, self.key, self.subscription, self.issuer,
            *(one.rsplit("/", 1)[1] for one in (self.classes, self.schemas, self.fieldgroups, self.datatypes))}

    def twins(self):
        """For each name or id of the owner one of the same form that nobody has."""
        swapped = str.maketrans("0123456789abcdef", "fedcba9876543210")
        made = {one: one.translate(swapped) for one in (self.dataset, self.view, self.other, self.subscription)}
        made |= {one: one[:10] + one[:9:-1] for one in (self.active, self.failed, self.loading, self.others_batch, self.issuer)}
        for one in (self.classes, self.schemas, self.fieldgroups, self.datatypes):
            tail = one.rsplit("/", 1)[1]
            made[tail] = tail[:-8] + tail[-8:].translate(swapped)
        made[self.descriptors] = self.descriptors.translate(swapped)
        made |= {DATA: "Nobody5a3d", DATA.lower(): "nobody5a3d", self.sandbox: "nobody4c6f-dev", self.key: self.key.translate(swapped)}
        made[self.org] = "0F" * 12 + "@AdobeOrg"
        assert len({*made, *made.values()}) == 2 * len(made)
        return made

    def fill(self, path):
        """The path with the ids of the owner in place of each parameter, once for each that fits."""
        quoted = lambda text: urllib.parse.quote(text, safe="")
        if path.startswith(REGISTRY):
            kind = path.split("/")[5] if len(path.split("/")) > 5 else ""
            ids = {"mixins": self.fieldgroups, "unions": self.classes + "__union", "descriptors": self.descriptors,
                   "behaviors": self.classes}
            return [path.replace("{id}", quoted(ids.get(kind) or getattr(self, kind, self.schemas)))]
        batches = (self.active, self.failed, self.loading)
        values = {"{batchId}": batches, "{datasetId}": (self.dataset,), "{filePath}": (f"{DATA}.parquet",), "{view}": (self.view,),
                  "{dataSetFileId}": (f"{self.active}-1",), "{namespace}": ("prod",), "{table}": (self.table,),
                  "{field}": ("externalId", "tags", "createdUser"), "{keyId}": ("none",), "{name}": (self.sandbox,),
                  "{orgId}": (self.org,), "{apiKey}": (self.key,), "{subscriptionId}": (self.subscription,), "{issuerId}": (self.issuer,)}
        if "{id}" in path:
            values["{id}"] = (batches if "/batch" in path else (self.view,) if "Views" in path else
                              (f"{self.active}-1",) if "Files" in path else (self.dataset,))
        if path.startswith(f"{CATALOG}/tags"):
            values["{namespace}"] = (DATA,)
        filled = [path]
        for name, choices in values.items():
            filled = [one.replace(name, choice) for one in filled for choice in choices] if name in path else filled
        unknown = re.findall(r"\{\w+\}", filled[0])
        assert not unknown, f"{path}: say here what stands for {unknown}"
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
        for one in ("public-keys", "api-keys", "sandboxes", "orgs", "quotas", "issuers"):
            looked.append(ask("GET", f"/admin/{one}").text)
        looked.append(self.lake.send("HEAD", self.lake.file_path(self.loading, self.dataset, f"{DATA}.parquet")).headers.get("Range"))
        looked.append(ask("GET", "/events/subscriptions").text)
        return looked


def body_of(method, path, owner):
    """What a write needs so that it is refused for whom it is of, and not for its form."""
    ref = {"id": owner.schemas, "contentType": "application/vnd.adobe.xed+json;version=1"}
    if path == f"{IMPORT}/batches":
        return {"datasetId": owner.dataset, "replay": {"predecessors": [owner.active]}}
    if path == f"{CATALOG}/dataSets" or (path.startswith(f"{CATALOG}/dataSets/") and method == "put"):
        return {"name": "Stolen", "schemaRef": ref}
    if path == f"{CATALOG}/batches":
        return {"status": "loading", "relatedObjects": [{"type": "dataSet", "id": owner.dataset}]}
    if path == "/events/subscriptions":
        return {"name": "Stolen", "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "datasets": [owner.dataset]}
    if path in ("/admin/issuers", "/admin/issuers/{issuerId}"):
        return {"issuer": "https://login.example.com/stolen", "audiences": ["a"],
                "mappings": [{"when": [{"claim": "azp", "equals": "a"}], "apiKey": owner.key}]}
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
    if path.startswith("/events/subscriptions"):
        return {"all": True} if "/dead-letters/" in path else {"state": "active"} if method == "patch" else {}
    if "/sandboxes/" in path or path.startswith(("/admin/api-keys/", "/admin/orgs/")):
        return {"title": "Stolen"} if "/sandboxes/" in path else {"name": "Stolen"} if method == "patch" else {}
    return {"post": {}, "put": {}, "patch": {"tags": {"stolen": ["1"]}}}.get(method)


def headers_of(path, method):
    if not path.startswith(REGISTRY):
        return {"Content-Range": "bytes 0-0/2"} if method == "patch" and path.startswith(IMPORT) else {}
    if "/descriptors" in path:
        return {} if "{id}" in path else {"Accept": "application/vnd.adobe.xdm-v2+json"}
    return {"Accept": f"application/vnd.adobe.xed-full+json;version=1" if "{id}" in path else "application/vnd.adobe.xed+json"}


def queries_of(method, path, owner):
    """Each asks for something of the owner's."""
    if method == "post" and path.startswith(IMPORT) and "{batchId}" in path:
        words = ("INITIALIZE", "COMPLETE") if "{filePath}" in path else ("COMPLETE", "ABORT", "FAIL", "REVERT")
        return [f"?action={word}" for word in words]
    if "{dataSetFileId}" in path:
        return ["", f"?path={DATA}.parquet"]
    if method != "get":
        return [""]
    mark, day = urllib.parse.quote(f"{DATA}-1"), 86_400_000
    return {
        f"{CATALOG}/batches": [
            "", "?limit=100", "?orderBy=created", "?orderBy=size", "?status=failed", "?status=success", "?status=loading", f"?tags={DATA}:{DATA}", f"?tags={DATA}:*",
            f"?dataSet={owner.dataset}", f"?externalId={mark}", f"?batch={owner.active}", f"?property=externalId=={mark}",
            f"?property=externalId~{DATA}", f"?createdAfter={day}", "?createdUser=*", "?createdClient=*", "?start=0&limit=1",
            f"?dataSet=!{owner.other}"],
        f"{CATALOG}/dataSets": ["", "?limit=100", f"?name={DATA}*", f"?tags={DATA}/of:{DATA}", f"?property=description=={DATA}",
                                f"?property=name~{DATA}", "?orderBy=name", "?createdUser=*", f"?createdAfter={day}", f"?property=lastBatchStatus==loading"],
        f"{CATALOG}/dataSetFiles": [f"?dataSetId={owner.dataset}", *(f"?batchId={one}" for one in (owner.active, owner.loading))],
        f"{CATALOG}/dataSetViews": ["", f"?property=name~{DATA}"],
        f"{CATALOG}/lastBatches": ["", f"?dataSet={owner.dataset}"],
        "/events": ["", "?after=0&limit=1000", f"?after=0&dataset={owner.dataset}", "?after=0&type=batch.failed", "?after=now&wait=0"],
        "/admin/audit": ["", "?limit=1000", f"?subject={owner.dataset}", f"?subject={owner.key}", "?action=dataset.", f"?orgId={owner.org}"],
        "/admin/quotas": ["", f"?orgId={owner.org}"],
        f"{EXPORT}/datasets/{{datasetId}}/preview": ["", "?limit=1"],
        f"{REGISTRY}/tenant/schemas": ["", "?orderby=title", f"?property=title~{WORDS}"],
        "/iceberg/v1/namespaces": ["", "?parent=prod", "?pageToken=&pageSize=1"],
        "/iceberg/v1/namespaces/{namespace}/tables": ["", "?pageToken=&pageSize=1"],
    }.get(path, [""])


def requests_of(owner, method, path):
    """(path with query, further arguments) of each request that the sweep sends for an operation."""
    for filled in owner.fill(path):
        for query in queries_of(method, path, owner):
            sent = {"data": b"x"} if "{filePath}" in path and method != "post" else {}
            if not sent and method in ("post", "put", "patch"):
                sent = {"json": body_of(method, path, owner)}
            yield filled + query, {**sent, "headers": headers_of(path, method)}


def swapped(text, twins):
    for one, twin in sorted(twins.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(one, twin)
    return text


def swapped_sent(sent, twins):
    return {**sent, "json": json.loads(swapped(json.dumps(sent["json"]), twins))} if "json" in sent else sent


PASSING = re.compile(r'"(instance|registryRequestId|timestamp|x-request-id)": ?"[^"]*"')


def told(answer, twins):
    """Status and body as the sender may compare them: ids swapped, and without what is new with each answer."""
    text = PASSING.sub("", swapped(answer.text, twins))
    for twin in twins.values():
        text = text.replace(twin, "<twin>")
    return answer.status_code, re.sub(r"[0-9a-f]{48}", "<new>", text)  # a registry's id that the request would have got


def code_of(answer):
    """As the refusals' page has it: "404 LG-1100-404"; "200" where something was answered."""
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return str(answer.status_code)
    body = answer.json()
    if "error_code" in body:
        return f"{answer.status_code} {body['error_code']}"
    if "error" in body:
        return f"{answer.status_code} {body['error']['type']}"
    return f"{answer.status_code} {body['type'].rpartition('/')[2]}"


def short(codes):
    """Of one operation's answers to several requests."""
    return " · ".join(sorted(set(codes)))


@pytest.fixture(scope="module")
def owner(lake):
    return Owner(lake)


@pytest.fixture(scope="module")
def keys(server, owner):
    return Keys(server, owner)


@pytest.fixture(scope="module")
def table():
    """(method, path) → case → what was answered."""
    return {}


def expired(server):
    """A token that was good until a day ago: signed with the server's own key, which a test may read."""
    head, payload, _ = server.token().split(".")
    decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    claims = json.loads(decode(payload))
    claims["created_at"] = str(int(claims["created_at"]) - 2 * 86_400_000)
    text = head + "." + encode(json.dumps(claims).encode())
    signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", server.folder / "token-key.pem"], input=text.encode(), capture_output=True, check=True)
    return text + "." + encode(signed.stdout)



# What the door says: whatever is asked for, before anything is looked up.
DOORS = {
    "no token": {"platform": "403 403010", "iceberg": "401 NotAuthorizedException"},
    "garbage": {"platform": "401 401013", "iceberg": "401 NotAuthorizedException"},
    "expired": {"platform": "401 401013", "iceberg": "401 NotAuthorizedException"},
    "revoked key": {"platform": "401 401013", "iceberg": "401 NotAuthorizedException"},
    "another org in the header": {"platform": "403 403025"},
    "no key in the header": {"platform": "403 403000"},
    "another key in the header": {"platform": "403 403003"},
    "no org in the header": {"platform": "400 400003"},
    "no org's id in the header": {"platform": "403 403027"},
    "unknown sandbox": {"platform": "404 404010", "iceberg": "404 NotFoundException"},
    "sandbox without a grant": {"platform": "404 404010", "iceberg": "404 NotFoundException"},
}


def door_headers(case, server, keys):
    mine = server.headers()
    changes = {
        "no token": {"Authorization": None}, "garbage": {"Authorization": "Bearer x.y.z"},
        "expired": {"Authorization": f"Bearer {expired(server)}"}, "revoked key": keys.revoked,
        "another org in the header": {"x-gw-ims-org-id": keys.stranger["x-gw-ims-org-id"]},
        "no key in the header": {"x-api-key": None}, "another key in the header": {"x-api-key": keys.stranger["x-api-key"]},
        "no org in the header": {"x-gw-ims-org-id": None}, "no org's id in the header": {"x-gw-ims-org-id": "no org"},
        "unknown sandbox": {"x-sandbox-name": "elsewhere"},
        "sandbox without a grant": {**keys.of_other_dataset, "x-sandbox-name": "dev"},
    }[case]
    return {name: value for name, value in {**mine, **changes}.items() if value is not None}


@pytest.mark.parametrize("case", DOORS)
def test_the_door_of_every_path(server, owner, keys, table, case):
    headers = door_headers(case, server, keys)
    secrets = owner.all_secrets()
    tried = 0
    for method, path, _, door in operations(server):
        expected = DOORS[case].get("platform" if door == "token" and "header" not in case else door)
        if expected is None:
            continue
        wanted, sent = next(requests_of(owner, method, path))
        answer = requests.request(method, server.url + wanted, **{**sent, "headers": {**headers, **sent["headers"]}}, timeout=30)
        tried += 1
        found = code_of(answer)
        assert found == (expected if method != "head" else expected.split()[0]), (method, wanted, answer.text[:300])
        assert not any(one in answer.text or one in str(answer.headers) for one in secrets if one not in wanted + json.dumps(sent.get("json"))), wanted
    assert tried > (100 if "platform" in DOORS[case] else 6)


def test_a_good_token_passes_what_an_expired_one_does_not(server, lake):
    """The expired token is refused for its time alone: the same claims with today's time are good."""
    assert lake.send("GET", f"{CATALOG}/dataSets").status_code == 200
    answer = requests.get(f"{server.url}{CATALOG}/dataSets", headers={**server.headers(), "Authorization": f"Bearer {expired(server)}"}, timeout=30)
    assert answer.status_code == 401 and "expired" in answer.json()["detail"], answer.text


def test_a_key_without_the_right_is_refused_everywhere(server, owner, keys, table):
    """Whatever it asks for: before anything is looked up."""
    tried = 0
    for method, path, right, door in operations(server):
        if door == "none" or right == "any":
            continue
        headers = keys.without(right.split("/")[0])
        expected = "403 ForbiddenException" if door == "iceberg" else "403 LG-1502-403"
        found = []
        for wanted, sent in requests_of(owner, method, path):
            answer = requests.request(method, server.url + wanted, **{**sent, "headers": {**headers, **sent["headers"]}}, timeout=30)
            found.append(code_of(answer))
            assert found[-1] == (expected if method != "head" else "403"), (method, wanted, answer.text[:300])
            if method != "head":
                assert f'\\"{right.split("/")[0]}\\"' in answer.text, answer.text  # which right
        table.setdefault((method, path), {})["without the right"] = short(found)
        tried += len(found)
    assert tried > 150


SEEN_ABSENT = ("another org", "another sandbox", "key of another dataset")


@pytest.mark.parametrize("case", SEEN_ABSENT)
def test_what_is_hidden_does_not_exist(server, owner, keys, table, case):
    headers = {"another org": keys.stranger, "another sandbox": keys.other_sandbox, "key of another dataset": keys.of_other_dataset}[case]
    inside = case == "key of another dataset"
    secrets, twins, before = owner.data_secrets() if inside else owner.all_secrets(), owner.twins(), owner.picture()
    if inside:  # its own
        twins = {one: twin for one, twin in twins.items() if one in secrets}
    tried = 0
    for method, path, right, door in operations(server):
        # What is the org's is the same from each of its sandboxes.
        if door == "none" or (case == "another sandbox" and (right.endswith(("any", "/org", "/server")) or path == "/iceberg/v1/namespaces")):
            continue
        found = []
        for wanted, sent in requests_of(owner, method, path):
            if case == "another sandbox":  # a namespace is a sandbox
                wanted = wanted.replace("/namespaces/prod", "/namespaces/dev").replace("parent=prod", "parent=dev")
            ask = lambda target, more: requests.request(method, server.url + target, **{**more, "headers": {**headers, **more["headers"]}}, timeout=30)
            answer = ask(wanted, sent)
            found.append(code_of(answer))
            tried += 1
            wrote = wanted + json.dumps(sent.get("json"))
            asked = (method, wanted, answer.status_code, answer.text[:600])
            assert answer.status_code < 500, asked
            # A refusal may repeat what was sent; what was not sent must not show.
            shown = {one for one in secrets if one not in wrote and (one in answer.text or one in str(answer.headers))}
            assert shown == set(), (asked, shown)
            if swapped(wrote, twins) != wrote:
                absent = ask(swapped(wanted, twins), swapped_sent(sent, twins))
                assert told(answer, twins) == told(absent, twins), (asked, absent.status_code, absent.text[:600])
            if swapped(wanted, twins) != wanted and "{" in path and path not in NO_IDS:
                gone = answer.status_code in (403, 404) or (method == "delete" and answer.text in ("", "[]"))
                assert gone, asked
        table.setdefault((method, path), {})[case] = short(found)
    assert tried > 200
    assert owner.picture() == before


# What stands in the path is no id: everybody may ask for it and gets what is theirs.
NO_IDS = {f"{CATALOG}/tags/{{namespace}}", f"{CATALOG}/batches/uniques/{{field}}"}


def test_what_is_seen_may_not_be_changed_without_the_right(server, owner, keys, table):
    """A key that reads all and may ingest and manage another dataset: it sees, and is told what it lacks, and where."""
    before = owner.picture()
    tried = 0
    for method, path, right, door in operations(server):
        if door == "none" or right not in ("ingest", "manage") or path == CATALOG:
            continue
        found = []
        for wanted, sent in requests_of(owner, method, path):
            answer = requests.request(method, server.url + wanted, **{**sent, "headers": {**keys.reads_all, **sent["headers"]}}, timeout=30)
            found.append(code_of(answer))
            assert found[-1] == ("403 LG-1503-403" if method != "head" else "403"), (method, wanted, answer.text[:300])
            if method != "head":
                assert owner.dataset in answer.text and f'\\"{right}\\"' in answer.text, answer.text
            tried += 1
        table.setdefault((method, path), {})["sees, lacks the right"] = short(found)
    assert tried > 40
    assert owner.picture() == before


def test_several_requests_are_held_to_the_right_of_each(server, owner, keys):
    before = owner.picture()
    steps = [{"id": "a", "resource": f"/dataSets/{owner.dataset}", "method": "get"},
             {"id": "b", "resource": f"/dataSets/{owner.dataset}", "method": "patch", "body": {"description": "stolen"}}]
    for headers, codes in ((keys.reads_all, [200, 403]), (keys.of_other_dataset, [404, 424]), (keys.without("manage"), [200, 403])):
        answer = requests.post(server.url + CATALOG, json=steps, headers=headers, timeout=30)
        assert [one["code"] for one in answer.json()] == codes, answer.text
    assert owner.picture() == before


def test_lists_show_what_the_key_may_read_and_no_more(server, owner, keys):
    get = lambda path: requests.get(server.url + path, headers=keys.of_other_dataset, timeout=30)
    assert list(get(f"{CATALOG}/dataSets").json()) == [owner.other]
    assert list(get(f"{CATALOG}/batches").json()) == [owner.others_batch]
    assert list(get(f"{CATALOG}/batches?externalId=other-1").json()) == [owner.others_batch]
    assert list(get(f"{CATALOG}/lastBatches").json()) == [owner.other]
    assert len(get(f"{CATALOG}/dataSetViews").json()) == 1
    assert get(f"{CATALOG}/batches/uniques/dataSet").json() == [owner.other]
    assert get(f"{CATALOG}/batches/uniques/externalId").json() == ["other-1"]
    assert get(f"{CATALOG}/batches/uniques/status").json() == ["active"]
    assert get(f"{CATALOG}/tags/{DATA}").json() == {}
    (listed,) = get("/iceberg/v1/namespaces/prod/tables").json()["identifiers"]
    assert listed["name"] == owner.lake.table_name(owner.other)
    assert get(f"/iceberg/v1/namespaces/prod/tables/{listed['name']}").status_code == 200
    assert get("/iceberg/v1/namespaces").json()["namespaces"] == [["prod"]]
    assert get(f"{EXPORT}/datasets/{owner.other}/preview").status_code == 200


def test_names_of_what_is_hidden_are_taken_and_nothing_is_said_of_it(server, owner, keys):
    before = owner.picture()
    order = {"datasetId": owner.other, "inputFormat": {"format": "parquet"}, "externalId": f"{DATA}-1"}
    answer = requests.post(f"{server.url}{IMPORT}/batches", json=order, headers=keys.of_other_dataset, timeout=30)
    assert answer.status_code == 409, answer.text
    assert not any(one in answer.text for one in owner.data_secrets() - {DATA}), answer.text
    # A replay cannot name what is hidden either, by id or by external id.
    for name in ({"predecessors": [owner.active]}, {"predecessorsByExternalId": [f"{DATA}-1"]}):
        order = {"datasetId": owner.other, "inputFormat": {"format": "parquet"}, "replay": name}
        answer = requests.post(f"{server.url}{IMPORT}/batches", json=order, headers=keys.of_other_dataset, timeout=30)
        assert 400 <= answer.status_code < 500, answer.text
        assert not any(one in answer.text for one in owner.data_secrets() - {DATA, owner.active}), answer.text
    assert owner.picture() == before


def test_an_idempotency_key_is_its_clients_own(server, owner, keys):
    """The answer that one client got is not another's, though the request is the same to a byte."""
    order = {"datasetId": owner.other, "inputFormat": {"format": "parquet"}}
    send = lambda headers: requests.post(f"{server.url}{IMPORT}/batches", json=order, timeout=30, headers={**headers, "Idempotency-Key": "shared"})
    mine, again, others = send(server.headers()), send(server.headers()), send(keys.of_other_dataset)
    assert mine.status_code == others.status_code == 201
    assert mine.json()["id"] == again.json()["id"] != others.json()["id"]


def test_ids_that_are_hidden_cost_what_absent_ones_do(server, owner, keys):
    """Taken in turns, so that what else the machine does meets both. That the same statements run is a test of the ledger (sight_test.cc)."""
    twins = owner.twins()
    session = requests.Session()
    for headers, space in ((keys.of_other_dataset, "prod"), (keys.stranger, "prod"), (keys.other_sandbox, "dev")):
        for hidden in (f"{CATALOG}/dataSets/{owner.dataset}", f"{CATALOG}/batches/{owner.active}",
                       f"/iceberg/v1/namespaces/{space}/tables/{owner.table}"):
            pair = (hidden, swapped(hidden, twins))

            def medians():
                taken = {target: [] for target in pair}
                for _ in range(60):
                    for target in pair:
                        begun = time.perf_counter()
                        assert session.get(server.url + target, headers=headers, timeout=30).status_code == 404
                        taken[target].append(time.perf_counter() - begun)
                return [statistics.median(taken[target]) for target in pair]

            # One quiet attempt of three is enough: a real difference shows in each.
            ratios = []
            for _ in range(3):
                one, other = medians()
                ratios.append(one / other)
                if 2 / 3 < ratios[-1] < 3 / 2:
                    break
            assert 2 / 3 < ratios[-1] < 3 / 2, (hidden, ratios)


CASES = ("without the right", "another org", "another sandbox", "key of another dataset", "sees, lacks the right")


def test_the_page_of_refusals_is_what_was_answered(server, table):
    rows = f"| path | right | {' | '.join(CASES)} |\n|---|---|{'---|' * len(CASES)}\n"
    for method, path, right, door in operations(server):
        if door != "none":
            cells = " | ".join(table.get((method, path), {}).get(case, "–") for case in CASES)
            rows += f"| {method.upper()} `{path}` | `{right}` | {cells} |\n"
    assert len(table) > 100, "the sweep before this test fills the table: run the whole file"
    old = PAGE.read_text(encoding="utf-8")
    before, rest = old.split(BEGIN, 1)
    new = before + BEGIN + rows + END + rest.split(END, 1)[1]
    if os.environ.get("REFUSALS") == "write":
        PAGE.write_text(new, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == new, "docs/refusals.md differs: look at what changed, then run this file with REFUSALS=write"
