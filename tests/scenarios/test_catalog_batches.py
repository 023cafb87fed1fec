"""Batches in the Catalog over HTTP: every filter and order of contract/catalog.md "List parameters", changes, last batches,
values, tags."""

import json

import pytest

from support import files
from support.lake import CATALOG, IMPORT


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Catalog batches", files.PROPERTIES)


@pytest.fixture(scope="module")
def batches(lake, dataset):
    """One of each: active with an external id and tags, failed, loading."""
    def create(**more):
        answer = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset, "inputFormat": {"format": "parquet"}, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]
    active = create(externalId="nightly-1", tags={"flow": ["a", "b"], "percent": 5})
    assert lake.put(active, dataset, "a.parquet", files.numbered(1, 7)).status_code == 200
    assert lake.act(active, "COMPLETE").status_code == 200
    lake.wait(active, "active")
    failed = create(tags={"flow": ["a"]})
    assert lake.act(failed, "FAIL").status_code == 200
    loading = create()
    return {"active": active, "failed": failed, "loading": loading}


def listed(lake, dataset, query, **headers):
    answer = lake.send("GET", f"{CATALOG}/batches?dataSet={dataset}&{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def names(batches, ids):
    return [next(name for name, id_ in batches.items() if id_ == one) for one in ids]


FILTERS = [
    ("status=success", "active"), ("status=failure,loading", "loading failed"), ("status=!active", "loading failed"),
    ("status=queued", ""), ("recordCount=7", "active"), ("failedRecordCount=!0", ""), ("property=size>0", "active"),
    ("property=started", "active"), ("property=!started", "loading failed"), ("property=completed", "failed active"),
    ("property=recordCount>=1&property=recordCount<=7", "active"), ("externalId=nightly-1", "active"),
    ("externalId={loading}", "loading"), ("externalId={active}", ""), ("externalId=!nightly-1", "loading failed"),
    ("property=externalId~^night.*[0-9]$", "active"), ("property=!externalId", "loading failed"), ("batch={failed}", "failed"),
    ("id={failed},{active}", "failed active"), ("version=1.0.0", "loading"), ("property=version!=1.0.0", "failed active"),
    ("createdUser=nobody", ""), ("updatedUser=!nobody", "loading failed active"), ("createdClient=!nobody", "loading failed active"),
    ("created=1", ""), ("updated=!1", "loading failed active"), ("createdAfter=1&createdBefore=2", ""),
    ("createdAfter=1700000000000", "loading failed active"), ("tags=flow:a", "failed active"), ("tags=flow:a,flow:b", "active"),
    ("tags=flow:*", "failed active"), ("tags=flow:a*&status=failed", "failed"), ("tags=percent:5", "active"), ("tags=none", ""),
    ("connection=x", ""), ("connector=!x", "loading failed active"), ("transform=!x&status=active", "active"),
    ("startAfter=1", ""), ("endBefore=99999999999", ""), ("property=status~^a", "active"), ("property=created<5", ""),
]
ORDERS = [
    ("", "loading failed active"), ("orderBy=created", "active failed loading"), ("orderBy=asc:created", "active failed loading"),
    ("orderBy=desc:status", "loading failed active"), ("orderBy=status", "active failed loading"),
    ("sort=desc:recordCount,created", "active failed loading"), ("orderBy=desc:completed", "failed active loading"),
    ("orderBy=desc:started,desc:created", "active loading failed"), ("orderBy=desc:size&limit=1", "active"),
    ("orderBy=id", "active failed loading"), ("orderBy=desc:updated&start=1&limit=1", "failed"), ("orderBy=version", "loading failed active"),
    ("orderBy=externalId&limit=1&start=2", "active"), ("orderBy=failedRecordCount,desc:created", "loading failed active"),
]


@pytest.mark.parametrize("query, expected", FILTERS + ORDERS)
def test_lists(lake, dataset, batches, query, expected):
    assert names(batches, listed(lake, dataset, query.format(**batches))) == expected.split()


def test_filters_as_headers(lake, dataset, batches):
    assert names(batches, listed(lake, dataset, "", status="failed")) == ["failed"]
    assert names(batches, listed(lake, dataset, "status=active", status="failed")) == ["active"]
    assert names(batches, listed(lake, dataset, "", limit="1", start="1", orderBy="created")) == ["failed"]
    refused = lake.send("GET", f"{CATALOG}/batches", headers={"limit": "0"})
    assert refused.status_code == 400 and "1 to 100" in refused.json()["detail"]


@pytest.mark.parametrize("query, says", [
    ("limit=0", "1 to 100"), ("limit=x", "1 to 100"), ("start=-1", "start"), ("orderBy=nothing", "recordCount"), ("status=odd", "loading"),
    ("recordCount=many", "whole number"), ("property=nothing", "a filter by one of"), ("property=externalId~(", "RE2"), ("tags=:x", "key:value"),
])  # fmt: skip
def test_refusals(lake, query, says):
    refused = lake.send("GET", f"{CATALOG}/batches?{query}")
    assert refused.status_code == 400 and says in refused.json()["detail"], refused.text


def test_properties_and_aggregate(lake, batches):
    active = batches["active"]
    shown = lake.ask("GET", f"{CATALOG}/batches/{active}?properties=status,nothing").json()
    assert shown == {active: {"status": "active"}}
    shown = lake.ask("GET", f"{CATALOG}/batches/{active}?properties=nothing").json()
    assert shown == {active: {}}
    plain = lake.ask("GET", f"{CATALOG}/batches/{active}").json()
    assert lake.ask("GET", f"{CATALOG}/batches/{active}?aggregate=true").json() == plain, "the root has all of it anyway"
    assert plain[active]["metrics"]["outputRecordCount"] == 7 and plain[active]["errors"] == []


def test_versions_of_a_look_up(lake, batches):
    address = f"{CATALOG}/batches/{batches['failed']}"
    first = lake.ask("GET", address)
    tag = first.headers["ETag"]
    assert first.headers["E-Tag"] == tag == f'"{first.json()[batches["failed"]]["version"]}"'
    same = lake.send("GET", address, headers={"If-None-Match": f'"x", {tag}'})
    assert same.status_code == 304 and same.content == b"" and same.headers["ETag"] == tag
    assert lake.send("GET", address, headers={"If-None-Match": '"1.0.99"'}).status_code == 200


# -- changes --------------------------------------------------------------------------------------------------------


def test_tags_and_dates_change(lake, dataset):
    batch = lake.create_batch(dataset)
    address = f"{CATALOG}/batches/{batch}"
    before = lake.ask("GET", address).headers["ETag"]
    merged = lake.send("PATCH", address, json={"tags": {"kind": ["x"]}, "availableDates": {"startDate": 100, "endDate": 200}})
    assert (merged.status_code, merged.json()) == (200, [f"@/batches/{batch}"]), merged.text
    stale = lake.send("PATCH", address, json={"tags": {}}, headers={"If-Match": before})
    assert stale.status_code == 412
    assert listed(lake, dataset, "tags=kind:x&startAfter=99&startBefore=101&endAfter=199&endBefore=201") == [batch]
    assert listed(lake, dataset, "startAfter=100") == []
    patched = lake.send("PATCH", address, json=[{"op": "add", "path": "/tags/more", "value": ["y"]}],
                        headers={"If-Match": merged.headers["ETag"]})
    assert patched.status_code == 200, patched.text
    shown = lake.ask("GET", address).json()[batch]
    assert shown["tags"] == {"kind": ["x"], "more": ["y"]} and shown["availableDates"] == {"startDate": 100, "endDate": 200}
    dry = lake.send("PATCH", address, json={"tags": {}}, headers={"Pragma": "validate-only"})
    assert (dry.status_code, dry.json()) == (200, [])
    assert lake.send("PUT", address, json={**shown, "tags": {"kind": ["z"]}}).status_code == 200
    assert lake.ask("GET", address).json()[batch]["tags"] == {"kind": ["z"]}
    assert lake.send("POST", address, json={"created": 1, "version": "9"}).status_code == 200
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 1)).status_code == 200, "its life goes on"
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")


