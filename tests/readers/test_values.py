"""PyIceberg, DuckDB and Spark read every active batch through /iceberg with the values that were sent, filters included."""

import datetime
import hashlib

import pytest

import cases
from support.rows import pick, plain, plain_rows


def at(day, milli):
    return cases.moment(day, milli)


# (name, PyIceberg's filter, SQL, the same in Python). Nulls never match a comparison.
FILTERS = [
    ("id", "id >= 3050 and id < 5010", "id >= 3050 and id < 5010", lambda r: 3050 <= r["id"] < 5010),
    ("name", "name = 'näme-3'", "name = 'näme-3'", lambda r: r["name"] == "näme-3"),
    ("name is null", "name is null", "name is null", lambda r: r["name"] is None),
    ("name starts", "name like 'näme-1%'", "name like 'näme-1%'", lambda r: (r["name"] or "").startswith("näme-1")),
    ("flag", "flag = true", "flag", lambda r: r["flag"] is True),
    ("amount", "amount > 5100.5", "amount > 5100.5", lambda r: r["amount"] is not None and r["amount"] > 5100.5),
    ("count", "count < -8000", "count < -8000", lambda r: r["count"] is not None and r["count"] < -8000),
    ("level", "level = 42", "level = 42", lambda r: r["level"] == 42),
    ("day", "day >= '2026-01-20' and day < '2026-02-01'", "day >= date '2026-01-20' and day < date '2026-02-01'",
     lambda r: r["day"] is not None and datetime.date(2026, 1, 20) <= r["day"] < datetime.date(2026, 2, 1)),
    ("at", "at >= '2026-03-05T00:00:00+00:00' and at < '2026-03-09T00:00:00+00:00'",
     '"at" >= timestamptz \'2026-03-05 00:00:00+00\' and "at" < timestamptz \'2026-03-09 00:00:00+00\'',
     lambda r: r["at"] is not None and at(4, 0).replace(hour=0) <= r["at"] < at(8, 0).replace(hour=0)),
    ("at exactly", "at = '2026-03-02T12:00:00.001+00:00'", '"at" = timestamptz \'2026-03-02 12:00:00.001+00\'',
     lambda r: r["at"] == at(1, 1)),
    ("city", "place.city = 'city 2'", "place.city = 'city 2'", lambda r: pick(r, "place", "city") == "city 2"),
    ("latitude", "place.geo.latitude > 4000.0", "place.geo.latitude > 4000.0",
     lambda r: (pick(r, "place", "geo", "latitude") or 0) > 4000.0),
    ("nothing", "id = -1", "id = -1", lambda r: False),
]
FLAT_FILTERS = [f for f in FILTERS if f[0] not in ("city", "latitude")]


@pytest.fixture(scope="module")
def loaded(lake):
    """A dataset with every case, some files alone in their batch, some together."""
    dataset = lake.dataset_of("Reader cases", cases.PROPERTIES)
    batches = []
    for name, content, _ in cases.CASES[:8]:
        batches.append(lake.load(dataset, {f"{name}.parquet": content}))
    batches.append(lake.load(dataset, {f"rest/{name}.parquet": content for name, content, _ in cases.CASES[8:]}))
    return dataset, lake.table_name(dataset), batches


def test_every_row_is_read_with_its_values(loaded, reader):
    _, table, _ = loaded
    expected = plain_rows(map(reader.shows, cases.EXPECTED))
    seen = plain_rows(reader.rows(table))
    assert len(seen) == len(expected)
    for mine, theirs in zip(expected, seen):
        assert dict(mine) == dict(theirs)


@pytest.mark.parametrize("name, iceberg, sql, keeps", FILTERS, ids=[f[0] for f in FILTERS])
def test_filters_give_the_rows_that_python_gives(loaded, reader, name, iceberg, sql, keeps):
    _, table, _ = loaded
    expected = plain_rows([reader.shows(r) for r in cases.EXPECTED if keeps(r)])
    assert (name == "nothing") == (not expected), "a filter that keeps nothing shows nothing"
    assert plain_rows(reader.rows(table, iceberg=iceberg, sql=sql)) == expected


