"""Several requests in one: POST / of the Catalog, contract/catalog.md "Endpoints"."""

import pytest

from support import files
from support.lake import CATALOG
from support.server import wait_for

TYPE = "application/vnd.adobe.xed+json;version=1"


@pytest.fixture(scope="module")
def schema(lake):
    return lake.adhoc_schema("Together", files.PROPERTIES)


def order(name, schema):
    return {"name": name, "schemaRef": {"id": schema, "contentType": TYPE}}


def together(lake, *steps, **headers):
    answer = lake.send("POST", f"{CATALOG}/", json=list(steps), headers=headers)
    assert answer.status_code == 200, answer.text
    replies = answer.json()
    assert [reply["id"] for reply in replies] == [step.get("id", str(n)) for n, step in enumerate(steps)]
    return replies


def test_each_sees_what_the_ones_before_did(lake, schema):
    replies = together(
        lake,
        {"id": "made", "resource": "/dataSets", "method": "post", "body": order("Together 1", schema)},
        {"id": "view", "resource": "/dataSetViews", "method": "POST", "body": {"dataSetId": "<<made.id>>"}},
        {"id": "changed", "resource": "/dataSets/<<made.id>>", "method": "PATCH", "body": {"description": "of <<made.name>>"},
         "headers": {"If-Match": "1.0.0"}},
        {"id": "deep", "resource": "/v2/dataSets/<<made>>", "method": "PATCH", "body": {"more": {"view": "<<view.id>>"}}},
        {"id": "shown", "resource": "/dataSets/<<made.id>>?properties=description,more,version", "method": "GET"},
        {"id": "batch", "resource": "/batches", "method": "POST",
         "body": {"status": "loading", "relatedObjects": [{"type": "dataSet", "id": "<<made.id>>"}]}},
        {"id": "batches", "resource": "/batches?dataSet=<<made.id>>&properties=status", "method": "GET"})
    assert [reply["code"] for reply in replies] == [201, 201, 200, 200, 200, 201, 200], replies
    (dataset,), (view,) = ([reply["body"][0].rsplit("/")[-1]] for reply in replies[:2])
    assert replies[4]["body"] == {dataset: {"description": "of Together 1", "more": {"view": view}, "version": "1.0.2"}}
    (batch,) = replies[6]["body"]
    assert replies[5]["body"] == [f"@/batches/{batch}"]
    assert lake.ask("GET", f"{CATALOG}/dataSets/{dataset}").json()[dataset]["viewId"] == view
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 1)).status_code == 200


@pytest.mark.parametrize("failing, code, says", [
    ({"resource": "/dataSets/none", "method": "GET"}, 404, "none"),
    ({"resource": "/dataSets", "method": "POST", "body": {"name": "x"}}, 400, "schemaRef"),
    ({"resource": "/dataSets/<<made.id>>", "method": "PATCH", "body": {"name": "x"}, "headers": {"If-Match": "1.0.9"}}, 412, "1.0.9"),
    ({"resource": "/dataSets/<<nobody.id>>", "method": "GET"}, 400, "nobody"),
    ({"resource": "/dataSets/<<made.nothing>>", "method": "GET"}, 400, "nothing"),
    ({"resource": "/nothing", "method": "GET"}, 404, "nothing"), ({"resource": "/dataSets", "method": "PUT"}, 405, ""),
    ({"resource": "/batches/x", "method": "DELETE"}, 405, ""),
], ids=str)  # fmt: skip
def test_one_that_fails_undoes_all(lake, schema, failing, code, says):
    replies = together(
        lake,
        {"id": "made", "resource": "/dataSets", "method": "POST", "body": order("Together undone", schema)},
        {"id": "list", "resource": "/dataSets?name=Together undone", "method": "GET"},
        {"id": "failing", **failing},
        {"id": "later", "resource": "/dataSets", "method": "POST", "body": order("Together later", schema)})
    assert [reply["code"] for reply in replies] == [424, 200, code, 424], replies
    assert says in replies[2]["body"]["detail"] and "failing" in replies[0]["body"]["detail"]
    assert len(replies[1]["body"]) == 1, "it was there for a moment"
    assert lake.ask("GET", f"{CATALOG}/dataSets?name=Together*").json().keys().isdisjoint(replies[1]["body"])
    assert lake.ask("GET", f"{CATALOG}/dataSets?name=Together undone,Together later").json() == {}


