"""Manifests and manifest lists as fastavro, an Avro reader that knows nothing of us, sees them."""

import os

import fastavro
import pyarrow.parquet as pq

import cases


def avro(path):
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        return reader.metadata, reader.writer_schema, list(reader)


def local(uri):
    return uri.removeprefix("file://")


def test_fastavro_reads_lists_and_manifests(lake, iceberg_catalog):
    dataset = lake.dataset_of("Manifests", cases.PROPERTIES)
    chosen = cases.CASES[:3]
    batches = [lake.load(dataset, {f"{name}.parquet": content}) for name, content, _ in chosen]
    assert lake.act(batches[1], "REVERT").status_code == 200
    lake.wait(batches[1], "inactive", "deleted")

    table = iceberg_catalog.load_table(("prod", lake.table_name(dataset)))
    snapshot = table.current_snapshot()
    _, list_schema, manifests = avro(local(snapshot.manifest_list))
    assert {f["name"]: f["field-id"] for f in list_schema["fields"]}["manifest_path"] == 500
    live = {}
    for manifest in manifests:
        metadata, schema, entries = avro(local(manifest["manifest_path"]))
        assert metadata["format-version"] == "2"
        assert metadata["content"] == "data"
        assert {f["name"]: f["field-id"] for f in schema["fields"]} == {
            "status": 0, "snapshot_id": 1, "sequence_number": 3, "file_sequence_number": 4, "data_file": 2}
        for entry in entries:
            if entry["status"] != 2:
                live[entry["data_file"]["file_path"]] = entry
    assert len(live) == 2
    rows = 0
    for path, entry in live.items():
        data = entry["data_file"]
        footer = pq.ParquetFile(local(path))
        assert data["record_count"] == footer.metadata.num_rows
        assert data["file_size_in_bytes"] == os.path.getsize(local(path))
        starts = [footer.metadata.row_group(i).column(0) for i in range(footer.metadata.num_row_groups)]
        assert data["split_offsets"] == sorted(data["split_offsets"]) and len(data["split_offsets"]) == len(starts)
        rows += data["record_count"]
    assert rows == sum(len(one[2]) for one in (chosen[0], chosen[2]))
