"""A batch's whole life over HTTP, as contract/README.md decides each answer."""

import concurrent.futures
import re

import pytest

from support import files
from support.lake import CATALOG, IMPORT


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Batch life", files.PROPERTIES)


def rows_of(reader_catalog, lake, dataset):
    return reader_catalog.load_table(("prod", lake.table_name(dataset))).scan().to_arrow().to_pylist()


def test_small_file_from_create_to_active(lake, dataset, iceberg_catalog):
    content = files.numbered(1, 10)
    created = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset})
    assert created.status_code == 201
    body = created.json()
    assert body["status"] == "loading"
    assert body["relatedObjects"] == [{"type": "dataSet", "id": dataset}]
    assert body["version"] == "1.0.0" and body["tags"] == {} and body["imsOrg"].endswith("@AdobeOrg")
    assert body["created"] > 1_700_000_000_000 and body["updated"] >= body["created"]
    batch = body["id"]

    sent = lake.put(batch, dataset, "part1=a/part2=b/x.parquet", content)
    assert (sent.status_code, sent.content) == (200, b"")
    done = lake.act(batch, "COMPLETE")
    assert (done.status_code, done.content) == (200, b"")
    seen = lake.wait(batch, "active")
    assert seen["metrics"]["inputFileCount"] == 1
    assert seen["metrics"]["inputByteSize"] == len(content)
    assert seen["metrics"]["inputRecordCount"] == seen["metrics"]["outputRecordCount"] == 10
    assert seen["errors"] == []
    assert seen["created"] <= seen["started"] <= seen["completed"]
    assert sorted(r["id"] for r in rows_of(iceberg_catalog, lake, dataset)) == list(range(1, 11))

    assert lake.act(batch, "COMPLETE").status_code == 200, "a repeated COMPLETE answers as the first did"
    (only,) = lake.ask("GET", f"{CATALOG}/dataSetFiles?batchId={batch}").json().values()
    assert only["batchId"] == batch


def test_json_answers_when_asked_for(lake, dataset):
    asked = {"Accept": "application/json"}
    content = files.numbered(1, 3)
    batch = lake.create_batch(dataset)
    path = lake.file_path(batch, dataset, "folder/a.parquet")
    answer = lake.send("PUT", path, data=content, headers=asked)
    assert (answer.status_code, answer.json()) == (200, {"name": "folder/a.parquet", "sizeInBytes": len(content)})
    path = lake.file_path(batch, dataset, "b.parquet")
    assert lake.send("POST", path + "?action=INITIALIZE", headers=asked).status_code == 201
    answer = lake.part(batch, dataset, "b.parquet", content, 0, len(content), headers=asked)
    assert (answer.status_code, answer.json()["sizeInBytes"]) == (200, len(content))
    answer = lake.send("POST", path + "?action=COMPLETE", headers=asked)
    assert (answer.status_code, answer.json()) == (200, {"name": "b.parquet", "sizeInBytes": len(content)})
    answer = lake.send("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", headers=asked)
    assert answer.status_code == 200 and answer.json()["id"] == batch
    lake.wait(batch, "active")


def test_chunks_in_any_order_and_in_parallel(lake, dataset, iceberg_catalog, server):
    content = files.noise(10_000, 40_000)
    total, step = len(content), 150_001
    batch = lake.create_batch(dataset)
    answer = lake.initialize(batch, dataset, "big.parquet")
    assert (answer.status_code, answer.content) == (201, b"")
    head = lake.send("HEAD", lake.file_path(batch, dataset, "big.parquet"))
    assert head.status_code == 200 and "Range" not in head.headers

    begins = list(range(0, total, step))
    begins = begins[1:] + begins[:1]  # the first one last
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(
            lambda at: lake.part(batch, dataset, "big.parquet", content[at:at + step], at, total), begins))
    assert {(a.status_code, a.content) for a in answers} == {(200, b"")}
    head = lake.send("HEAD", lake.file_path(batch, dataset, "big.parquet"))
    assert head.headers["Range"] == f"bytes=0-{total - 1}"
    answer = lake.finish_file(batch, dataset, "big.parquet")
    assert (answer.status_code, answer.content) == (201, b"")
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["metrics"]["inputByteSize"] == total
    ids = {r["id"] for r in rows_of(iceberg_catalog, lake, dataset)}
    assert set(range(10_000, 50_000)) <= ids
    assert any(path.stat().st_size >= total and path.read_bytes()[:total] == content
               for path in server.data_files(lake.table_name(dataset)))


