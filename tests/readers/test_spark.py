"""What only Spark does: whole vectors, metadata tables, aggregates out of the manifests, other snapshots."""

import datetime

import pytest

import cases
from support.rows import plain

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope="module")
def loaded(lake):
    """A table with appends and a delete behind it, and a file of which one batch came back out."""
    dataset = lake.dataset_of("Spark", cases.PROPERTIES)
    batches = [lake.load(dataset, {f"{name}.parquet": content}) for name, content, _ in cases.CASES[:3]]
    assert lake.act(batches[1], "REVERT").status_code == 200
    lake.wait(batches[1], "inactive", "deleted")
    return lake.table_name(dataset), cases.CASES[0][2] + cases.CASES[2][2]


def rows(data_frame):
    return data_frame.toArrow().to_pylist()


def plan(data_frame):
    return data_frame._jdf.queryExecution().executedPlan().toString()


def test_the_vectorised_reader_is_on(loaded, spark_reader):
    table, _ = loaded
    assert spark_reader.session.conf.get("spark.sql.iceberg.vectorization.enabled", None) is None, "the default is on"
    flat = spark_reader.select(table, columns=cases.FLAT)
    assert "ColumnarToRow" in plan(flat), plan(flat)
    properties = {row["key"] for row in rows(spark_reader.query(f"show tblproperties lake.prod.{table}"))}
    assert "read.parquet.vectorization.enabled" not in properties


def test_metadata_tables_say_what_pyiceberg_says(loaded, spark_reader, iceberg_catalog):
    table, expected = loaded
    inspect = iceberg_catalog.load_table(("prod", table)).inspect

    def check(name, theirs, columns):
        mine = rows(spark_reader.query(f"select * from lake.prod.{table}.{name}"))
        assert sorted(repr([plain(row[c]) for c in columns]) for row in mine) == \
            sorted(repr([plain(_with_zone(row[c])) for c in columns]) for row in theirs.to_pylist()), name
        return mine

    snapshots = check("snapshots", inspect.snapshots(),
                      ["committed_at", "snapshot_id", "parent_id", "operation", "manifest_list"])
    assert [one["operation"] for one in snapshots] == ["append", "append", "append", "delete"]
    files = check("files", inspect.files(),
                  ["content", "file_path", "file_format", "record_count", "file_size_in_bytes", "column_sizes",
                   "value_counts", "null_value_counts", "lower_bounds", "upper_bounds", "split_offsets"])
    assert sum(one["record_count"] for one in files) == len(expected)
    check("manifests", inspect.manifests(),
          ["path", "length", "added_snapshot_id", "added_data_files_count", "existing_data_files_count",
           "deleted_data_files_count"])
    check("history", inspect.history(), ["made_current_at", "snapshot_id", "parent_id", "is_current_ancestor"])
    check("refs", inspect.refs(), ["name", "type", "snapshot_id"])
    entries = rows(spark_reader.query(f"select * from lake.prod.{table}.entries"))
    assert sum(entry["data_file"]["record_count"] for entry in entries if entry["status"] != 2) == len(expected)
    assert [row["latest_snapshot_id"] for row in rows(
        spark_reader.query(f"select * from lake.prod.{table}.metadata_log_entries"))][-1] == snapshots[-1]["snapshot_id"]


def _with_zone(value):
    """PyIceberg's instants have no zone; they are UTC."""
    return value.replace(tzinfo=datetime.timezone.utc) if isinstance(value, datetime.datetime) and not value.tzinfo else value


@pytest.mark.parametrize("column", ["id", "amount", "count", "level", "day", "at"])
def test_aggregates_come_out_of_the_manifests(loaded, spark_reader, column):
    """Spark answers from counts and bounds without opening a file, so these must be exact."""
    table, expected = loaded
    values = [row[column] for row in expected if row[column] is not None]
    frame = spark_reader.query(
        f"select count(*) as n, count(`{column}`) as v, min(`{column}`) as a, max(`{column}`) as z from lake.prod.{table}")
    assert "LocalTableScan" in plan(frame), plan(frame)
    assert rows(frame) == [{"n": len(expected), "v": len(values), "a": min(values), "z": max(values)}]


def test_earlier_snapshots_and_increments(loaded, spark_reader):
    table, _ = loaded
    history = [row["snapshot_id"] for row in rows(spark_reader.query(
        f"select snapshot_id from lake.prod.{table}.snapshots order by committed_at"))]
    counts = [rows(spark_reader.query(f"select count(id) as n from lake.prod.{table} version as of {one}"))[0]["n"]
              for one in history]
    assert counts == [100, 200, 300, 200]
    between = spark_reader.session.read.option("start-snapshot-id", history[0]).option("end-snapshot-id", history[2])
    added = rows(between.table(f"lake.prod.{table}").select("id"))
    assert sorted(row["id"] for row in added) == sorted(row["id"] for one in (1, 2) for row in cases.CASES[one][2])
