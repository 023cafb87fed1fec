"""Small Parquet files for tests that care about the batch and not about its columns."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

PROPERTIES = {
    "id": {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991},
    "text": {"type": "string"},
}
SCHEMA = pa.schema([("id", pa.int64()), ("text", pa.string())])


def numbered(begin, count, text="row"):
    """A file with `count` rows, ids from `begin`."""
    return parquet({"id": range(begin, begin + count), "text": [f"{text} {i}" for i in range(count)]})


def parquet(columns, schema=SCHEMA, **options):
    table = pa.table({name: pa.array(list(values), schema.field(name).type) for name, values in columns.items()},
                     schema=schema)
    sink = io.BytesIO()
    pq.write_table(table, sink, **{"compression": "snappy", **options})
    return sink.getvalue()


def noise(begin, count, width=64):
    """A file that does not compress: about count × width bytes."""
    import random
    chance = random.Random(begin)
    return parquet({"id": range(begin, begin + count),
                    "text": ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=width))
                             for _ in range(count)]}, compression="none", use_dictionary=False)