def test_batch_complete_stitches_files_that_were_never_completed(lake, dataset):
    content = files.numbered(1, 500)
    batch = lake.create_batch(dataset)
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    half = len(content) // 2
    assert lake.part(batch, dataset, "a.parquet", content[:half], 0, len(content)).status_code == 200
    refused = lake.act(batch, "COMPLETE")
    assert refused.status_code == 400
    assert f"{half}-{len(content) - 1}" in refused.text and "a.parquet" in refused.text
    assert lake.batch(batch)["status"] == "loading"
    assert lake.part(batch, dataset, "a.parquet", content[half:], half, len(content)).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["recordCount"] == 500


def test_a_file_can_be_replaced_while_loading(lake, dataset, iceberg_catalog):
    name = lake.table_name(dataset)
    before = len(iceberg_catalog.load_table(("prod", name)).scan().to_arrow())
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "a.parquet", files.numbered(700_000, 9)[:-4]).status_code == 200  # broken
    assert lake.put(batch, dataset, "a.parquet", files.numbered(700_100, 5)).status_code == 200
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.wait(batch, "active")["recordCount"] == 5
    assert len(iceberg_catalog.load_table(("prod", name)).scan().to_arrow()) == before + 5


def test_a_bad_file_fails_the_batch_and_says_why(lake, dataset):
    content = files.parquet({"id": [1, None, 3], "text": ["a", "b", "c"], "extra": [1, 2, 3]},
                            files.SCHEMA.append(files.pa.field("extra", files.pa.int64())))
    batch = lake.send_files(dataset, {"dir/strange.parquet": content, "fine.parquet": files.numbered(1, 3)})
    failed = lake.wait(batch, "failed")
    (error,) = failed["errors"]
    assert error["code"] and "extra" in error["description"] and "dir/strange.parquet" in error["description"]
    assert "metrics" not in failed or failed["metrics"].get("outputRecordCount", 0) == 0


@pytest.mark.parametrize("action, state", [("ABORT", "aborted"), ("FAIL", "failed")])
def test_the_client_gives_up(lake, dataset, action, state):
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 3)).status_code == 200
    answer = lake.act(batch, action)
    assert (answer.status_code, answer.content) == (200, b"")
    seen = lake.batch(batch)
    assert seen["status"] == state
    assert (len(seen["errors"]) >= 1) == (state == "failed")
    assert lake.act(batch, action).status_code == 200, "repeated: the same answer"
    refused = lake.put(batch, dataset, "b.parquet", files.numbered(1, 3))
    assert refused.status_code == 409 and state in refused.text


def test_the_words_of_actions(lake, dataset):
    """`actions` for `action`, any case: as published requests have them."""
    content = files.numbered(1, 2)
    batch = lake.create_batch(dataset)
    path = lake.file_path(batch, dataset, "a.parquet")
    assert lake.send("POST", path + "?actions=initialize").status_code == 201
    assert lake.part(batch, dataset, "a.parquet", content, 0, len(content)).status_code == 200
    assert lake.send("POST", f"{IMPORT}/batches/{batch}?actions=complete").status_code == 200
    lake.wait(batch, "active")


