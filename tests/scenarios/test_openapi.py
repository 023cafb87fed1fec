"""The server behaves as docs/openapi.json says: schemathesis makes requests out of the description and looks at the answers.

No answer is 5xx; each has a status, a media type, header fields and a body that the description has for its operation. Requests are made from
a fixed seed, few of each operation, and every second one names things that exist, so that it gets past 404.
"""

import itertools
import os
import pathlib
import re
import subprocess
import sys

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings

from support import files
from support.described import DOCUMENT, checks_for, operations

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("EXAMPLES", "10"))  # of each operation; EXAMPLES=300 SEED=7 looks longer and elsewhere
SEED = int(os.environ.get("SEED", "20261125"))
COUNT = itertools.count()
# Of two spellings one is enough.
DESCRIBED = schemathesis.openapi.from_dict(DOCUMENT).exclude(func=lambda c: "x-lakegate-alias-of" in c.operation.definition.raw)


@pytest.fixture(scope="module")
def world(server, lake):
    """Path parameters that lead to something, by operation's path: a dataset with an active and an open batch, resources."""
    dataset = lake.dataset_of("Described", files.PROPERTIES)
    active = lake.create_batch(dataset)
    assert lake.put(active, dataset, "a.parquet", files.numbered(1, 50)).status_code == 200
    assert lake.act(active, "COMPLETE").status_code == 200
    shown = lake.wait(active, "active")
    assert shown["recordCount"] == 50
    view = lake.ask("GET", f"/data/foundation/catalog/dataSets/{dataset}").json()[dataset]["viewId"]
    schema = lake.ask("GET", "/data/foundation/schemaregistry/tenant/schemas",
                      headers={"Accept": "application/vnd.adobe.xed-id+json"}).json()["results"][0]["meta:altId"]
    known = {"batchId": active, "datasetId": dataset, "dataSetFileId": f"{active}-1", "filePath": "a.parquet", "view": view,
             "namespace": "prod", "table": lake.table_name(dataset), "code": "LG-1101-409", "field": "status"}

    def fill(path, parameters):
        """Known values in place of made-up ones; `id` means what the path is about."""
        of = {"/dataSets/{id}": dataset, "/batches/{id}": active, "/dataSetFiles/{id}": f"{active}-1", "/dataSetViews/{id}": view,
              "/tenant/schemas/{id}": schema, "/global/classes/{id}": "_xdm.context.profile"}
        own = next((value for part, value in of.items() if part in path), None)
        return {name: own if name == "id" and own else known.get(name, value) for name, value in parameters.items()}

    def fill_body(body):
        """The same in what is sent."""
        if not isinstance(body, dict):
            return body
        inside = {"datasetId": dataset, "dataSetId": dataset, "relatedObjects": [{"type": "dataSet", "id": dataset}],
                  "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}}  # fmt: skip
        return {**body, **{name: value for name, value in inside.items() if name in body}}

    return fill, fill_body


# What would take the world away from the tests that follow.
ENDS = {"DELETE /data/foundation/catalog/dataSets/{id}", "DELETE /data/foundation/catalog/batches/{id}",
        "DELETE /data/foundation/schemaregistry/tenant/schemas/{id}"}  # fmt: skip


@DESCRIBED.parametrize()
@seed(SEED)
@settings(max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(server, world, case):
    path, label = case.operation.path, f"{case.method.upper()} {case.operation.path}"
    fill, fill_body = world
    number = next(COUNT)
    if number % 2 and label not in ENDS:
        case.path_parameters = fill(path, case.path_parameters or {})
        case.body = fill_body(case.body)
    if case.headers and len(case.headers.get("Idempotency-Key", "")) == 1:  # else one key would stand for all
        case.headers["Idempotency-Key"] = f"request {number}"
    secured = case.operation.definition.raw.get("security")
    headers = server.headers() if secured else {}
    if secured and case.headers and "x-sandbox-name" in case.headers:
        case.headers["x-sandbox-name"] = "prod"
    answer = case.call(base_url=server.url, headers=headers, timeout=30)
    case.validate_response(answer, checks=checks_for(case.operation.definition.raw, answer))


def test_the_document_is_joined():
    ran = subprocess.run([sys.executable, ROOT / "scripts/openapi", "--check"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_document_is_served(server):
    answer = requests.get(f"{server.url}/openapi.json", timeout=30)
    assert answer.json() == DOCUMENT and answer.json()["openapi"] == "3.1.0"
    again = requests.get(f"{server.url}/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")


# -- what every operation says -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("headers", "status", "form"), [
    ({"Authorization": None}, 403, "error_code"),
    ({"Authorization": "Bearer nothing"}, 401, "error_code"),
    ({"x-api-key": None}, 403, "error_code"),
    ({"x-gw-ims-org-id": None}, 400, "error_code"),
    ({"x-gw-ims-org-id": "1234@AdobeOrg"}, 403, "error_code"),
])
def test_the_door_is_described(server, headers, status, form):
    """Each operation that asks for token, key and org is refused without, in the gateway's form, which it describes."""
    asked = {name: value for name, value in {**server.headers(), **headers}.items() if value is not None}
    doors = 0
    for label, operation in operations():
        if operation["security"] != [{"token": [], "apiKey": [], "org": []}]:
            continue
        doors += 1
        method, path = label.split()
        answer = requests.request(method, server.url + path.replace("{", "").replace("}", ""), headers=asked, timeout=30)
        assert answer.status_code == status, (label, answer.text)
        assert method == "HEAD" or form in answer.json(), (label, answer.text)
        response = operation["responses"][str(status)]["$ref"].rpartition("/")[2]
        assert "application/json" in DOCUMENT["components"]["responses"][response]["content"], label
    assert doors > 60


def test_other_methods_are_refused_with_those_that_are_there(server):
    for path, item in DOCUMENT["paths"].items():
        described = {method.upper() for method in item if method != "parameters"}
        answer = requests.request("TRACE", server.url + path.replace("{", "").replace("}", ""), timeout=30)
        assert answer.status_code == 405, path
        # A path that is written out may fit into another's parameter: then that one's methods are there, too.
        for other, its in DOCUMENT["paths"].items():
            if other != path and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(other)), path):
                described |= {method.upper() for method in its if method != "parameters"}
        assert set(answer.headers["Allow"].split(", ")) == described | ({"HEAD"} if "GET" in described else set()), path
    assert "MethodNotAllowed" in DOCUMENT["components"]["responses"]


def test_every_operation_tells_what_it_is_for():
    for label, operation in operations():
        assert operation["summary"] and operation["tags"] and operation["operationId"], label
        assert any(status.startswith("2") for status in operation["responses"]), label
