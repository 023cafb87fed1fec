"""contract/batch-ingestion.md, row by row: its table "Endpoints" in both forms of answers, the members of its "Create body", and its
"Differences a tolerant server should absorb", each under its number."""

import socket
import urllib.parse

import pytest
import requests

from support import files
from support.lake import CATALOG, EXPORT, IMPORT

CONTENT = files.numbered(1, 5)
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Import contract", files.PROPERTIES)


@pytest.fixture
def batch(lake, dataset):
    return lake.create_batch(dataset)


def file_sent(lake, batch, dataset, name):
    """The bytes that the server has of a file, once its batch is active."""
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")
    for file in lake.ask("GET", f"{EXPORT}/batches/{batch}/files").json()["data"]:
        id_ = file["dataSetFileId"]
        if lake.ask("GET", f"{EXPORT}/files/{id_}").json()["data"][0]["name"] == name:
            return lake.ask("GET", f"{EXPORT}/files/{id_}?path={urllib.parse.quote(name)}").content
    raise AssertionError(f"{name} is not among the batch's files")


# -- Endpoints ---------------------------------------------------------------------------------------------------------

ACTIONS = [("COMPLETE", "loaded"), ("ABORT", "aborted"), ("FAIL", "failed")]


@pytest.mark.parametrize("accept", [{}, JSON], ids=["empty", "json"])
@pytest.mark.parametrize("action, state", ACTIONS)
def test_post_batches_id_action(lake, dataset, batch, action, state, accept):
    lake.put(batch, dataset, "a.parquet", CONTENT)
    answer = lake.send("POST", f"{IMPORT}/batches/{batch}?action={action}", headers=accept)
    assert answer.status_code == 200
    if not accept:
        assert answer.content == b""
        return
    told = answer.json()
    assert told["id"] == batch and told["relatedObjects"] == [{"type": "dataSet", "id": dataset}]
    assert told["status"] == state or (action == "COMPLETE" and told["status"] in ("staging", "staged", "active"))


