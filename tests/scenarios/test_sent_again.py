"""Idempotency-Key on actions, and the rate limit: contract/batch-ingestion.md "Limits", issue "the stored answer is replayed"."""

import re
import urllib.parse

import pytest

from support import files
from support.lake import CATALOG, IMPORT, REGISTRY
from support.public_key import PUBLIC_KEY


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Sent again", files.PROPERTIES)


def act(lake, batch, action, key, **headers):
    return lake.send("POST", f"{IMPORT}/batches/{batch}?action={action}", headers={"Idempotency-Key": key, **headers})


def test_an_action_answers_as_it_did(own_server):
    server, lake = own_server()
    dataset = lake.dataset_of("Sent again", files.PROPERTIES)
    batch = lake.create_batch(dataset)
    path = lake.file_path(batch, dataset, "a.parquet") + "?action=INITIALIZE"
    content = files.numbered(1, 5)
    assert lake.send("POST", path, headers={"Idempotency-Key": "init-1"}).status_code == 201
    assert lake.part(batch, dataset, "a.parquet", content, 0, len(content)).status_code == 200
    again = lake.send("POST", path, headers={"Idempotency-Key": "init-1"})
    assert (again.status_code, again.content) == (201, b""), "without the key it is refused, since bytes are held"
    assert lake.send("POST", path).status_code == 409

    json = {"Accept": "application/json", "Prefer": "wait=30"}
    first = act(lake, batch, "COMPLETE", "done-1", **json)
    assert (first.status_code, first.json()["status"]) == (200, "active")
    server.restart()
    lake = server.lake()
    assert lake.act(batch, "REVERT").status_code == 200
    again = act(lake, batch, "COMPLETE", "done-1", **json)
    assert (again.status_code, again.json()) == (200, first.json()), "what was answered, not what is now"


def test_a_key_is_for_one_request(lake, dataset):
    batch, other = lake.create_batch(dataset), lake.create_batch(dataset)
    assert act(lake, batch, "ABORT", "abort-1").status_code == 200
    for refused in (act(lake, other, "ABORT", "abort-1"), act(lake, batch, "FAIL", "abort-1"),
                    lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset},
                              headers={"Idempotency-Key": "abort-1"})):
        assert refused.status_code == 422 and refused.json()["type"].endswith("LG-1107-422")
    assert lake.batch(other)["status"] == "loading"


ADHOC_CLASS = {"type": "object", "description": "sent twice", "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/data/adhoc"},
    {"properties": {"_adhoc": {"type": "object", "properties": {"a": {"type": "string"}}}}}]}
UNSAFE = {  # POSTs that keep no answer, and why
    "/ims/token/v1", "/ims/token/v2", "/ims/token/v3", "/ims/exchange/jwt", "/iceberg/v1/oauth/tokens",  # each gives a token
    "/admin/issuers/test",  # changes nothing
    "/admin/orgs",  # its answer holds a secret that is kept nowhere; a second one finds the names taken
    "/admin/api-keys", "/admin/api-keys/{apiKey}/rotate",  # likewise; a second one is another key, and a former secret may overlap
}


