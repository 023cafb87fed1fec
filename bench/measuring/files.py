"""Event files: 27 leaf columns as web analytics have them, the same rows for the same arguments."""

import pathlib

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

EPOCH_MS = 1_760_000_000_000
ROW_GROUP_ROWS = 131_072
EVENT_TYPES = ["web.pageView", "web.click", "search", "commerce.view", "commerce.addToCart", "commerce.purchase"]
SECTIONS = [f"{a} {b}" for a in ("Home", "Kitchen", "Garden", "Sale", "New") for b in range(60)]
PATHS = [f"https://shop.example/{section}/{item}" for section in ("home", "kitchen", "garden", "sale") for item in range(900)]
REFERRERS = [f"https://search.example/?q={word}" for word in range(300)]
BROWSERS = ["Firefox 143", "Chrome 141", "Safari 26", "Edge 141"]
CITIES = [f"City {n}" for n in range(2000)]
COUNTRIES = ["DE", "FR", "GB", "IT", "NL", "PL", "ES", "US"]

TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 2147483647}
TIME = {"type": "string", "format": "date-time"}


def thing(**fields):
    return {"type": "object", "properties": fields}


# The columns of an ad-hoc schema, with checks of every kind.
PROPERTIES = {
    "_id": {"type": "string", "pattern": "^[0-9]{12}-[0-9]{8}$", "minLength": 21, "maxLength": 21},
    "timestamp": TIME,
    "eventType": {"type": "string", "enum": EVENT_TYPES},
    "visitor": thing(id=TEXT, member={"type": "string", "pattern": "^M[0-9]+$"}),
    "page": thing(name={"type": "string", "maxLength": 100}, url=TEXT, views={**NUMBER, "minimum": 0}),
    "referrer": thing(url=TEXT, type=TEXT),
    "device": thing(browser=TEXT, width=WHOLE, height=WHOLE, touch=FLAG),
    "place": thing(city=TEXT, country={"type": "string", "minLength": 2, "maxLength": 2},
                   latitude={**NUMBER, "minimum": -90, "maximum": 90}, longitude={**NUMBER, "minimum": -180, "maximum": 180}),
    "order": thing(id=TEXT, total={**NUMBER, "minimum": 0}, currency=TEXT, quantity=WHOLE),
    "session": thing(id=TEXT, depth=WHOLE, first=FLAG),
    "items": {"type": "array", "items": thing(sku=TEXT, price=NUMBER)},
}  # fmt: skip


class Chance:
    """Columns of `rows` random values; the seed makes them the same each time."""

    def __init__(self, rows: int, seed: int):
        self.rows = rows
        self.seed = seed * 1000

    def share(self, rows=None) -> pa.Array:
        self.seed += 1
        return pc.random(self.rows if rows is None else rows, initializer=self.seed)

    def below(self, limit: int, rows=None) -> pa.Array:
        return pc.cast(pc.floor(pc.multiply(self.share(rows), float(limit))), pa.int64())

    def pick(self, values: list[str], rows=None) -> pa.Array:
        return pa.array(values).take(self.below(len(values), rows))

    def sometimes(self, values: pa.Array, part: float) -> pa.Array:
        return pc.if_else(pc.less(self.share(len(values)), part), values, pa.scalar(None, values.type))


def digits(numbers: pa.Array, width: int) -> pa.Array:
    return pc.utf8_lpad(pc.cast(numbers, pa.string()), width, "0")


def joined(*parts) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def struct(**fields) -> pa.Array:
    return pa.StructArray.from_arrays(list(fields.values()), list(fields))


def some_items(chance: Chance) -> pa.Array:
    counts = chance.below(3)
    ends = pc.cumulative_sum(pc.cast(counts, pa.int32()))
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    count = offsets[-1].as_py()
    prices = pc.divide(pc.cast(chance.below(20_000, count), pa.float64()), 100.0)
    return pa.ListArray.from_arrays(offsets, struct(sku=joined("SKU-", digits(chance.below(5000, count), 5)), price=prices))


def events(rows: int, number: int) -> pa.Table:
    chance = Chance(rows, number + 1)
    row = pa.array(range(rows), pa.int64())
    millis = pc.add(pc.add(row, EPOCH_MS + number * 1_000_000), chance.below(60_000))
    visitors = chance.below(200_000)
    buys = pc.less(chance.share(), 0.08)

    def bought(values):
        return pc.if_else(buys, values, pa.scalar(None, values.type))

    whole = lambda limit: pc.cast(chance.below(limit), pa.int32())  # noqa: E731
    columns = {
        "_id": joined(digits(pc.add(row, number * 10_000_000), 12), "-", digits(chance.below(100_000_000), 8)),
        "timestamp": pc.cast(millis, pa.timestamp("ms", "UTC")),
        "eventType": chance.pick(EVENT_TYPES),
        "visitor": struct(id=joined("v-", digits(visitors, 20)), member=chance.sometimes(joined("M", pc.cast(visitors, pa.string())), 0.3)),
        "page": struct(name=chance.pick(SECTIONS), url=chance.pick(PATHS), views=pc.cast(chance.below(5), pa.float64())),
        "referrer": struct(url=chance.sometimes(chance.pick(REFERRERS), 0.5), type=chance.pick(["internal", "search", "social"])),
        "device": struct(browser=chance.pick(BROWSERS), width=whole(3840), height=whole(2160), touch=pc.less(chance.share(), 0.6)),
        "place": struct(city=chance.pick(CITIES), country=chance.pick(COUNTRIES),
                        latitude=pc.subtract(pc.multiply(chance.share(), 180.0), 90.0),
                        longitude=pc.subtract(pc.multiply(chance.share(), 360.0), 180.0)),
        "order": struct(id=bought(joined("O-", digits(row, 10))), total=bought(pc.multiply(chance.share(), 500.0)),
                        currency=bought(chance.pick(["EUR", "USD", "GBP"])), quantity=bought(whole(9))),
        "session": struct(id=joined("s-", digits(pc.add(visitors, number), 16)), depth=whole(40), first=pc.less(chance.share(), 0.4)),
        "items": some_items(chance),
    }  # fmt: skip
    return pa.table(columns)


def write_events(file: pathlib.Path, rows: int, number: int) -> None:
    pq.write_table(events(rows, number), file, compression="snappy", row_group_size=ROW_GROUP_ROWS, store_schema=False)