@pytest.mark.parametrize("change, says", [
    ({"status": "active"}, "action="), ({"externalId": "x"}, "externalId"), ({"tags": {"a": {"b": 1}}}, "tags"),
    ({"availableDates": {"startDate": "soon"}}, "seconds"), ({"relatedObjects": []}, "relatedObjects"), (7, "object"),
])  # fmt: skip
def test_changes_refused(lake, batches, change, says):
    answer = lake.send("PATCH", f"{CATALOG}/batches/{batches['loading']}", json=change)
    assert answer.status_code == 400 and says in answer.json()["detail"]


def test_made_and_deleted_through_the_catalog(lake, dataset):
    order = {"status": "loading", "relatedObjects": [{"type": "dataSet", "id": dataset}], "tags": {"made": ["here"]},
             "availableDates": {"startDate": 5}}
    dry = lake.send("POST", f"{CATALOG}/batches", json=order, headers={"Pragma": "validate-only"})
    assert (dry.status_code, dry.json()) == (200, [])
    key = {"Idempotency-Key": "catalog-batch"}
    answer = lake.send("POST", f"{CATALOG}/batches", json=order, headers=key)
    assert answer.status_code == 201, answer.text
    (reference,) = answer.json()
    batch = reference.removeprefix("@/batches/")
    assert answer.headers["Location"] == f"{CATALOG}/batches/{batch}"
    assert lake.send("POST", f"{CATALOG}/batches", json=order, headers=key).json() == [reference]
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 3)).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")
    for _ in range(2):
        assert lake.send("DELETE", f"{CATALOG}/batches/{batch}").json() == [reference]
        assert lake.batch(batch)["status"] in ("inactive", "deleted")
    waiting = lake.create_batch(dataset)
    assert lake.send("DELETE", f"{CATALOG}/batches/{waiting}").status_code == 200
    assert lake.batch(waiting)["status"] == "aborted"
    unknown = lake.send("DELETE", f"{CATALOG}/batches/none")
    assert (unknown.status_code, unknown.json()) == (200, [])
    for wrong, says in (({"relatedObjects": []}, "status"), ({"status": "active"}, "loading"), ({"status": "loading"}, "relatedObjects")):
        refused = lake.send("POST", f"{CATALOG}/batches", json=wrong)
        assert refused.status_code == 400 and says in refused.json()["detail"]