def posts(lake, dataset):
    """A request for each POST of the server: pattern → (path, body, another body)."""
    registry, catalog = REGISTRY + "/tenant", CATALOG
    schema_id = lake.adhoc_schema("Sent again schema", {"a": {"type": "string"}})
    loading = lake.create_batch(dataset)
    file = lake.file_path(loading, dataset, "a.parquet")
    descriptor = {"@type": "xdm:alternateDisplayInfo", "xdm:sourceSchema": schema_id, "xdm:sourceVersion": 1,
                  "xdm:sourceProperty": "/_adhoc/a", "xdm:title": {"en_us": "A"}}
    exported = lake.ask("GET", f"{REGISTRY}/rpc/export/{urllib.parse.quote(schema_id, safe='')}").json()
    titled = lambda title, more: {**more, "title": title}
    xdm = lambda title: [{"type": "fieldgroups", "document": {"$id": f"https://ns.example.com/{title}", "title": title, "type": "object",
                          "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
                          "definitions": {"x": {"properties": {"xdm:sentAgain": {"type": "string"}}}},
                          "allOf": [{"$ref": "#/definitions/x"}]}}]
    named = lambda name: {"name": name, "schemaRef": {"id": schema_id, "contentType": "application/vnd.adobe.xed+json;version=1"}}
    org = lake.ask("POST", "/admin/orgs", json={"name": "Sent again", "tenant": "sentagain"}).json()["orgId"]
    key = lake.ask("POST", "/admin/api-keys", json={"name": "Sent again"}).json()["apiKey"]
    sandboxes = "/data/foundation/sandbox-management/sandboxes"
    view = next(iter(lake.ask("GET", f"{catalog}/dataSetViews").json()))
    subscription = lambda name: {"name": name, "kind": "webhook", "target": {"url": "https://1.1.1.1/"}, "state": "paused"}
    subscriptions = "/events/subscriptions"
    mine = f"{subscriptions}/{lake.ask('POST', subscriptions, json=subscription('Sent again')).json()['id']}"
    return {
        subscriptions: (subscriptions, subscription("Sent again once"), subscription("Sent again twice")),
        f"{subscriptions}/{{subscriptionId}}/rotate-secret": (f"{mine}/rotate-secret", {"overlapSeconds": 1}, {"overlapSeconds": 2}),
        **{f"{subscriptions}/{{subscriptionId}}/dead-letters/{word}":
           (f"{mine}/dead-letters/{word}", {"all": True}, {"numbers": [1]}) for word in ("redeliver", "discard")},
        f"{IMPORT}/batches": (f"{IMPORT}/batches", {"datasetId": dataset}, {"datasetId": dataset, "tags": {"a": ["b"]}}),
        f"{IMPORT}/batches/{{batchId}}": (f"{IMPORT}/batches/{lake.create_batch(dataset)}?action=ABORT", None, {}),
        f"{IMPORT}/batches/{{batchId}}/datasets/{{datasetId}}/files/{{filePath}}": (f"{file}?action=INITIALIZE", None, {}),
        catalog: (catalog, [{"id": "a", "resource": "/dataSets", "method": "post", "body": named("Sent again, one of several")}],
                  [{"id": "b", "resource": "/dataSets", "method": "post", "body": named("Sent again, another")}]),
        f"{catalog}/dataSets": (f"{catalog}/dataSets", named("Sent again once"), named("Sent again twice")),
        f"{catalog}/batches": (f"{catalog}/batches", {"status": "loading", "relatedObjects": [{"type": "dataSet", "id": dataset}]},
                               {"status": "loading", "tags": {"x": ["y"]}, "relatedObjects": [{"type": "dataSet", "id": dataset}]}),
        f"{catalog}/batches/{{id}}": (f"{catalog}/batches/{loading}", {"tags": {"a": ["1"]}}, {"tags": {"a": ["2"]}}),
        f"{catalog}/dataSetViews": (f"{catalog}/dataSetViews", {"dataSetId": dataset}, {"dataSetId": view}),
        f"{REGISTRY}/tenant/{{type}}": (f"{registry}/classes", titled("One that is sent twice", ADHOC_CLASS), titled("Another", ADHOC_CLASS)),
        f"{REGISTRY}/tenant/descriptors": (f"{registry}/descriptors", descriptor, {**descriptor, "xdm:title": {"en_us": "B"}}),
        f"{REGISTRY}/rpc/import": (f"{REGISTRY}/rpc/import", exported, exported[:1]),
        f"{REGISTRY}/rpc/export": (f"{REGISTRY}/rpc/export", exported, exported[:1]),
        "/admin/orgs/{orgId}/disable": (f"/admin/orgs/{org}/disable", None, {"a": 1}),
        "/admin/orgs/{orgId}/enable": (f"/admin/orgs/{org}/enable", None, {"a": 1}),
        "/admin/sandboxes": ("/admin/sandboxes", {"name": "sent-again"}, {"name": "sent-again-2"}),
        sandboxes: (sandboxes, {"name": "sent-again-3"}, {"name": "sent-again-4"}),
        "/admin/api-keys/{apiKey}/revoke": (f"/admin/api-keys/{key}/revoke", None, {"a": 1}),
        "/admin/api-keys/{apiKey}/enable": (f"/admin/api-keys/{key}/enable", None, {"a": 1}),
        "/admin/public-keys": ("/admin/public-keys", {"publicKey": PUBLIC_KEY}, {"publicKey": PUBLIC_KEY + "\n"}),
        "/admin/issuers": ("/admin/issuers", issuer_of(lake, "once"), issuer_of(lake, "twice")),
        "/admin/xdm/resources": ("/admin/xdm/resources", {"resources": xdm("one")}, {"resources": xdm("two")}),
    }