def test_how_much_is_here(lake, dataset):
    """HEAD and the answer to a part name the last byte up to which there is no gap."""
    content = files.numbered(1, 500)
    total, batch = len(content), lake.create_batch(dataset)
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    asked = {"Accept": "application/json"}
    for begin, end, shown, held in [(100, 200, None, 100), (0, 100, "bytes=0-199", 200), (300, 400, "bytes=0-199", 300),
                                    (200, 300, "bytes=0-399", 400), (400, total, f"bytes=0-{total - 1}", total)]:
        answer = lake.part(batch, dataset, "a.parquet", content[begin:end], begin, total, headers=asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers.get("Range") == shown
        assert answer.json() == {"name": "a.parquet", "sizeInBytes": held}
        head = lake.send("HEAD", lake.file_path(batch, dataset, "a.parquet"))
        assert head.status_code == 200 and head.headers.get("Range") == shown
    assert lake.put(batch, dataset, "whole.parquet", content).status_code == 200
    assert lake.send("HEAD", lake.file_path(batch, dataset, "whole.parquet")).headers["Range"] == f"bytes=0-{total - 1}"


def test_requests_as_clients_in_use_send_them(lake, dataset):
    """curl's form type on JSON, PATCH to create, a multipart type on an action without a body, %2F in a path."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    created = lake.send("POST", f"{IMPORT}/batches", data=f'{{"datasetId": "{dataset}"}}', headers=form)
    assert created.status_code == 201, created.text
    created = lake.send("PATCH", f"{IMPORT}/batches", json={
        "datasetId": dataset, "inputFormat": {"format": "Parquet", "isMultiLineJson": False},
        "enableErrorDiagnostics": True})
    assert created.status_code == 201, created.text
    assert created.json()["tags"] == {"acp_enableErrorDiagnostics": True}
    batch = created.json()["id"]
    path = lake.file_path(batch, dataset, "a/b.parquet").replace("a/b", "a%2Fb")
    assert lake.send("PUT", path, data=files.numbered(1, 3), headers=form).status_code == 200
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    done = lake.send("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", headers=multipart)
    assert done.status_code == 200, done.text
    lake.wait(batch, "active")
    (only,) = lake.ask("GET", f"{CATALOG}/dataSetFiles?batchId={batch}").json().values()
    assert "a/b.parquet" in str(only)


def test_external_ids_and_idempotency_keys(lake, dataset):
    body = {"datasetId": dataset, "externalId": "order-feed-1"}
    first = lake.send("POST", f"{IMPORT}/batches", json=body)
    again = lake.send("POST", f"{IMPORT}/batches", json=body)
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]

    key = {"Idempotency-Key": "k-77"}
    one = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}, headers=key)
    two = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset}, headers=key)
    assert one.status_code == two.status_code == 201 and one.json() == two.json()
    other = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset, "tags": {"a": ["b"]}}, headers=key)
    assert other.status_code == 422
    assert lake.create_batch(dataset) != one.json()["id"]


def test_catalog_lists(lake):
    dataset = lake.dataset_of("Batch lists", files.PROPERTIES)
    ids = [lake.create_batch(dataset) for _ in range(5)]
    lake.act(ids[0], "ABORT")

    def listed(query):
        return list(lake.ask("GET", f"{CATALOG}/batches?dataSet={dataset}&{query}").json())
    assert listed("") == ids[::-1], "newest first"
    assert listed("orderBy=asc:created") == ids
    assert listed("limit=2&start=1") == ids[::-1][1:3]
    assert listed("status=aborted") == [ids[0]]
    assert listed("status=aborted,loading&limit=100") == ids[::-1]
    created = [lake.batch(one)["created"] for one in ids]
    assert set(listed(f"createdAfter={created[2]}")) == {one for one, at in zip(ids, created) if at > created[2]}
    assert set(listed(f"createdBefore={created[2]}")) == {one for one, at in zip(ids, created) if at < created[2]}
    for wrong in ("limit=0", "limit=101", "limit=x"):
        refused = lake.send("GET", f"{CATALOG}/batches?{wrong}")
        assert refused.status_code == 400 and re.search(r"1.*100", refused.text)


def test_preview_of_a_batch(lake, dataset):
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 7)})
    answer = lake.ask("GET", f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview?format=parquet&nrow=5").json()
    columns = {column["name"]: column["cid"] for column in answer["preview"]["columns"]}
    assert set(columns) == {"id", "text"}
    rows = answer["preview"]["rows"]
    assert [str(row[columns["id"]]) for row in rows] == ["1", "2", "3", "4", "5"]
