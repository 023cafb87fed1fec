"""What PyIceberg does to any table, so that conftest.py may expect it of ours. A test that fails here is good news."""

import pyarrow as pa
from pyiceberg.catalog.memory import InMemoryCatalog


def test_null_lists_of_structs_come_out_empty(tmp_path):
    catalog = InMemoryCatalog("own", warehouse=tmp_path.as_uri())
    catalog.create_namespace("n")
    rows = pa.table({"a": pa.array([None, [], [{"b": 1}]], pa.list_(pa.struct([("b", pa.int32())])))})
    table = catalog.create_table("n.t", rows.schema)
    table.append(rows)
    assert table.scan().to_arrow().to_pylist() == [{"a": []}, {"a": []}, {"a": [{"b": 1}]}]
