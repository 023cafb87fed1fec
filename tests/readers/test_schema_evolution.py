"""A dataset's schema grows under its readers: PyIceberg, DuckDB and Spark read files of before and after, filters included.

Fields are added at the root, in a struct, in a list's items and in a map's values, in two steps, with batches before, between and
after; one batch that was created before the change comes in behind it.
"""

import io
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.lake import ADHOC, REGISTRY
from support.rows import plain_rows

BEFORE = {
    "id": {"type": "integer"},
    "place": {"type": "object", "properties": {"city": {"type": "string"}}},
    "orders": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
    "seen": {"type": "object", "additionalProperties": {"type": "object", "properties": {"times": {"type": "integer"}}}},
}
STEPS = [
    [("/added", {"type": "string"}), ("/place/properties/zip", {"type": "string"}),
     ("/place/properties/geo", {"type": "object", "properties": {"latitude": {"type": "number"}}})],
    [("/orders/items/properties/quantity", {"type": "integer"}), ("/seen/additionalProperties/properties/last", {"type": "string", "format": "date"}),
     ("/place/properties/geo/properties/longitude", {"type": "number"}), ("/flags", {"type": "array", "items": {"type": "boolean"}})],
]

ROWS_OF_FILE = 40
GEO = [pa.struct([("latitude", pa.float64())]), pa.struct([("latitude", pa.float64()), ("longitude", pa.float64())])]


def kinds(step):
    place = [("city", pa.string())] + ([("zip", pa.string()), ("geo", GEO[step - 1])] if step else [])
    order = [("sku", pa.string())] + ([("quantity", pa.int32())] if step > 1 else [])
    seen = [("times", pa.int32())] + ([("last", pa.date32())] if step > 1 else [])
    columns = [("id", pa.int32()), ("place", pa.struct(place)), ("orders", pa.list_(pa.struct(order))), ("seen", pa.map_(pa.string(), pa.struct(seen)))]
    columns += [("added", pa.string())] if step else []
    columns += [("flags", pa.list_(pa.bool_()))] if step > 1 else []
    return pa.schema(columns)


def row(i, step):
    """As readers see it at the end: what the file could not have is null."""
    import datetime
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=i % 30)
    geo = {"latitude": i / 4, "longitude": -i / 4 if step > 1 else None} if step and i % 3 else None
    return {"id": i,
            "place": {"city": f"c{i % 4}", "zip": f"z{i % 5}" if step else None, "geo": geo} if i % 7 else None,
            "orders": [{"sku": f"s{n}", "quantity": n if step > 1 else None} for n in range(1 + i % 3)],
            "seen": {f"k{n}": {"times": i + n, "last": day if step > 1 else None} for n in range(1 + i % 2)},
            "added": f"a{i % 6}" if step and i % 4 else None,
            "flags": [i % 2 == 0] if step > 1 else None}


