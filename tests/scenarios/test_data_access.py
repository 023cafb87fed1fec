"""Reading back: files as they were sent, ranges of them, pages, previews. contract/data-access.md."""

import datetime
import json

import pyarrow as pa
import pytest

from support import files
from support.lake import EXPORT, IMPORT

SENT = {"part=1/first file.parquet": files.numbered(1, 5), "second.parquet": files.noise(6, 2000)}


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Data access", files.PROPERTIES)


@pytest.fixture(scope="module")
def batch(lake, dataset):
    return lake.load(dataset, SENT)


def file_id(batch, path):
    return f"{batch}-{list(SENT).index(path) + 1}"


def read(lake, id_, path, method="GET", **headers):
    return lake.send(method, f"{EXPORT}/files/{id_}", params={"path": path}, headers=headers)


def test_the_way_to_the_bytes(lake, batch):
    """Batch, files, names, bytes: each step follows the address that the one before gave."""
    seen = {}
    for file in lake.ask("GET", f"{EXPORT}/batches/{batch}/files").json()["data"]:
        assert file["isValid"] is True and file["created"].isdecimal() and file["updated"].isdecimal()
        address = file["_links"]["self"]["href"]
        assert address == f"{lake.url}{EXPORT}/files/{file['dataSetFileId']}"
        page = lake.session.get(address, timeout=30).json()
        assert page["_page"] == {"limit": 100, "count": 1}
        (name,) = page["data"]
        bytes_ = lake.session.get(name["_links"]["self"]["href"], timeout=30).content
        assert name["length"] == str(len(bytes_))
        seen[name["name"]] = bytes_
    assert seen == SENT, "bit for bit, without what judging appended"


def test_pages_of_files(lake, batch):
    address = f"{EXPORT}/batches/{batch}/files"
    first = lake.ask("GET", f"{address}?limit=1").json()
    assert first["_page"] == {"limit": 1, "count": 2}
    second = lake.session.get(first["_links"]["next"]["href"], timeout=30).json()
    assert [one["dataSetFileId"] for one in first["data"] + second["data"]] == [f"{batch}-1", f"{batch}-2"]
    assert "_links" not in second and "_links" not in lake.ask("GET", address).json()
    assert lake.ask("GET", f"{address}?start=7").json()["data"] == []
    for wrong in ("limit=0", "limit=101", "limit=x", "start=-1"):
        assert lake.send("GET", f"{address}?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("path", SENT)
def test_ranges(lake, batch, path):
    id_, sent = file_id(batch, path), SENT[path]
    for field, begin, end in [("bytes=0-99", 0, 100), ("bytes=100-", 100, len(sent)), ("bytes=-7", len(sent) - 7, len(sent)),
                              (f"bytes=0-{len(sent) + 5}", 0, len(sent))]:
        answer = read(lake, id_, path, Range=field)
        assert answer.status_code == 206, field
        assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(sent)}"
        assert answer.headers["Content-Length"] == str(end - begin)
        assert answer.content == sent[begin:end]
    behind = read(lake, id_, path, Range=f"bytes={len(sent)}-")
    assert behind.status_code == 416 and behind.headers["Content-Range"] == f"bytes */{len(sent)}"
    several = read(lake, id_, path, Range="bytes=0-1,4-5")
    assert several.status_code == 416 and several.json()["type"].endswith("LG-1801-416")
    assert "one range a request" in several.json()["detail"]
    for ignored in ("rows=0-1", "bytes=9-1"):
        answer = read(lake, id_, path, Range=ignored)
        assert answer.status_code == 200 and answer.content == sent


def test_a_download_goes_on_where_it_stopped(lake, batch):
    path = "second.parquet"
    start = read(lake, file_id(batch, path), path, Range="bytes=0-999")
    rest = read(lake, file_id(batch, path), path, **{"Range": "bytes=1000-", "If-Range": start.headers["ETag"]})
    assert rest.status_code == 206 and start.content + rest.content == SENT[path]
    other = read(lake, file_id(batch, path), path, **{"Range": "bytes=1000-", "If-Range": '"other"'})
    assert other.status_code == 200 and other.content == SENT[path]


def test_the_query_range_of_a_client_is_ignored(lake, batch):
    answer = lake.ask("GET", f"{EXPORT}/files/{batch}-2?path=second.parquet&range=bytes%3D0-9")
    assert answer.status_code == 200 and answer.content == SENT["second.parquet"]


@pytest.mark.parametrize("path", SENT)
def test_head(lake, batch, path):
    answer = read(lake, file_id(batch, path), path, "HEAD")
    assert answer.status_code == 200 and answer.content == b""
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(SENT[path]))
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_head_needs_a_path(lake, batch):
    assert lake.send("HEAD", f"{EXPORT}/files/{batch}-1").status_code == 400


