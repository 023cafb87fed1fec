"""The public Python client of the Experience Platform, aepp, through the whole life of batches, with only its host names changed.

Where the client itself is at fault, the test goes around it in the open: `(client)` marks these places.
"""

import io
import time
import warnings

import pyarrow as pa
import pyarrow.parquet
import pytest

from support.server import wait_for

aepp = pytest.importorskip("aepp", reason="aepp (tests/requirements-aepp.txt) is not installed")
from aepp import catalog, dataaccess, ingestion, schema  # noqa: E402  (after the check that it is there)

FINAL = ("active", "failed", "aborted", "abandoned", "inactive", "deleted")
SHIPS = ["Puffin", "Tern", "Gannet"]


def parquet(tenant, count, ships=SHIPS):
    """`count` sailings as a Parquet file: own fields stand under the tenant's namespace."""
    rows = [{"ship": ships[i % len(ships)], "seats": 100 + i} for i in range(count)]
    column = pa.array(rows, pa.struct([("ship", pa.string()), ("seats", pa.int32())]))
    into = io.BytesIO()
    pa.parquet.write_table(pa.table({f"_{tenant}": column}), into)
    return into.getvalue()


@pytest.fixture(scope="module")
def client(server):
    """The four services of the client. It knows the platform's hosts only, so both are overwritten after `configure`."""
    credentials = server.credentials
    aepp.configure(org_id=credentials["orgId"], secret=credentials["clientSecret"], client_id=credentials["clientId"],
                   sandbox=credentials["sandboxName"], scopes="openid,AdobeID")
    aepp.config.endpoints["global"] = server.url
    aepp.config.config_object["oauthTokenEndpointV2"] = f"{server.url}/ims/token/v3"

    class Services:
        tenant = credentials["tenantId"]
        schema = aepp.schema.Schema()
        catalog = aepp.catalog.Catalog()
        ingestion = aepp.ingestion.DataIngestion()
        access = aepp.dataaccess.DataAccess()

    return Services


def own_fields(tenant):
    return {"customFields": {"type": "object", "properties": {f"_{tenant}": {"type": "object", "properties": {
        "ship": {"type": "string", "title": "Ship"}, "seats": {"type": "integer", "title": "Seats"}}}}}}


@pytest.fixture(scope="module")
def resources(client):
    """(field group, schema) as the client made them."""
    group = client.schema.createFieldGroup({
        "title": "Sailing", "type": "object", "description": "of a ship", "definitions": own_fields(client.tenant),
        "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"], "allOf": [{"$ref": "#/definitions/customFields"}]})
    assert "$id" in group, group
    made = client.schema.createProfileSchema(name="Sailings of aepp", fieldGroupIds=[group["$id"]])
    assert "$id" in made, made
    return group, made


@pytest.fixture(scope="module")
def dataset(client, resources):
    (reference,) = client.catalog.createDataSet(name="Sailings of aepp", schemaId=resources[1]["$id"])
    return reference.removeprefix("@/dataSets/")


def wait(client, batch):
    """Asks the Catalog as the client does, until the batch is at its end."""
    status = wait_for(lambda: (s := client.catalog.getBatch(batch)[batch]["status"]) in FINAL and s, what=f"end of {batch}")
    return status


def put_parquet(client, batch, dataset, path, content):
    """(client) `uploadSmallFile` makes JSON of whatever it gets, so Parquet goes through its session and its headers."""
    address = f"{client.ingestion.endpoint}/batches/{batch}/datasets/{dataset}/files/{path}"
    headers = {**client.ingestion.header, "Content-Type": "application/octet-stream"}
    return client.ingestion.connector.session.put(address, data=content, headers=headers)