def strip(value, kind):
    """The row as a file of that step's columns has it."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {field.name: strip(value[field.name], field.type) for field in kind}
    if pa.types.is_map(kind):
        return [(key, strip(one, kind.item_type)) for key, one in value.items()]
    if pa.types.is_list(kind):
        return [strip(one, kind.value_type) for one in value]
    return value


def file_of(rows, step):
    schema = kinds(step)
    sink = io.BytesIO()
    made = pa.Table.from_pylist([{field.name: strip(one[field.name], field.type) for field in schema} for one in rows], schema=schema)
    pq.write_table(made, sink, row_group_size=16)
    return sink.getvalue()


def address(kind, resource_id):
    return f"{REGISTRY}/tenant/{kind}/{urllib.parse.quote_plus(resource_id)}"


@pytest.fixture(scope="module")
def evolved(lake, server):
    class_ = lake.ask("POST", f"{REGISTRY}/tenant/classes", json={
        "type": "object", "title": "Evolving class", "allOf": [{"$ref": ADHOC}, {"properties": {"_adhoc": {"type": "object", "properties": BEFORE}}}]}).json()
    schema = lake.ask("POST", f"{REGISTRY}/tenant/schemas", json={"type": "object", "title": "Evolving", "allOf": [{"$ref": class_["$id"]}]}).json()
    dataset = lake.dataset("Evolving", schema["$id"])
    expected = []

    def rows(step):
        made = [row(len(expected) + n, step) for n in range(ROWS_OF_FILE)]
        expected.extend(made)
        return file_of(made, step)

    lake.load(dataset, {"0.parquet": rows(0)})
    late = lake.create_batch(dataset)
    for step, additions in enumerate(STEPS, start=1):
        patch = [{"op": "add", "path": "/allOf/1/properties/_adhoc/properties" + path, "value": field} for path, field in additions]
        lake.ask("PATCH", address("classes", class_["$id"]), json=patch)
        lake.load(dataset, {f"{step}.parquet": rows(step), f"old-{step}.parquet": rows(step - 1)})
    assert lake.put(late, dataset, "late.parquet", rows(0)).status_code == 200
    assert lake.act(late, "COMPLETE").status_code == 200
    lake.wait(late, "active")
    return lake.table_name(dataset), expected


FILTERS = [
    # PyIceberg's, SQL, Python's
    ("id >= 30 and id < 130", "id >= 30 and id < 130", lambda r: 30 <= r["id"] < 130),
    ("added = 'a3'", "added = 'a3'", lambda r: r["added"] == "a3"),
    ("added is null", "added is null", lambda r: r["added"] is None),
    ("place.city = 'c2'", "place.city = 'c2'", lambda r: (r["place"] or {}).get("city") == "c2"),
    ("place.zip = 'z3'", "place.zip = 'z3'", lambda r: (r["place"] or {}).get("zip") == "z3"),
    ("place.geo.longitude < -20.0", "place.geo.longitude < -20.0",
     lambda r: (((r["place"] or {}).get("geo") or {}).get("longitude") or 0) < -20.0),
]


def shown(reader, rows):
    return plain_rows([{**one, "orders": one["orders"] or ([] if reader.name == "pyiceberg" else None)} for one in rows])


def test_old_and_new_files_are_read_with_equal_values(evolved, reader):
    table, expected = evolved
    seen, wanted = plain_rows(reader.rows(table)), shown(reader, expected)
    assert len(seen) == len(wanted) == 6 * ROWS_OF_FILE
    for mine, theirs in zip(wanted, seen):
        assert dict(mine) == dict(theirs)


@pytest.mark.parametrize("iceberg, sql, keeps", FILTERS, ids=[f[0] for f in FILTERS])
def test_filters_on_old_and_new_columns(evolved, reader, iceberg, sql, keeps):
    table, expected = evolved
    wanted = shown(reader, [one for one in expected if keeps(one)])
    assert wanted
    assert plain_rows(reader.rows(table, iceberg=iceberg, sql=sql)) == wanted


@pytest.mark.parametrize("column", ["id", "added", "place", "orders", "seen", "flags"])
def test_one_column_alone(evolved, reader, column):
    table, expected = evolved
    seen = [dict(one)[column] for one in plain_rows(reader.rows(table, columns=[column]))]
    wanted = [dict(one)[column] for one in shown(reader, expected)]
    assert sorted(map(repr, seen)) == sorted(map(repr, wanted))


def test_each_snapshot_names_the_schema_that_it_was_made_with(evolved, iceberg_catalog):
    table, _ = evolved
    loaded = iceberg_catalog.load_table(("prod", table))
    assert [snapshot.schema_id for snapshot in loaded.snapshots()] == [0, 1, 2, 2]
    ids = [{field.name: field.field_id for field in loaded.schemas()[n].fields} for n in range(3)]
    assert ids[0].items() < ids[1].items() < ids[2].items()
    first = loaded.scan(snapshot_id=loaded.snapshots()[0].snapshot_id).to_arrow()
    assert first.column_names == list(BEFORE) and first.num_rows == ROWS_OF_FILE
