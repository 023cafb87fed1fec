"""Replays: POST /batches with `replay`, contract/batch-ingestion.md "Replay" and its differences 10 and 11."""

import pytest

from support import files
from support.lake import CATALOG, IMPORT


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Replays", files.PROPERTIES)


def seen(iceberg_catalog, lake, dataset):
    table = iceberg_catalog.load_table(("prod", lake.table_name(dataset)))
    return {row["id"] for row in table.scan().to_arrow().to_pylist()}


def replay(lake, dataset, method="POST", **members):
    return lake.send(method, f"{IMPORT}/batches", json={
        "datasetId": dataset, "inputFormat": {"format": "parquet"}, "replay": {"reason": "replace", **members}})


def finish(lake, dataset, batch, content):
    assert lake.put(batch, dataset, "new.parquet", content).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    return lake.wait(batch, "active")


@pytest.mark.parametrize("method, form", [("POST", "{}"), ("POST", "${}"), ("PATCH", "${}"), ("POST", "${{{}}}")])
def test_by_id_in_every_form(lake, dataset, iceberg_catalog, method, form):
    old = lake.load(dataset, {"old.parquet": files.numbered(1_000, 5)})
    created = replay(lake, dataset, method, predecessors=[form.format(old)])
    assert created.status_code == 201, created.text
    told = {"predecessors": [old], "predecessorsByExternalId": [], "predecessorListingType": "IMMEDIATE",
            "reason": "replace"}
    assert created.json()["replay"] == told, "without the dollar"
    batch = created.json()["id"]
    assert lake.batch(old)["status"] == "active", "it stays until the new one is active"
    final = finish(lake, dataset, batch, files.numbered(2_000, 5))
    assert final["replay"] == told
    assert lake.ask("GET", f"{CATALOG}/batches?limit=1").json()[batch]["replay"] == told
    former = lake.batch(old)
    assert former["status"] == "inactive"
    assert former["tags"]["acp_successor"] == [batch], "as clients look for what came in its place"
    assert list(lake.ask("GET", f"{CATALOG}/batches?tags=acp_successor:{batch}").json()) == [old]
    assert batch in former["history"][-1]["cause"]
    rows = seen(iceberg_catalog, lake, dataset)
    assert 2_000 in rows and 1_000 not in rows
    lake.act(batch, "REVERT")


def test_by_external_id(lake, dataset, iceberg_catalog):
    old = lake.create_batch(dataset, externalId="replay-feed-1")
    finish(lake, dataset, old, files.numbered(3_000, 5))
    created = replay(lake, dataset, predecessorsByExternalId=["replay-feed-1"])
    assert created.status_code == 201, created.text
    assert created.json()["replay"]["predecessorsByExternalId"] == ["replay-feed-1"]
    finish(lake, dataset, created.json()["id"], files.numbered(4_000, 5))
    assert lake.batch(old)["status"] == "inactive"
    assert 3_000 not in seen(iceberg_catalog, lake, dataset)


def test_a_replay_that_fails_replaces_nothing(lake, dataset, iceberg_catalog):
    old = lake.load(dataset, {"old.parquet": files.numbered(5_000, 5)})
    batch = replay(lake, dataset, predecessors=[old]).json()["id"]
    assert lake.put(batch, dataset, "bad.parquet", b"PAR1 this is no file PAR1").status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "failed")
    assert lake.batch(old)["status"] == "active"
    assert 5_000 in seen(iceberg_catalog, lake, dataset)

    again = replay(lake, dataset, predecessors=[old])
    assert again.status_code == 201, "a failed one stands in nobody's way"
    refused = replay(lake, dataset, predecessors=[old])
    assert refused.status_code == 409 and again.json()["id"] in refused.json()["detail"]
    assert refused.json()["type"].endswith("LG-1111-409")


def test_what_cannot_be_replaced(lake, dataset):
    loading = lake.create_batch(dataset)
    refused = replay(lake, dataset, predecessors=[loading])
    assert refused.status_code == 409 and "loading" in refused.json()["detail"]
    elsewhere = lake.load(lake.dataset_of("Replays elsewhere", files.PROPERTIES), {"a.parquet": files.numbered(1, 1)})
    refused = replay(lake, dataset, predecessors=[elsewhere])
    assert refused.status_code == 400 and elsewhere in refused.json()["detail"]
    before = lake.ask("GET", f"{CATALOG}/batches?dataSet={dataset}&limit=100").json()
    assert replay(lake, dataset, predecessors=[elsewhere]).status_code == 400
    assert lake.ask("GET", f"{CATALOG}/batches?dataSet={dataset}&limit=100").json() == before, "nothing was created"