def test_what_is_not_there(lake, batch):
    for address in (f"files/{batch}-3", f"files/{batch}-0", f"files/{batch}", "files/x", f"files/{batch}-1?path=second.parquet",
                    "batches/none/files", "batches/none/meta", "batches/none/failed",
                    f"batches/{batch}/meta?path=row_errors/parsing_errors_0.json", f"batches/{batch}/meta?path=row_errors_sample.json",
                    f"batches/{batch}/failed?path=_SUCCESS", "datasets/none/preview"):
        answer = lake.send("GET", f"{EXPORT}/{address}")
        assert answer.status_code == 404, address
        assert answer.json()["detail"], address


def test_files_are_seen_from_complete_on(lake, dataset):
    batch = lake.create_batch(dataset)
    assert lake.put(batch, dataset, "a.parquet", files.numbered(1, 1)).status_code == 200
    assert lake.ask("GET", f"{EXPORT}/batches/{batch}/files").json() == {"data": [], "_page": {"limit": 100, "count": 0}}
    assert lake.send("GET", f"{EXPORT}/files/{batch}-1").status_code == 404
    assert lake.act(batch, "COMPLETE").status_code == 200
    assert lake.ask("GET", f"{EXPORT}/files/{batch}-1").status_code == 200


def test_a_failed_batch_shows_what_was_sent(lake, dataset):
    batch = lake.send_files(dataset, {"bad.parquet": b"no Parquet file"})
    lake.wait(batch, "failed")
    (file,) = lake.ask("GET", f"{EXPORT}/batches/{batch}/files").json()["data"]
    assert file["isValid"] is False
    assert read(lake, file["dataSetFileId"], "bad.parquet").content == b"no Parquet file"
    (mark,) = lake.ask("GET", f"{EXPORT}/batches/{batch}/failed").json()["data"]
    assert (mark["name"], mark["length"]) == ("_SUCCESS", "0"), "no row can be told"
    (parsing,) = lake.ask("GET", f"{EXPORT}/batches/{batch}/meta?path=row_errors").json()["data"]
    assert parsing["name"] == "row_errors/parsing_errors_0.json"
    (line,) = lake.session.get(parsing["_links"]["self"]["href"], timeout=30).text.splitlines()
    assert json.loads(line)["_filename"] == "bad.parquet" and json.loads(line)["_errors"][0]["code"] == "LG-2000-400"


def test_rows_of_a_failed_batch(lake, dataset):
    required = lake.dataset_of("Data access, refused rows", {
        "id": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}, "name": {"type": "string", "maxLength": 3}})
    bad = files.parquet({"id": [1, -3, -5, 7], "name": ["a", "b", "long name", "long name"]},
                        pa.schema([("id", pa.int64()), ("name", pa.string())]))
    batch = lake.send_files(required, {"rows.parquet": bad})
    lake.wait(batch, "failed")
    address = f"{EXPORT}/batches/{batch}"
    mark, part = lake.ask("GET", f"{address}/failed").json()["data"]
    assert mark["name"] == "_SUCCESS" and part["name"].startswith("part-00000-") and part["name"].endswith(".json")
    assert lake.ask("GET", f"{address}/failed?path=_SUCCESS").content == b""
    text = lake.session.get(part["_links"]["self"]["href"], timeout=30).text
    assert part["length"] == str(len(text.encode()))
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["_row"] for row in rows] == [1, 2, 3] and {row["_filename"] for row in rows} == {"rows.parquet"}
    assert [[error["pointerToViolation"] for error in row["_validationErrors"]] for row in rows] == [
        ["#/id"], ["#/id", "#/name"], ["#/name"]]
    root = [entry["name"] for entry in lake.ask("GET", f"{address}/meta").json()["data"]]
    assert root == ["input_files", "row_errors", "row_errors_sample.json", "row_error_samples.json"]
    (entry,) = lake.ask("GET", f"{address}/meta?path=row_errors/").json()["data"]
    assert entry["name"] == "row_errors/validation_errors_0.json"
    text = lake.ask("GET", f"{address}/meta?path={entry['name']}").text
    assert len(text.splitlines()) == 3 and json.loads(text.splitlines()[0])["_errors"][0]["message"]
    for sample in root[2:]:
        assert lake.ask("GET", f"{address}/meta?path={sample}").text == text
    for path in ("failed?path=part-00001", "meta?path=row_errors/none", "meta?path=none"):
        assert lake.send("GET", f"{address}/{path}").status_code == 404


def test_conditions_of_a_download(lake, batch):
    path = "second.parquet"
    tag = read(lake, file_id(batch, path), path, "HEAD").headers["ETag"]
    known = read(lake, file_id(batch, path), path, **{"If-None-Match": f'"x", {tag}'})
    assert known.status_code == 304 and known.content == b"" and known.headers["ETag"] == tag
    assert read(lake, file_id(batch, path), path, **{"If-None-Match": '"x"'}).content == SENT[path]
    assert read(lake, file_id(batch, path), path, **{"If-Match": tag, "Range": "bytes=0-9"}).status_code == 206
    assert read(lake, file_id(batch, path), path, **{"If-Match": '"x"'}).status_code == 412