def issuer_of(lake, name):
    return {"issuer": f"https://{name}.example.com", "audiences": ["lake"],
            "mappings": [{"when": [], "apiKey": lake.session.headers["x-api-key"]}]}



def generic(pattern):
    """Names of parameters are of no account here."""
    return re.sub(r"\{[^}]*\}", "{}", pattern)


def test_every_post_keeps_its_answer(lake, dataset):
    document = lake.ask("GET", "/openapi.json").json()
    served = {path for path, methods in document["paths"].items() if "post" in methods} - UNSAFE
    tried = posts(lake, dataset)
    covered = {generic(pattern) for pattern in tried}
    aliases = {generic(f"{CATALOG}/batch/{{id}}")}  # of /batches/{id}
    registry_types = {f"{REGISTRY}/tenant/{one}" for one in ("schemas", "classes", "fieldgroups", "mixins", "datatypes")}
    missing = {path for path in served if generic(path) not in covered | aliases and path not in registry_types}
    assert missing == set(), "a POST without a case"
    for pattern, (path, body, other) in tried.items():
        key = {"Idempotency-Key": f"again {pattern}"[:200]}
        first = lake.send("POST", path, json=body, headers=key)
        assert first.status_code in (200, 201), (pattern, first.text)
        again = lake.send("POST", path, json=body, headers=key)
        assert (again.status_code, again.content) == (first.status_code, first.content), pattern
        if other == {}:  # what tells these is their address
            other, path = None, path.replace("=ABORT", "=FAIL").replace("=INITIALIZE", "=COMPLETE")
        refused = lake.send("POST", path, json=other, headers=key)
        assert refused.status_code == 422 and "LG-1107-422" in refused.text, (pattern, refused.text)


def test_refusals_are_not_kept(lake, dataset):
    batch = lake.create_batch(dataset)
    assert act(lake, batch, "COMPLETE", "complete-2").status_code == 400, "it has no files"
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 5)).status_code == 200
    assert act(lake, batch, "COMPLETE", "complete-2").status_code == 200


def test_requests_a_minute(own_server):
    _, lake = own_server(env={"LAKEGATE_HTTP_REQUESTS_PER_MINUTE": "20"})
    answers = [lake.send("GET", "/data/foundation/catalog/batches") for _ in range(25)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:20] == [200] * 20 and set(statuses[20:]) == {429}
    refused = answers[-1]
    assert refused.json()["error_code"] == "429050" and refused.json()["message"] == "Too many requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 3
    assert lake.send("GET", "/healthz").status_code == 200, "it counts what a client asks"


def test_readers_of_tables_have_the_same_rate(own_server):
    """Counted together with what the client sends elsewhere."""
    server, lake = own_server(settings={"http.requests_per_minute": 20})
    readers = lambda: lake.send("GET", "/iceberg/v1/config")
    assert [readers().status_code for _ in range(19)] == [200] * 19
    assert lake.send("GET", f"{CATALOG}/dataSets").status_code == 200
    refused = readers()
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 3, refused.text
    assert refused.json()["error"]["type"] == "TooManyRequestsException"
