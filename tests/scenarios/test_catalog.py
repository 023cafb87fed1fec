"""Datasets over HTTP: made, listed, changed, deleted; views and files; what lists refuse."""

import pytest
import requests

from support import files
from support.lake import CATALOG, IMPORT

TYPE = "application/vnd.adobe.xed+json;version=1"


@pytest.fixture(scope="module")
def schema(lake):
    return lake.adhoc_schema("Catalog rows", files.PROPERTIES)


def order(name, schema, **more):
    return {"name": name, "schemaRef": {"id": schema, "contentType": TYPE}, **more}


def create(lake, document, **headers):
    answer = lake.send("POST", f"{CATALOG}/dataSets", json=document, headers=headers)
    assert answer.status_code == 201, answer.text
    (reference,) = answer.json()
    identity = reference.removeprefix("@/dataSets/")
    assert answer.headers["Location"] == f"{CATALOG}/dataSets/{identity}"
    return identity


def get(lake, dataset):
    answer = lake.ask("GET", f"{CATALOG}/dataSets/{dataset}")
    return answer.json()[dataset], answer.headers["ETag"]


def patch(lake, dataset, change, version="", **headers):
    return lake.send("PATCH", f"{CATALOG}{version}/dataSets/{dataset}", json=change, headers=headers)


# -- creation -------------------------------------------------------------------------------------------------------


def test_a_dataset_as_clients_index_it(lake, schema):
    dataset = create(lake, order("Catalog Shape (1)", schema, description="d", tags={"unifiedProfile": ["enabled:true"]},
                                 enableErrorDiagnostics=True, fileDescription={"format": "parquet", "persisted": True}))
    shown, tag = get(lake, dataset)
    assert shown["name"] == "Catalog Shape (1)" and shown["description"] == "d"
    assert shown["tags"] == {"adobe/pqs/table": ["catalog_shape_1"], "unifiedProfile": ["enabled:true"]}
    assert shown["classification"] == {"dataBehavior": "adhoc", "managedBy": "CUSTOMER"}
    assert shown["schemaRef"] == {"id": schema, "contentType": TYPE}
    assert shown["fileDescription"] == {"format": "parquet", "persisted": True}
    assert shown["enableErrorDiagnostics"] is True
    assert shown["created"] == shown["updated"] > 1_700_000_000_000
    assert shown["version"] == "1.0.0" and tag == '"1.0.0"'
    assert shown["files"] == f"@/dataSets/{dataset}/views/{shown['viewId']}/files"
    assert shown["basePath"].startswith("file://") and dataset in shown["basePath"]
    assert shown["lastBatchId"] == shown["lastBatchStatus"] == shown["lastSuccessfulBatch"] == shown["lastFailedBatch"] == ""


def test_a_slash_at_the_end_and_a_client_without_care(lake, schema):
    answer = lake.send("POST", f"{CATALOG}/dataSets/?requestDataSource=False", json=order("Slash", schema))
    assert answer.status_code == 201
    (reference,) = answer.json()
    assert lake.send("GET", f"{CATALOG}/{reference[2:]}/").status_code == 200


def test_the_same_key_gives_the_same_dataset(lake, schema):
    key = {"Idempotency-Key": "dataset-once"}
    first, again = create(lake, order("Once", schema), **key), create(lake, order("Once", schema), **key)
    assert first == again
    other = lake.send("POST", f"{CATALOG}/dataSets", json=order("Twice", schema), headers=key)
    assert other.status_code == 422
    assert list(lake.ask("GET", f"{CATALOG}/dataSets?name=Once").json()) == [first]


def test_table_names(lake, schema):
    twins = [create(lake, order("Catalog twins", schema)) for _ in range(2)]
    assert [lake.table_name(twin) for twin in twins] == ["catalog_twins", "catalog_twins_2"]
    mine = create(lake, order("x", schema, tags={"adobe/pqs/table": ["My_Own"]}))
    assert lake.table_name(mine) == "My_Own"
    taken = lake.send("POST", f"{CATALOG}/dataSets", json=order("y", schema, tags={"adobe/pqs/table": ["my_own"]}))
    assert taken.status_code == 409 and "my_own" in taken.text.lower()