def test_post_batches_id_action_revert(lake, dataset):
    batch = lake.load(dataset, {"a.parquet": CONTENT})
    answer = lake.send("POST", f"{IMPORT}/batches/{batch}?action=REVERT", headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (200, "inactive")


FILE_CALLS = [  # method, query, headers, body, status without and with JSON, size in the File
    ("PUT", "", {}, CONTENT, 200, 200, len(CONTENT)),
    ("POST", "?action=INITIALIZE", {}, None, 201, 201, 0),
    ("PATCH", "", {"Content-Range": f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"}, CONTENT, 200, 200, len(CONTENT)),
    ("POST", "?action=COMPLETE", {}, None, 201, 200, len(CONTENT)),
]


@pytest.mark.parametrize("accept", [{}, JSON], ids=["empty", "json"])
def test_calls_of_a_file(lake, dataset, batch, accept):
    for method, query, headers, body, empty_status, json_status, size in FILE_CALLS:
        name = "whole.parquet" if method == "PUT" else "folder/part1=a/parts.parquet"
        answer = lake.send(method, lake.file_path(batch, dataset, name) + query, data=body, headers={**headers, **accept})
        if accept:
            assert (answer.status_code, answer.json()) == (json_status, {"name": name, "sizeInBytes": size}), method
        else:
            assert (answer.status_code, answer.content) == (empty_status, b""), method
        if method == "PATCH":
            assert answer.headers["Range"] == f"bytes=0-{len(CONTENT) - 1}"
    head = lake.send("HEAD", lake.file_path(batch, dataset, "folder/part1=a/parts.parquet"))
    assert (head.status_code, head.headers["Range"]) == (200, f"bytes=0-{len(CONTENT) - 1}")
    assert file_sent(lake, batch, dataset, "folder/part1=a/parts.parquet") == CONTENT, "the tree is kept"


def test_a_long_address_is_414(lake, batch, dataset):
    answer = lake.put(batch, dataset, "x" * 2001, CONTENT)
    assert answer.status_code == 414 and answer.json()["status"] == 414


def test_get_preview(lake, dataset):
    batch = lake.load(dataset, {"a.parquet": CONTENT})
    for query in ("?format=parquet&nrow=3", "?nrow=3", "?format=parquet&isMultiLineJson=False&delimiter=,&quote=\"&header=True&nrow=3"):
        told = lake.ask("GET", f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview{query}").json()
        assert told["formatParams"]["format"].lower() == "parquet"
        names = {one["cid"]: one["name"] for one in told["preview"]["columns"]}
        assert sorted(names.values()) == ["id", "text"]
        assert [row[cid] for row in told["preview"]["rows"] for cid in row if names[cid] == "id"] == [1, 2, 3]


# -- Create body -------------------------------------------------------------------------------------------------------

MEMBERS = [
    ({}, {"status": "loading", "version": "1.0.0", "tags": {}}),
    ({"inputFormat": {"format": "Parquet"}}, {"status": "loading"}),
    ({"inputFormat": {"format": "PARQUET", "isMultiLineJson": False}}, {"status": "loading"}),
    ({"inputFormat": {"format": "CSV", "delimiter": ";", "quote": "'", "escape": "\\", "nullMarker": "N", "header": "true",
                      "charset": "US-ASCII"}}, {"status": "loading"}),
    ({"tags": {"source": ["shop", "web"]}}, {"tags": {"source": ["shop", "web"]}}),
    ({"enableErrorDiagnostics": True}, {"tags": {"acp_enableErrorDiagnostics": True}}),
    ({"enableErrorDiagnostics": False, "partialIngestionPercent": 0}, {"tags": {}}),
    ({"partialIngestionPercentage": 0}, {"tags": {}}),
    ({"externalId": "import-contract-1"}, {"externalId": "import-contract-1"}),
    ({"replay": None, "unknownMember": {"x": 1}}, {"status": "loading"}),
]


@pytest.mark.parametrize("members, told", MEMBERS)
def test_create_body(lake, dataset, members, told):
    answer = lake.send("POST", f"{IMPORT}/batches", json={"datasetId": dataset, **members})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert {name: body[name] for name in told} == told
    assert body["relatedObjects"] == [{"type": "dataSet", "id": dataset}]
    assert body["created"] > 1_700_000_000_000 and body["updated"] >= body["created"]
    assert {"id", "imsOrg", "createdUser", "updatedUser", "version"} <= set(body)
    assert body["externalId"] == members.get("externalId", body["id"])
    seen = lake.batch(body["id"])["inputFormat"]
    for name, value in members.get("inputFormat", {}).items():
        assert seen[name] == (value.lower() if name == "format" else value)


# -- Differences a tolerant server should absorb -------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["action=COMPLETE", "actions=COMPLETE", "action=complete", "actions=Complete"])
def test_1_and_2_names_and_case_of_actions(lake, dataset, batch, query):
    lake.put(batch, dataset, "a.parquet", CONTENT)
    assert lake.send("POST", f"{IMPORT}/batches/{batch}?{query}").status_code == 200
    path = lake.file_path(lake.create_batch(dataset), dataset, "b.parquet")
    initialize = query.replace("COMPLETE", "INITIALIZE").replace("complete", "initialize").replace("Complete", "Initialize")
    assert lake.send("POST", f"{path}?{initialize}").status_code == 201


def test_3_a_blank_before_the_colon(server, lake, dataset):
    where = urllib.parse.urlsplit(server.url)
    lines = [f"GET {CATALOG}/dataSets/{dataset} HTTP/1.1", f"Host: {where.netloc}", "Connection: close"]
    lines += [f"{name}{' ' if name == 'x-api-key' else ''}: {value}" for name, value in server.headers().items()]
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    assert dataset.encode() in answer


def test_4_and_5_no_sandbox_and_no_input_format(server, lake, dataset):
    headers = {name: value for name, value in server.headers().items() if name != "x-sandbox-name"}
    answer = requests.post(f"{server.url}{IMPORT}/batches", headers=headers, json={"datasetId": dataset}, timeout=30)
    assert answer.status_code == 201
    assert lake.batch(answer.json()["id"])["inputFormat"]["format"] == "parquet", "in the sandbox prod"


@pytest.mark.parametrize("unit", ["bytes ", "", "Bytes "])
def test_6_content_range(lake, dataset, batch, unit):
    assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
    answer = lake.send("PATCH", lake.file_path(batch, dataset, "a.parquet"), data=CONTENT,
                       headers={"Content-Range": f"{unit}0-{len(CONTENT) - 1}/{len(CONTENT)}"})
    assert answer.status_code == 200, answer.text
    assert file_sent(lake, batch, dataset, "a.parquet") == CONTENT


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("multipart", [False, True], ids=["raw", "multipart"])
def test_7_the_file_and_never_its_envelope(lake, dataset, batch, method, multipart):
    headers = {}
    if method == "PATCH":
        assert lake.initialize(batch, dataset, "a.parquet").status_code == 201
        headers["Content-Range"] = f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"
    body = {"files": {"file": ("a.parquet", CONTENT, "application/octet-stream")}} if multipart else {"data": CONTENT}
    answer = lake.send(method, lake.file_path(batch, dataset, "a.parquet"), headers=headers, **body)
    assert answer.status_code == 200, answer.text
    assert file_sent(lake, batch, dataset, "a.parquet") == CONTENT


def test_7_an_envelope_of_many_pieces(lake, dataset, batch):
    content = files.noise(1, 40_000)
    assert len(content) > 2 << 20
    answer = lake.send("PUT", lake.file_path(batch, dataset, "a.parquet"), files={"note": (None, "hello"), "file": ("a", content)})
    assert answer.status_code == 200, answer.text
    assert file_sent(lake, batch, dataset, "a.parquet") == content


def test_7_an_envelope_that_cannot_be_opened(lake, dataset, batch):
    path = lake.file_path(batch, dataset, "a.parquet")
    for type_, body, status in [("multipart/mixed; boundary=b", b"--b--", 415), ("multipart/form-data", b"--b--", 400),
                                ("multipart/form-data; boundary=b", b"PAR1", 400), ("multipart/form-data; boundary=b", b"--b--", 400)]:
        refused = lake.send("PUT", path, data=body, headers={"Content-Type": type_})
        assert refused.status_code == status, refused.text
    refused = lake.send("PUT", path, files={"file": ("a", CONTENT)}, headers={"Content-MD5": "XUFAKrxLKna5cZ2REBfFkg=="})
    assert refused.status_code == 400 and "envelope" in refused.json()["detail"]
    assert lake.send("HEAD", path).status_code == 404, "nothing was kept"


@pytest.mark.parametrize("type_", [None, "application/json", "multipart/form-data", "application/x-www-form-urlencoded", "x"])
def test_8_types_of_actions(lake, dataset, batch, type_):
    headers = {"Content-Type": type_} if type_ else {}
    path = lake.file_path(batch, dataset, "a.parquet")
    assert lake.send("POST", f"{path}?action=INITIALIZE", headers=headers).status_code == 201
    assert lake.part(batch, dataset, "a.parquet", CONTENT, 0, len(CONTENT)).status_code == 200
    assert lake.send("POST", f"{path}?action=COMPLETE", headers=headers).status_code == 201
    assert lake.send("POST", f"{IMPORT}/batches/{batch}?action=COMPLETE", headers=headers).status_code == 200


# 9, empty or JSON: test_calls_of_a_file, test_post_batches_id_action. 10 and 11, PATCH /batches and forms of predecessors: test_replay.py.


@pytest.mark.parametrize("value", ["true", "True", "false", "False"])
def test_12_booleans_of_queries(lake, dataset, value):
    batch = lake.load(dataset, {"a.parquet": CONTENT})
    address = f"{IMPORT}/batches/{batch}/datasets/{dataset}/preview?header={value}&isMultiLineJson={value}"
    assert lake.send("GET", address).status_code == 200
    schema = lake.ask("GET", f"{CATALOG}/dataSets/{dataset}").json()[dataset]["schemaRef"]
    made = lake.send("POST", f"{CATALOG}/dataSets?requestDataSource={value}", json={"name": f"Query {value}", "schemaRef": schema})
    assert made.status_code == 201, made.text


# 13, isMultiLineJson of Parquet: MEMBERS.


@pytest.mark.parametrize("separator", ["/", "%2F", "%2f"])
def test_14_slashes_in_paths(lake, dataset, batch, separator):
    name = separator.join(["part1=a", "part2=b", "x.parquet"])
    path = f"{IMPORT}/batches/{batch}/datasets/{dataset}/files/{name}"
    assert lake.send("PUT", path, data=CONTENT).status_code == 200
    assert file_sent(lake, batch, dataset, "part1=a/part2=b/x.parquet") == CONTENT