def test_deletion_with_others(lake, schema):
    replies = together(lake, {"resource": "/dataSets", "method": "POST", "body": order("Together going", schema)})
    dataset = replies[0]["body"][0].removeprefix("@/dataSets/")
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 1)})
    kept = together(lake, {"resource": f"/dataSets/{dataset}", "method": "DELETE"}, {"resource": "/dataSets/none", "method": "GET"})
    assert [reply["code"] for reply in kept] == [424, 404] and lake.batch(batch)["status"] == "active"
    gone = together(lake, {"resource": f"/dataSets/{dataset}", "method": "DELETE"})
    assert gone[0]["code"] == 200 and lake.batch(batch)["status"] in ("inactive", "deleted")


@pytest.mark.parametrize("body, says", [
    ({}, "list"), ([], "list"), ([7], "Request 0"), ([{"resource": "/x"}], "method"), ([{"method": "GET"}], "resource"),
    ([{"id": "a", "resource": "/x", "method": "GET"}] * 2, '"a"'), ([{"resource": "/dataSets", "method": "GET"}] * 21, "at most 20"),
], ids=str)  # fmt: skip
def test_refused(lake, body, says):
    answer = lake.send("POST", f"{CATALOG}/", json=body)
    assert answer.status_code == 400 and says in answer.json()["detail"]


def test_the_same_key_runs_them_once(lake, schema):
    step = {"id": "made", "resource": "/dataSets", "method": "POST", "body": order("Together once", schema)}
    key = {"Idempotency-Key": "together-once"}
    assert together(lake, step, **key) == together(lake, step, **key)
    assert len(lake.ask("GET", f"{CATALOG}/dataSets?name=Together once").json()) == 1


def test_row_expiration(own_server):
    """A dataset's own time; the server's where it has none. How batches go is pipeline/expiring_test.cc's."""
    server, lake = own_server(env={"LAKEGATE_STORAGE_BATCH_TIME_TO_LIVE": "30d"})
    dataset = lake.dataset_of("Expiring", files.PROPERTIES)

    def expiration():
        return lake.ask("GET", f"{CATALOG}/dataSets/{dataset}").json()[dataset]["extensions"]["adobe_lakeHouse"]["rowExpiration"]

    def change(value):
        document = {"extensions": {"adobe_lakeHouse": {"rowExpiration": {"ttlValue": value}}}}
        return lake.send("PATCH", f"{CATALOG}/v2/dataSets/{dataset}", json=document)
    assert expiration() == {"ttlValue": "P30D", "valueStatus": "default"}
    assert change("P3Y").status_code == 200 and expiration() == {"ttlValue": "P3Y"}
    for wrong in ("forever", "3Y", "P0D", 7):
        refused = change(wrong)
        assert refused.status_code == 400 and "ttlValue" in refused.json()["detail"]
    assert expiration() == {"ttlValue": "P3Y"}
    assert change(None).status_code == 200 and expiration() == {"ttlValue": "P30D", "valueStatus": "default"}
    shown = lake.ask("GET", f"{CATALOG}/dataSets/{dataset}").json()[dataset]
    assert lake.send("PUT", f"{CATALOG}/dataSets/{dataset}", json=shown).status_code == 200
    assert expiration()["valueStatus"] == "default", "sent back, it is no wish"
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 3)})
    assert change("PT1S").status_code == 200
    wait_for(lambda: lake.batch(batch)["status"] in ("inactive", "deleted"), what="expiry")
    assert lake.ask("GET", f"/data/foundation/export/datasets/{dataset}/preview").json()["data"] == []