@pytest.mark.parametrize("change, status, names", [
    ({"name": None}, 400, "name"), ({"schemaRef": None}, 400, "schemaRef"),
    ({"schemaRef": {"id": "https://ns.adobe.com/none"}}, 400, "https://ns.adobe.com/none"),
    ({"schemaRef": {"contentType": TYPE}}, 400, "schemaRef.id"), ({"tags": ["a"]}, 400, "tags"),
    ({"tags": {"adobe/pqs/table": ["a b"]}}, 400, "adobe/pqs/table"),
], ids=str)  # fmt: skip
def test_creation_refused(lake, schema, change, status, names):
    document = {key: value for key, value in {**order("Refused", schema), **change}.items() if value is not None}
    answer = lake.send("POST", f"{CATALOG}/dataSets", json=document)
    assert answer.status_code == status and names in answer.json()["detail"]
    assert lake.ask("GET", f"{CATALOG}/dataSets?name=Refused").json() == {}


def test_bodies_that_are_no_json(lake):
    for body, kind, status in (("{", "application/json", 400), ("[]", "application/json", 400), ("a,b", "text/csv", 415)):
        answer = lake.send("POST", f"{CATALOG}/dataSets", data=body, headers={"Content-Type": kind})
        assert answer.status_code == status, answer.text


def test_validate_only_stores_nothing(lake, schema):
    answer = lake.send("POST", f"{CATALOG}/dataSets", json=order("Dry run", schema), headers={"Pragma": "validate-only"})
    assert (answer.status_code, answer.json()) == (200, [])
    assert lake.ask("GET", f"{CATALOG}/dataSets?name=Dry run").json() == {}


# -- change ---------------------------------------------------------------------------------------------------------


def test_changes_in_both_forms(lake, schema):
    dataset = create(lake, order("Changing", schema, tags={"a": ["1"]}))
    answer = patch(lake, dataset, {"name": "Changed", "more": {"x": 1}})
    assert (answer.status_code, answer.json()) == (200, [f"@/dataSets/{dataset}"])
    # A client in use sends a JSON Patch as application/json.
    answer = patch(lake, dataset, [{"op": "add", "path": "/tags/unifiedProfile", "value": ["enabled:true"]}])
    assert answer.status_code == 200 and answer.headers["ETag"] == '"1.0.2"'
    answer = lake.send("PATCH", f"{CATALOG}/dataSets/{dataset}", data='[{"op": "remove", "path": "/tags/a"}]',
                       headers={"Content-Type": "application/json-patch+json"})
    assert answer.status_code == 200, answer.text
    answer = patch(lake, dataset, {"extensions": {"adobe_lakeHouse": {"rowExpiration": {"ttlValue": "P3Y"}}}}, version="/v2")
    assert answer.status_code == 200, answer.text
    assert patch(lake, dataset, {"more": {"y": 2}}, version="/v2").status_code == 200
    shown, tag = get(lake, dataset)
    assert shown["name"] == "Changed" and shown["more"] == {"x": 1, "y": 2}
    assert shown["tags"] == {"adobe/pqs/table": ["changing"], "unifiedProfile": ["enabled:true"]}
    assert shown["extensions"]["adobe_lakeHouse"]["rowExpiration"]["ttlValue"] == "P3Y"
    assert shown["version"] == "1.0.5" and tag == '"1.0.5"' and shown["updated"] >= shown["created"]
    replaced = lake.send("PUT", f"{CATALOG}/dataSets/{dataset}", json={**order("Replaced", schema), "version": "7"})
    assert replaced.status_code == 200, replaced.text
    shown, _ = get(lake, dataset)
    assert shown["name"] == "Replaced" and "more" not in shown and shown["version"] == "1.0.6"
    assert shown["tags"] == {"adobe/pqs/table": ["changing"]} and shown["classification"]["dataBehavior"] == "adhoc"


def test_conditional_changes(lake, schema):
    dataset = create(lake, order("Conditional", schema))
    _, tag = get(lake, dataset)
    assert patch(lake, dataset, {"description": "1"}, **{"If-Match": tag}).status_code == 200
    stale = patch(lake, dataset, {"description": "2"}, **{"If-Match": tag})
    assert stale.status_code == 412 and "1.0.1" in stale.text
    assert lake.send("DELETE", f"{CATALOG}/dataSets/{dataset}", headers={"If-Match": tag}).status_code == 412
    assert get(lake, dataset)[0]["description"] == "1"
    assert patch(lake, dataset, {"description": "3"}, **{"If-Match": "1.0.1"}).status_code == 200
    assert patch(lake, dataset, {"description": "4"}, **{"If-Match": "*"}).status_code == 200


