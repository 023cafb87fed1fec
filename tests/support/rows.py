"""Rows as plain Python values, the same whoever read them."""

import datetime
import decimal
import math

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    """Timestamps as microseconds since 1970 in UTC, dates as ISO text, maps (dict or list of pairs) as sorted pairs."""
    if value is None or isinstance(value, (bool, int, str, bytes)):
        return value
    if isinstance(value, datetime.datetime):
        assert value.tzinfo is not None, f"a timestamp without zone: {value}"
        return ("µs", (value - EPOCH) // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.date):
        return ("day", value.isoformat())
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dict):
        # DuckDB's older form of a map.
        if set(value) == {"key", "value"} and isinstance(value["key"], list):
            return plain(list(zip(value["key"], value["value"])))
        return tuple(sorted((key, plain(inner)) for key, inner in value.items()))
    if isinstance(value, (list, tuple)):
        if not value:
            return ()  # an empty map and an empty list look alike in some readers
        if all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], (str, int)) for one in value):
            return tuple(sorted((key, plain(inner)) for key, inner in value))
        return [plain(one) for one in value]
    raise AssertionError(f"no plain form for {type(value)}: {value!r}")


def plain_rows(rows, key="id"):
    return sorted((plain(row) for row in rows), key=lambda row: repr(dict(row).get(key)))


def pick(row, *path):
    """row["a"]["b"], None where a step is missing."""
    for step in path:
        if row is None:
            return None
        row = row.get(step)
    return row
