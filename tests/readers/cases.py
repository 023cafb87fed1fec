"""One dataset's schema and many Parquet files that are right for it, each with the rows that readers must see.

Every file is made here, by pyarrow, in a shape that some writer in the world uses.
"""

import datetime
import io

import pyarrow as pa
import pyarrow.parquet as pq

UTC = datetime.timezone.utc

# The dataset's columns, as an ad-hoc schema writes them.
PROPERTIES = {
    "id": {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991},
    "name": {"type": "string"},
    "flag": {"type": "boolean"},
    "amount": {"type": "number"},
    "count": {"type": "integer"},
    "level": {"type": "integer", "minimum": -128, "maximum": 127},
    "day": {"type": "string", "format": "date"},
    "at": {"type": "string", "format": "date-time"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "place": {"type": "object", "properties": {
        "city": {"type": "string"},
        "geo": {"type": "object", "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}}},
        "visits": {"type": "array", "items": {"type": "string", "format": "date-time"}},
    }},
    "orders": {"type": "array", "items": {"type": "object", "properties": {
        "sku": {"type": "string"},
        "quantity": {"type": "integer"},
        "placed": {"type": "string", "format": "date-time"},
    }}},
    "seen": {"type": "object", "additionalProperties": {"type": "string", "format": "date-time"}},
}


def moment(day, milli):
    return datetime.datetime(2026, 3, 1 + day, 12, 0, 0, milli * 1000, tzinfo=UTC)


def row(i):
    """Row number i: every third value of each column is null, so that nulls meet every type."""
    def unless(step, value):
        return None if i % step == 0 else value
    return {
        "id": i,
        "name": unless(3, f"näme-{i % 7}"),
        "flag": unless(4, i % 2 == 1),
        "amount": unless(5, i * 1.25),
        "count": unless(6, -i),
        "level": unless(7, i % 100),
        "day": unless(8, datetime.date(2026, 1, 1) + datetime.timedelta(days=i % 40)),
        "at": unless(3, moment(i % 20, i % 1000)),
        "tags": unless(4, [f"t{n}" for n in range(i % 4)]),
        "labels": unless(5, {f"k{n}": f"v{i}" for n in range(1 + i % 3)}),
        "place": unless(6, {
            "city": unless(7, f"city {i % 5}"),
            "geo": unless(8, {"latitude": i / 2, "longitude": -i / 4}),
            "visits": unless(4, [moment(n, i % 1000) for n in range(i % 3)]),
        }),
        "orders": unless(5, [{"sku": f"s{n}", "quantity": n, "placed": moment(n, n)} for n in range(i % 3)]),
        "seen": unless(3, {"first": moment(0, i % 1000), "last": moment(5, i % 1000)}),
    }


def arrow_type(unit, *, element="element", level=pa.int8(), count=pa.int32(), number=pa.int64(), amount=pa.float64()):
    at = pa.timestamp(unit, tz="UTC")

    def list_of(kind):
        return pa.list_(pa.field(element, kind))
    return pa.schema([
        ("id", number), ("name", pa.string()), ("flag", pa.bool_()), ("amount", amount), ("count", count),
        ("level", level), ("day", pa.date32()), ("at", at), ("tags", list_of(pa.string())),
        ("labels", pa.map_(pa.string(), pa.string())),
        ("place", pa.struct([("city", pa.string()),
                             ("geo", pa.struct([("latitude", amount), ("longitude", amount)])),
                             ("visits", list_of(at))])),
        ("orders", list_of(pa.struct([("sku", pa.string()), ("quantity", count), ("placed", at)]))),
        ("seen", pa.map_(pa.string(), at)),
    ])


def parquet(rows, schema, **options):
    table = pa.Table.from_pylist([{name: one.get(name) for name in schema.names} for one in rows], schema=schema)
    sink = io.BytesIO()
    pq.write_table(table, sink, **{"compression": "snappy", "row_group_size": 40, "store_schema": True, **options})
    return sink.getvalue()


def numbers(case):
    return range(case * 1000 + 1, case * 1000 + 101)


def only(one, names):
    return {name: (one[name] if name in names else None) for name in one}


def shuffled(schema):
    """The same columns in reverse order, members of structs too."""
    def turn(kind):
        if pa.types.is_struct(kind):
            return pa.struct([pa.field(f.name, turn(f.type)) for f in reversed(list(kind))])
        if pa.types.is_list(kind):
            return pa.list_(pa.field(kind.value_field.name, turn(kind.value_type)))
        return kind
    return pa.schema([pa.field(f.name, turn(f.type)) for f in reversed(list(schema))])


def with_ids(schema, number_of):
    """Puts a foreign field id on every column at the root."""
    return pa.schema([f.with_metadata({"PARQUET:field_id": str(number_of(i))}) for i, f in enumerate(schema)])


ENCODINGS = {
    "id": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY", "flag": "RLE", "amount": "BYTE_STREAM_SPLIT",
    "count": "BYTE_STREAM_SPLIT", "level": "DELTA_BINARY_PACKED", "day": "BYTE_STREAM_SPLIT", "at": "BYTE_STREAM_SPLIT",
    "tags.list.element": "DELTA_BYTE_ARRAY", "labels.key_value.key": "DELTA_LENGTH_BYTE_ARRAY",
    "labels.key_value.value": "DELTA_BYTE_ARRAY", "place.city": "DELTA_LENGTH_BYTE_ARRAY",
    "place.geo.latitude": "BYTE_STREAM_SPLIT", "place.visits.list.element": "DELTA_BINARY_PACKED",
    "orders.list.element.quantity": "BYTE_STREAM_SPLIT", "orders.list.element.placed": "BYTE_STREAM_SPLIT",
}


def _cases():
    rows = [[row(i) for i in numbers(case)] for case in range(14)]
    micro, milli = arrow_type("us"), arrow_type("ms")
    subset = ["id", "at", "place"]
    yield "micros", parquet(rows[0], micro), rows[0]
    yield "millis", parquet(rows[1], milli), rows[1]
    yield "millis-zstd-v2", parquet(rows[2], milli, compression="zstd", data_page_version="2.0",
                                    write_page_checksum=True), rows[2]
    yield "millis-plain", parquet(rows[3], milli, compression="none", use_dictionary=False), rows[3]
    yield "subset", parquet(rows[4], pa.schema([milli.field(n) for n in subset])), [only(r, subset) for r in rows[4]]
    yield "order", parquet(rows[5], shuffled(milli)), rows[5]
    # Every value of these rows fits the narrower types.
    narrow = arrow_type("ms", level=pa.int16(), count=pa.int16(), number=pa.int32(), amount=pa.float32())
    yield "narrow", parquet(rows[6], narrow, compression="gzip"), rows[6]
    yield "ids-swapped", parquet(rows[7], with_ids(milli, lambda i: 13 - i)), rows[7]
    yield "ids-unknown", parquet(rows[8], with_ids(micro, lambda i: 70000 + i)), rows[8]
    yield "item", parquet(rows[9], arrow_type("ms", element="item"), use_compliant_nested_type=False), rows[9]
    nothing = [{**{name: None for name in PROPERTIES}, "id": i} for i in numbers(10)]
    yield "nulls", parquet(nothing, milli, compression="brotli"), nothing
    yield "no-rows", parquet([], milli), []
    yield "no-arrow-schema", parquet(rows[11], milli, store_schema=False, compression="lz4"), rows[11]
    # What writers of Parquet's second version choose; Spark's vectorised reader knows few of these, and Brotli not at all.
    yield "encodings", parquet(rows[12], micro, use_dictionary=False, data_page_version="2.0", column_encoding=ENCODINGS), rows[12]
    yield "brotli", parquet(rows[13], milli, compression="brotli"), rows[13]


FLAT = ["id", "name", "flag", "amount", "count", "level", "day", "at"]  # columns that are not nested
STRUCT_LISTS = {"orders"}  # columns that are lists of structs

CASES = list(_cases())
EXPECTED = [one for _, _, rows in CASES for one in rows]
# By a row's id: the columns of the file that brought it.
COLUMNS_OF_FILE = {one["id"]: set(pq.read_schema(io.BytesIO(content)).names)
                   for _, content, rows in CASES for one in rows}

# Names that differ only in case: a dataset of their own, since no reader's SQL can tell them apart.
TWIN_PROPERTIES = {
    "id": {"type": "integer"},
    "POIDetail": {"type": "string"},
    "poiDetail": {"type": "string"},
    "inner": {"type": "object", "properties": {"Name": {"type": "string"}, "name": {"type": "integer"}}},
}
TWIN_ROWS = [{"id": i, "POIDetail": f"upper {i}", "poiDetail": f"lower {i}", "inner": {"Name": f"N{i}", "name": i}}
             for i in range(1, 21)]
TWIN_SCHEMA = pa.schema([
    ("id", pa.int32()), ("POIDetail", pa.string()), ("poiDetail", pa.string()),
    ("inner", pa.struct([("Name", pa.string()), ("name", pa.int32())]))])
TWIN_FILES = {
    "as-declared.parquet": parquet(TWIN_ROWS[:10], TWIN_SCHEMA),
    "turned.parquet": parquet(TWIN_ROWS[10:], shuffled(TWIN_SCHEMA)),
}