@pytest.fixture(scope="module")
def batch(client, dataset):
    """An active one: a small file, and a large one in two parts."""
    made = client.ingestion.createBatch(datasetId=dataset, format="parquet")
    assert made["status"] == "loading", made
    small, large = parquet(client.tenant, 30), parquet(client.tenant, 5000)
    assert put_parquet(client, made["id"], dataset, "small.parquet", small).status_code == 200
    file = {"batchId": made["id"], "datasetId": dataset, "filePath": "day=1/large.parquet"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the client's word about its own functions
        assert client.ingestion.uploadLargeFileStartEnd(**file, action="INITIALIZE")["name"] == "day=1/large.parquet"
        middle = len(large) // 2
        for first, last in ((middle, len(large)), (0, middle)):
            stored = client.ingestion.uploadLargeFilePart(**file, data=large[first:last],
                                                          contentRange=f"bytes {first}-{last - 1}/{len(large)}")
            assert "error" not in stored and stored["name"] == "day=1/large.parquet", stored
        client.ingestion.headFileStatus(**file)  # (client) gives {} for 200, whatever came
        stored = client.ingestion.uploadLargeFileStartEnd(**file, action="COMPLETE")
        assert stored == {"name": "day=1/large.parquet", "sizeInBytes": len(large)}
    assert "error" not in client.ingestion.uploadSmallFileFinish(made["id"])
    assert wait(client, made["id"]) == "active"
    return {"id": made["id"], "small": small, "large": large}


def test_the_schema_as_the_client_sees_it(client, resources):
    full = client.schema.getSchema(resources[1]["$id"], full=True)
    assert full["properties"][f"_{client.tenant}"]["properties"]["ship"]["type"] == "string", full
    raw = client.schema.getSchema(resources[1]["meta:altId"], full=False, schema_type="xed")
    assert {"https://ns.adobe.com/xdm/context/profile", resources[0]["$id"]} <= {part["$ref"] for part in raw["allOf"]}
    assert resources[1]["$id"] in [each["$id"] for each in client.schema.getSchemas()]
    assert resources[0]["$id"] in [each["$id"] for each in client.schema.getFieldGroups()]
    assert client.schema.getBehaviors()
    assert client.schema.getTenantId() == client.tenant
    assert f"_{client.tenant}" in client.schema.getSchemaSample(resources[1]["$id"])


def test_the_dataset_as_the_client_sees_it(client, dataset, batch):
    shown = client.catalog.getDataSet(dataset)[dataset]
    assert shown["name"] == "Sailings of aepp" and shown["lastSuccessfulBatch"] == batch["id"]
    assert dataset in client.catalog.getDataSets()
    (view,) = client.catalog.getDataSetViews(dataset)
    assert set(client.catalog.getDataSetViewFiles(dataset, view)) == {f"{batch['id']}-1", f"{batch['id']}-2"}
    assert client.catalog.enableDatasetProfile(dataset) == [f"@/dataSets/{dataset}"]
    assert client.catalog.getDataSet(dataset)[dataset]["tags"]["unifiedProfile"] == ["enabled:true"]


def test_batches_are_listed(client, dataset, batch):
    assert client.catalog.getBatches(dataSet=dataset, status="active").keys() == {batch["id"]}
    table = client.catalog.getBatches(dataSet=dataset, status="success", output="dataframe", n_results="inf", limit=1)
    assert list(table.index) == [batch["id"]] and table.loc[batch["id"]]["recordCount"] == 5030
    assert client.catalog.findActiveBatch(batch["id"]) == batch["id"]


def test_files_are_given_back(client, batch):
    files = client.access.getBatchFiles(batch["id"])
    sent = {}
    for file in files:
        (entry,) = client.access.getFiles(file["dataSetFileId"])["data"]
        sent[entry["name"]] = client.access.getFiles(file["dataSetFileId"], path=entry["name"]).read()
        client.access.getHeadFile(file["dataSetFileId"], path=entry["name"])  # (client) gives {} for 200
    assert sent == {"small.parquet": batch["small"], "day=1/large.parquet": batch["large"]}
    assert "input_files" in [entry["name"] for entry in client.access.getBatchMeta(batch["id"])["data"]]
    assert client.access.getBatchFailed(batch["id"]) == []


def test_previews(client, dataset, batch):
    rows = client.access.getPreview(dataset)
    assert len(rows) == 100 and rows[0][f"_{client.tenant}"]["ship"] in SHIPS
    preview = client.ingestion.getPreviewBatchDataset(batch["id"], dataset, nrow=5)["preview"]
    assert len(preview["rows"]) == 5 and [column["name"] for column in preview["columns"]] == [f"_{client.tenant}"]


def test_failed_batches_are_reported(client, dataset):
    """What the client calls its report: one row a batch, with code and text of each error."""
    wrong = client.ingestion.createBatch(datasetId=dataset, format="parquet")["id"]
    table = pa.table({f"_{client.tenant}": pa.array([{"ship": 7, "seats": 1}])})
    into = io.BytesIO()
    pa.parquet.write_table(table, into)
    assert put_parquet(client, wrong, dataset, "wrong.parquet", into.getvalue()).status_code == 200
    client.ingestion.uploadSmallFileFinish(wrong)
    assert wait(client, wrong) == "failed"
    report = client.catalog.getFailedBatchesDF(dataSet=dataset)
    assert report.loc[wrong]["dataSetId"] == dataset and report.loc[wrong]["timestamp"] <= time.time() * 1000
    assert "LG-2101-400" in report.loc[wrong]["errorCode"], report.loc[wrong]["errorCode"]
    assert any(f"_{client.tenant}.ship" in text for text in report.loc[wrong]["errorMessage"]), report.loc[wrong]["errorMessage"]


def test_a_batch_of_json_fails_with_its_reason(client, dataset):
    """The one thing that `uploadSmallFile` can send; such files cannot be read yet."""
    made = client.ingestion.createBatch(datasetId=dataset, format="json", multiline=True)["id"]
    stored = client.ingestion.uploadSmallFile(made, dataset, "rows.json", data=[{f"_{client.tenant}": {"ship": "Tern"}}])
    assert stored["name"] == "rows.json" and stored["sizeInBytes"] > 0
    client.ingestion.uploadSmallFileFinish(made)
    assert wait(client, made) == "failed"
    assert client.catalog.getFailedBatchesDF(dataSet=dataset).loc[made]["errorCode"] == ["LG-2007-400"]


def test_a_batch_is_aborted(client, dataset):
    made = client.ingestion.createBatch(datasetId=dataset, format="parquet")["id"]
    assert client.ingestion.uploadSmallFileFinish(made, action="ABORT")["status"] == "aborted"
    assert wait(client, made) == "aborted"


def test_a_refusal_reaches_the_caller(client, dataset):
    refused = client.catalog.getDataSet("0" * 24)
    assert refused["status"] == 404 and refused["report"]["code"] == "LG-1300-404"
    assert client.ingestion.createBatch(datasetId="0" * 24, format="parquet")["status"] == 404


def test_a_batch_is_replayed(client, dataset, batch):
    """(client) `replayBatch` says json whatever the files are; the data of a replay in Parquet needs `createBatch`."""
    as_json = client.ingestion.replayBatch(dataset, [batch["id"]])
    assert as_json["replay"]["predecessors"] == [batch["id"]], as_json
    assert client.ingestion.uploadSmallFileFinish(as_json["id"], action="ABORT")["status"] == "aborted"
    made = client.ingestion.createBatch(datasetId=dataset, format="parquet",
                                        replay={"predecessors": [batch["id"]], "reason": "replace"})["id"]
    assert put_parquet(client, made, dataset, "again.parquet", parquet(client.tenant, 7)).status_code == 200
    client.ingestion.uploadSmallFileFinish(made)
    assert wait(client, made) == "active"
    assert wait(client, batch["id"]) == "inactive"
    assert len(client.access.getPreview(dataset)) == 7


def test_everything_is_deleted(client, resources, dataset):
    """Runs last: takes away what the tests above made."""
    (active,) = client.catalog.getBatches(dataSet=dataset, status="active")
    assert client.ingestion.deleteBatch(active)["status"] == "inactive"
    assert client.access.getPreview(dataset) == []
    assert client.catalog.deleteDataSet(dataset) == 200
    assert client.catalog.getDataSet(dataset)["status"] == 404
    assert client.schema.deleteSchema(resources[1]["$id"]) == 204
    assert client.schema.deleteFieldGroup(resources[0]["$id"]) == 204
    assert client.schema.getSchema(resources[1]["$id"])["status"] == 404