# -- values ---------------------------------------------------------------------------------------------------------


def test_last_batches(lake, dataset, batches):
    other = lake.dataset_of("Never used", files.PROPERTIES)
    mine = lake.dataset_of("Used once", files.PROPERTIES)
    batch = lake.load(mine, {"a.parquet": files.numbered(1, 1)})
    shown = lake.ask("GET", f"{CATALOG}/lastBatches?dataSetId={mine},{other}").json()
    assert list(shown) == [mine]
    assert shown[mine] | {"created": 0, "updated": 0} == {
        "lastBatchId": batch, "lastBatchStatus": "active", "lastSuccessfulBatchId": batch, "lastFailedBatchId": "",
        "imsOrg": lake.batch(batch)["imsOrg"], "created": 0, "updated": 0}
    assert shown[mine]["updated"] >= shown[mine]["created"] > 1_700_000_000_000
    assert list(lake.ask("GET", f"{CATALOG}/lastBatches?lastBatchId={batch}").json()) == [mine]
    assert mine in lake.ask("GET", f"{CATALOG}/lastBatches?lastBatchStatus=success").json()
    assert lake.ask("GET", f"{CATALOG}/lastBatches?lastBatchStatus=aborted&dataSetId={mine}").json() == {}
    for query in (f"lastBatchId={batch}", "lastBatchStatus=active&name=Used once", f"lastSuccessfulBatch={batch}"):
        assert list(lake.ask("GET", f"{CATALOG}/dataSets?{query}").json()) == [mine], query


def test_uniques(lake, batches):
    def unique(field):
        return lake.ask("GET", f"{CATALOG}/batches/uniques/{field}").json()
    assert {"active", "failed", "loading"} <= set(unique("status"))
    assert batches and len(unique("createdUser")) == 1 and len(unique("createdClient")) == 1
    assert "nightly-1" in unique("externalId") and "7" in unique("recordCount") and "1.0.0" in unique("version")
    assert unique("connection") == []
    for wrong in ("uniques/nothing", "uniques/status?dataSet=x"):
        assert lake.send("GET", f"{CATALOG}/batches/{wrong}").status_code == 400


def test_tags_of_a_namespace(lake, dataset, batches):
    assert lake.ask("GET", f"{CATALOG}/tags/flow").json() == {"flow": ["a", "b"]}
    assert "catalog_batches" in lake.ask("GET", f"{CATALOG}/tags/adobe/pqs").json()["adobe/pqs/table"]
    assert lake.ask("GET", f"{CATALOG}/tags/none").json() == {}


def test_another_org_sees_none_of_it(server, lake, dataset, batches):
    made = server.run("org", "create", "Batch reader")
    assert made.returncode == 0, made.stderr
    stranger = server.lake(json.loads(made.stdout))
    for path in ("/batches", "/lastBatches", "/tags/flow", f"/batches?externalId={batches['loading']}", "/batches?tags=flow:a"):
        assert stranger.ask("GET", CATALOG + path).json() == {}, path
    assert stranger.ask("GET", f"{CATALOG}/batches/uniques/status").json() == []
    assert stranger.send("PATCH", f"{CATALOG}/batches/{batches['loading']}", json={"tags": {}}).status_code == 404
    assert stranger.send("DELETE", f"{CATALOG}/batches/{batches['active']}").json() == []
    assert stranger.send("DELETE", f"{CATALOG}/dataSets/{dataset}").json() == []
    assert lake.batch(batches["active"])["status"] == "active"