# Without a nested column, Spark decodes whole vectors; with one, row by row.
@pytest.mark.parametrize("name, iceberg, sql, keeps", FLAT_FILTERS, ids=[f[0] for f in FLAT_FILTERS])
def test_filters_on_flat_columns_alone(loaded, reader, name, iceberg, sql, keeps):
    _, table, _ = loaded
    expected = plain_rows([{column: r[column] for column in cases.FLAT} for r in cases.EXPECTED if keeps(r)])
    assert plain_rows(reader.rows(table, iceberg=iceberg, sql=sql, columns=cases.FLAT)) == expected


@pytest.mark.parametrize("column", ["at", "place", "orders", "labels", "seen"])
def test_one_column_alone(loaded, reader, column):
    _, table, _ = loaded
    expected = sorted(repr(plain(reader.shows(r)[column])) for r in cases.EXPECTED)
    assert sorted(repr(plain(r[column])) for r in reader.rows(table, columns=[column])) == expected


def test_names_that_differ_only_in_case(lake, reader):
    dataset = lake.dataset_of(f"Twins for {reader.name}", cases.TWIN_PROPERTIES)
    lake.load(dataset, cases.TWIN_FILES)
    seen = reader.rows(lake.table_name(dataset))
    names = sorted(seen[0])
    assert len({name.lower() for name in names}) == 4, f"readers that ignore case could not tell {names} apart"
    other = next(name for name in names if name.lower().startswith("poidetail_"))
    plain_name = next(name for name in names if name.lower() == "poidetail")
    # The later one by field id has the suffix; ids follow the schema's order.
    by_name = {plain_name: plain_name, other: other.removesuffix("_1")}
    assert set(by_name.values()) == {"POIDetail", "poiDetail"}
    for row in seen:
        i = row["id"]
        assert row[plain_name] == {"POIDetail": f"upper {i}", "poiDetail": f"lower {i}"}[by_name[plain_name]]
        assert row[other] == {"POIDetail": f"upper {i}", "poiDetail": f"lower {i}"}[by_name[other]]
        inner = {name.removesuffix("_1"): value for name, value in row["inner"].items()}
        assert inner == {"Name": f"N{i}", "name": i}
    assert sorted(row["id"] for row in seen) == list(range(1, 21))


def test_only_active_batches_are_seen(lake, reader):
    dataset = lake.dataset_of(f"Seen by {reader.name}", cases.PROPERTIES)
    table = lake.table_name(dataset)
    assert reader.rows(table) == []
    _, good, rows = cases.CASES[1]

    loading = lake.create_batch(dataset)
    assert lake.put(loading, dataset, "a.parquet", good).status_code == 200
    aborted = lake.create_batch(dataset)
    assert lake.put(aborted, dataset, "a.parquet", good).status_code == 200
    assert lake.act(aborted, "ABORT").status_code == 200
    failed = lake.send_files(dataset, {"good.parquet": good, "bad.parquet": good[:-7]})
    assert lake.wait(failed)["status"] == "failed"
    assert reader.rows(table) == []

    active = lake.load(dataset, {"a.parquet": good})
    first = [reader.shows(r) for r in rows]
    assert plain_rows(reader.rows(table)) == plain_rows(first)
    second = lake.load(dataset, {"b.parquet": cases.CASES[0][1]})
    second_rows = [reader.shows(r) for r in cases.CASES[0][2]]
    assert plain_rows(reader.rows(table)) == plain_rows(first + second_rows)

    assert lake.act(active, "REVERT").status_code == 200
    assert lake.wait(active, "inactive", "deleted")["status"] in ("inactive", "deleted")
    assert plain_rows(reader.rows(table)) == plain_rows(second_rows)
    assert lake.act(second, "REVERT").status_code == 200
    lake.wait(second, "inactive", "deleted")
    assert reader.rows(table) == []

    # What was still loading can go on, and comes in whole.
    assert lake.act(loading, "COMPLETE").status_code == 200
    lake.wait(loading, "active")
    assert plain_rows(reader.rows(table)) == plain_rows(first)


def test_the_beginning_of_each_object_is_what_was_sent(loaded, lake, server):
    """Bit for bit: each data file of the table starts with the bytes of one sent file. Those without rows are no data files."""
    _, table, _ = loaded
    sent = {hashlib.sha256(content).hexdigest(): len(content) for _, content, rows in cases.CASES if rows}
    lengths = sorted(set(sent.values()))
    found = set()
    for path in server.data_files(table):
        content = path.read_bytes()
        for length in lengths:
            digest = hashlib.sha256(content[:length]).hexdigest()
            if sent.get(digest) == length:
                found.add(digest)
    assert found == set(sent)