def test_what_is_fixed(lake, schema):
    dataset = create(lake, order("Fixed", schema))
    other = lake.adhoc_schema("Another", files.PROPERTIES)
    assert patch(lake, dataset, {"schemaRef": {"id": other}}).status_code == 400
    assert patch(lake, dataset, {"tags": {"adobe/pqs/table": ["renamed"]}}).status_code == 400
    assert patch(lake, dataset, [{"op": "remove", "path": "/nothing"}]).status_code == 400
    assert patch(lake, dataset, [{"op": "test", "path": "/name", "value": "x"}]).status_code == 409
    assert patch(lake, dataset, {"created": 1, "version": "9", "imsOrg": "x"}).status_code == 200
    assert get(lake, dataset)[0]["created"] > 1_700_000_000_000
    assert patch(lake, "0" * 24, {"name": "x"}).status_code == 404


# -- deletion -------------------------------------------------------------------------------------------------------


def test_deletion_moves_batches_on(lake, schema, iceberg_catalog):
    dataset = create(lake, order("Going", schema))
    table = lake.table_name(dataset)
    active = lake.load(dataset, {"a.parquet": files.numbered(1, 5)})
    loading = lake.create_batch(dataset)
    assert lake.put(loading, dataset, "b.parquet", files.numbered(1, 5)).status_code == 200
    answer = lake.send("DELETE", f"{CATALOG}/dataSets/{dataset}")
    assert (answer.status_code, answer.json()) == (200, [f"@/dataSets/{dataset}"])
    assert lake.send("GET", f"{CATALOG}/dataSets/{dataset}").status_code == 404
    again = lake.send("DELETE", f"{CATALOG}/dataSets/{dataset}")
    assert (again.status_code, again.json()) == (200, [f"@/dataSets/{dataset}"]), "sent again, the same answer"
    unknown = lake.send("DELETE", f"{CATALOG}/dataSets/{'0' * 24}")
    assert (unknown.status_code, unknown.json()) == (200, [])
    assert ("prod", table) not in iceberg_catalog.list_tables("prod")
    assert lake.batch(active)["status"] in ("inactive", "deleted")
    failed = lake.batch(loading)
    assert failed["status"] == "failed"
    (error,) = failed["errors"]
    assert error["code"] == "LG-1305-409" and "Going" in error["description"]
    assert lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}).status_code == 404
    assert lake.put(loading, dataset, "c.parquet", files.numbered(1, 5)).status_code in (404, 409)
    assert lake.table_name(create(lake, order("Going", schema))) == table


@pytest.mark.parametrize("point", ["deletion.before_batches", "deletion.before_batches:2", "deletion.before_table"])
def test_deletion_is_finished_after_a_crash(own_server, point):
    server, lake = own_server(crash_points=True)
    dataset = lake.dataset_of("Cut short", files.PROPERTIES)
    active = lake.load(dataset, {"a.parquet": files.numbered(1, 5)})
    loading = lake.create_batch(dataset)
    server.restart(env={"LAKEGATE_CRASH_AT": point})
    lake = server.lake()
    with pytest.raises(requests.exceptions.ConnectionError):
        lake.send("DELETE", f"{CATALOG}/dataSets/{dataset}")
    server.wait_until_gone(seconds=30)
    server.start()
    lake = server.lake()
    assert lake.send("GET", f"{CATALOG}/dataSets/{dataset}").status_code == 404
    assert lake.batch(active)["status"] in ("inactive", "deleted")
    assert lake.batch(loading)["status"] == "failed"


def test_creation_after_a_lost_answer(own_server):
    server, lake = own_server(crash_points=True)
    schema = lake.adhoc_schema("Lost answer", files.PROPERTIES)
    server.restart(env={"LAKEGATE_CRASH_AT": "dataset.created"})
    key = {"Idempotency-Key": "lost"}
    with pytest.raises(requests.exceptions.ConnectionError):
        server.lake().send("POST", f"{CATALOG}/dataSets", json=order("Lost", schema), headers=key)
    server.wait_until_gone(seconds=30)
    server.start()
    lake = server.lake()
    dataset = create(lake, order("Lost", schema), **key)
    assert list(lake.ask("GET", f"{CATALOG}/dataSets").json()) == [dataset]
    lake.load(dataset, {"a.parquet": files.numbered(1, 5)})


