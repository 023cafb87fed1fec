"""Idempotency-Key on actions, and the rate limit: contract/batch-ingestion.md "Limits", issue "the stored answer is replayed"."""

import pytest

from support import files
from support.lake import IMPORT


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