def test_meta(lake, batch):
    address = f"{EXPORT}/batches/{batch}/meta"
    root, errors = lake.ask("GET", address).json()["data"]
    assert root["name"] == "input_files" and errors["name"] == "row_errors"
    assert lake.ask("GET", f"{address}?path=row_errors").json()["data"] == []
    (entry,) = lake.session.get(root["_links"]["self"]["href"], timeout=30).json()["data"]
    assert entry["name"] == "input_files/fileMetaData1.json"
    text = lake.session.get(entry["_links"]["self"]["href"], timeout=30).text
    assert entry["length"] == str(len(text.encode()))
    assert [json.loads(line) for line in text.splitlines()] == [{"path": path} for path in SENT]
    assert lake.ask("GET", f"{EXPORT}/batches/{batch}/failed").json() == {"data": [], "_page": {"limit": 100, "count": 0}}


# -- previews --------------------------------------------------------------------------------------------------------


def test_preview_of_values(lake):
    """Every type, as people read it; names as the file spells them, twins in the table or not."""
    dataset = lake.dataset_of("Preview of values", {
        "Id": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}, "id": {"type": "string"},
        "day": {"type": "string", "format": "date"}, "at": {"type": "string", "format": "date-time"},
        "number": {"type": "number"}, "yes": {"type": "boolean"},
        "address": {"type": "object", "properties": {"City": {"type": "string"}, "zip": {"type": "integer"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "map": {"type": "object", "additionalProperties": {"type": "integer"}}})
    schema = pa.schema([
        ("id", pa.string()), ("Id", pa.int64()), ("day", pa.date32()), ("at", pa.timestamp("ms", "UTC")),
        ("number", pa.float64()), ("yes", pa.bool_()), ("address", pa.struct([("zip", pa.int32()), ("City", pa.string())])),
        ("tags", pa.list_(pa.string())), ("map", pa.map_(pa.string(), pa.int32()))])
    rows = [{"id": "ü", "Id": 9007199254740991, "day": datetime.date(2024, 2, 29),
             "at": datetime.datetime(2024, 2, 29, 12, 0, 0, 120_000, datetime.timezone.utc), "number": 0.1, "yes": True,
             "address": {"zip": 1, "City": "Bonn"}, "tags": ["a", None], "map": [("k", 1)]},
            dict.fromkeys(schema.names)]
    lake.load(dataset, {"a.parquet": files.parquet({name: [row[name] for row in rows] for name in schema.names}, schema)})
    assert lake.ask("GET", f"{EXPORT}/datasets/{dataset}/preview").json()["data"] == [
        {"id": "ü", "Id": 9007199254740991, "day": "2024-02-29", "at": "2024-02-29T12:00:00.12Z", "number": 0.1, "yes": True,
         "address": {"zip": 1, "City": "Bonn"}, "tags": ["a", None], "map": {"k": 1}},
        dict.fromkeys(schema.names)]


def test_preview_of_a_dataset_begins_with_the_newest(lake):
    dataset = lake.dataset_of("Preview of a dataset", files.PROPERTIES)
    assert lake.ask("GET", f"{EXPORT}/datasets/{dataset}/preview").json() == {"data": []}
    lake.load(dataset, {"a.parquet": files.numbered(1, 80)})
    newest = lake.load(dataset, {"a.parquet": files.numbered(101, 30), "b.parquet": files.numbered(201, 30)})
    ids = [row["id"] for row in lake.ask("GET", f"{EXPORT}/datasets/{dataset}/preview").json()["data"]]
    assert ids == [*range(101, 131), *range(201, 231), *range(1, 41)]
    assert lake.act(newest, "REVERT").status_code == 200
    ids = [row["id"] for row in lake.ask("GET", f"{EXPORT}/datasets/{dataset}/preview").json()["data"]]
    assert ids == [*range(1, 81)]


def test_preview_takes_what_clients_send(lake, dataset, batch):
    address = f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview"

    def count(query):
        return len(lake.ask("GET", f"{address}?{query}").json()["preview"]["rows"])
    assert count("") == count("nrow=0") == 10
    assert count("nrow=3&isMultiLineJson=False&delimiter=%2C&header=True&charset=UTF-8") == 3
    for wrong in ("nrow=-1", "nrow=x", "nrow=101", "nrow=1.5"):
        answer = lake.send("GET", f"{address}?{wrong}")
        assert answer.status_code == 400 and "1 to 100" in answer.json()["detail"]


def test_preview_waits_for_active(lake, dataset):
    batch = lake.create_batch(dataset)
    answer = lake.send("GET", f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview?format=parquet")
    assert answer.status_code == 409 and "loading" in answer.json()["detail"]


def test_another_org_sees_nothing(server, lake, dataset, batch):
    made = server.run("org", "create", "Reader")
    assert made.returncode == 0, made.stderr
    stranger = server.lake(json.loads(made.stdout))
    for address in (f"{EXPORT}/batches/{batch}/files", f"{EXPORT}/batches/{batch}/meta", f"{EXPORT}/batches/{batch}/failed",
                    f"{EXPORT}/files/{batch}-1", f"{EXPORT}/files/{batch}-2?path=second.parquet",
                    f"{EXPORT}/datasets/{dataset}/preview", f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview"):
        assert lake.send("GET", address).status_code == 200, address
        assert stranger.send("GET", address).status_code == 404, address