# -- lists ----------------------------------------------------------------------------------------------------------


def test_dataset_lists(lake, schema):
    made = [create(lake, order(f"Listed {n}", schema, tags={"group": ["catalog", str(n)]})) for n in range(4)]

    def listed(query):
        return list(lake.ask("GET", f"{CATALOG}/dataSets?{query}").json())
    assert listed("name=Listed*") == made[::-1], "newest first"
    assert listed("name=Listed*&orderBy=asc:created") == made
    assert listed("name=Listed*&orderBy=desc:name&limit=2&start=1") == made[::-1][1:3]
    assert listed("name=Listed 1,Listed 2&sort=name") == made[1:3]
    assert listed("tags=group:catalog,group:3") == [made[3]]
    assert listed("tags=group:*&name=Listed 0") == [made[0]]
    assert listed(f"property=schemaRef.id=={schema}&property=name==Listed 2") == [made[2]]
    assert listed(f"id={made[1]}&unknown=parameter") == [made[1]]
    assert listed("property=name~^Listed [12]$") == made[1:3][::-1]
    assert listed("name=!Listed*&name=*isted*") == []
    shown = lake.ask("GET", f"{CATALOG}/dataSets?id={made[0]}&properties=name,nothing").json()
    assert shown == {made[0]: {"name": "Listed 0"}}
    for wrong, says in (("limit=0", "1 to 100"), ("start=x", "start"), ("orderBy=nothing", "nothing"),
                        ("property=name~(?=x)", "look-around"), ("enableErrorDiagnostics=7", "true or false")):
        refused = lake.send("GET", f"{CATALOG}/dataSets?{wrong}")
        assert refused.status_code == 400 and says in refused.json()["detail"], refused.text


def test_views_files_and_last_batches(lake, schema):
    dataset = create(lake, order("Viewed", schema))
    view = get(lake, dataset)[0]["viewId"]
    batches = [lake.load(dataset, {"x/a.parquet": files.numbered(1, 3), "b.parquet": files.numbered(4, 3)}) for _ in range(2)]
    loading = lake.create_batch(dataset)
    assert lake.put(loading, dataset, "c.parquet", files.numbered(1, 3)).status_code == 200

    expected = [f"{batch}-{n}" for batch in batches[::-1] for n in (1, 2)]
    for path in (f"/dataSetFiles?dataSetId={dataset}", f"/dataSets/{dataset}/views/{view}/files"):
        assert list(lake.ask("GET", CATALOG + path).json()) == expected
    assert list(lake.ask("GET", f"{CATALOG}/dataSetFiles?batchId={batches[0]}&start=1&limit=1").json()) == [f"{batches[0]}-2"]
    assert lake.ask("GET", f"{CATALOG}/dataSetFiles?batchId={loading}").json() == {}, "not complete yet"
    (one,) = lake.ask("GET", f"{CATALOG}/dataSetFiles/{batches[0]}-1").json().values()
    assert one["dataSetViewId"] == view and one["batchId"] == batches[0] and one["name"] == "x/a.parquet"
    assert lake.send("GET", f"{CATALOG}/dataSetFiles/{batches[0]}-9").status_code == 404
    assert lake.send("GET", f"{CATALOG}/dataSetFiles").status_code == 400
    for path in (f"/dataSets/{dataset}/views", f"/dataSets/{dataset}/views/{view}", f"/dataSetViews/{view}",
                 f"/dataSetViews?dataSetId={dataset}"):
        assert lake.ask("GET", CATALOG + path).json()[view]["dataSetId"] == dataset
    assert lake.send("GET", f"{CATALOG}/dataSets/{dataset}/views/{'0' * 24}").status_code == 404

    lake.act(loading, "FAIL")
    shown, _ = get(lake, dataset)
    assert shown["lastBatchId"] == loading and shown["lastBatchStatus"] == "failed"
    assert shown["lastSuccessfulBatch"] == batches[1] and shown["lastFailedBatch"] == loading
    batch = lake.ask("GET", f"{CATALOG}/batch/{batches[0]}").json()[batches[0]]
    assert [step["to"] for step in batch["history"]][-1] == "active"
