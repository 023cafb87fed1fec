"""A batch that replaces earlier ones, as each reader sees it: before, at the moment, after, and back in time."""

from support import files


def ids(reader, table, **more):
    return sorted(row["id"] for row in reader.rows(table, columns=["id"], **more))


def test_replaced_rows_go_when_the_new_ones_come(lake, reader, iceberg_catalog):
    dataset = lake.dataset_of(f"Replays {reader.name}", files.PROPERTIES)
    table = lake.table_name(dataset)
    stays = lake.load(dataset, {"a.parquet": files.numbered(1, 3)})
    wrong = lake.load(dataset, {"b.parquet": files.numbered(10, 3), "c.parquet": files.numbered(20, 2)})
    also_wrong = lake.load(dataset, {"d.parquet": files.numbered(30, 2)})
    old = iceberg_catalog.load_table(("prod", table)).current_snapshot()

    batch = lake.create_batch(dataset, replay={"reason": "replace", "predecessors": [wrong, f"${{{also_wrong}}}"]})
    assert lake.put(batch, dataset, "new.parquet", files.numbered(100, 4)).status_code == 200
    assert ids(reader, table) == [1, 2, 3, 10, 11, 12, 20, 21, 30, 31], "what is to go stays until then"
    assert lake.act(batch, "COMPLETE").status_code == 200
    lake.wait(batch, "active")

    assert ids(reader, table) == [1, 2, 3, 100, 101, 102, 103]
    assert ids(reader, table, iceberg="id >= 30", sql="id >= 30") == [100, 101, 102, 103]
    loaded = iceberg_catalog.load_table(("prod", table))
    now = loaded.current_snapshot()
    assert now.summary.operation.value == "overwrite" and now.parent_snapshot_id == old.snapshot_id, "one snapshot"
    before = loaded.scan(snapshot_id=old.snapshot_id).to_arrow()["id"].to_pylist()
    assert sorted(before) == [1, 2, 3, 10, 11, 12, 20, 21, 30, 31]
    assert [lake.batch(one)["status"] for one in (stays, wrong, also_wrong, batch)] == [
        "active", "inactive", "inactive", "active"]
