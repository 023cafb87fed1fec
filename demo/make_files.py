#!/usr/bin/env python3
"""make_files.py FOLDER [--rows N]: Parquet files of a ferry line that does not exist, the same ones each time.

sailings.parquet          900 departures, flat columns: for a dataset made of a file
sailings-august.parquet   900 more
sailings-broken.parquet   the price is text, and there is a column that nobody knows
events/day-1..3.parquet   what people did in the ticket shop, as XDM experience events; 2,000 rows each
archive.parquet           N (200,000) older events, large enough to go up in parts
broken.parquet            ten events, five kinds of mistakes
"""

import argparse
import datetime
import pathlib
import random

import pyarrow as pa
import pyarrow.parquet as pq

UTC = datetime.timezone.utc
ROUTES = {"Harbour – Gull Island": 12.5, "Harbour – Lighthouse": 8.0, "Gull Island – Seal Bay": 15.0, "Lighthouse – Seal Bay": 9.5}
SHIPS = ["Kittiwake", "Puffin", "Sandpiper"]
PAGES = ["Timetable", "Islands", "Prices", "Weather at sea", "Dogs on board"]
CLASSES = ["deck", "saloon", "cabin"]
CLASS_FACTOR = {"deck": 1.0, "saloon": 1.4, "cabin": 2.2}

AT = pa.timestamp("ms", tz="UTC")
SAILINGS = pa.schema([("sailing", pa.string()), ("route", pa.string()), ("ship", pa.string()), ("departs", AT),
                      ("seats", pa.int32()), ("price", pa.float64())])  # fmt: skip
EVENTS = pa.schema([
    ("_id", pa.string()),
    ("timestamp", AT),
    ("eventType", pa.string()),
    ("web", pa.struct([("webPageDetails", pa.struct([
        ("name", pa.string()), ("URL", pa.string()), ("pageViews", pa.struct([("value", pa.float64())]))]))])),
    ("commerce", pa.struct([("order", pa.struct([
        ("purchaseID", pa.string()), ("currencyCode", pa.string()), ("priceTotal", pa.float64())]))])),
    ("productListItems", pa.list_(pa.struct([("SKU", pa.string()), ("quantity", pa.int32()), ("priceTotal", pa.float64())]))),
    ("_lakegate", pa.struct([("trip", pa.struct([
        ("sailing", pa.string()), ("ticketClass", pa.string()), ("passengers", pa.int32())]))])),
])  # fmt: skip


def sailings(first_day: datetime.datetime) -> list[dict]:
    """Thirty sailings a day, for thirty days."""
    rows = []
    for day in range(30):
        for number in range(30):
            route = list(ROUTES)[number % len(ROUTES)]
            departs = first_day + datetime.timedelta(days=day, hours=6, minutes=30 * number)
            rows.append({"sailing": f"{departs:%m%d}-{number:02}", "route": route, "ship": SHIPS[number % 3],
                         "departs": departs, "seats": 80 + 40 * (number % 3), "price": ROUTES[route]})  # fmt: skip
    return rows


def event(chance: random.Random, number: int, at: datetime.datetime, trips: list[dict]) -> dict:
    """One in five buys, the others look."""
    one = {"_id": f"{chance.getrandbits(128):032x}", "timestamp": at}
    if chance.random() >= 0.2:
        page = chance.choice(PAGES)
        url = "https://ferries.example/" + page.lower().replace(" ", "-")
        return {**one, "eventType": "web.webpagedetails.pageViews",
                "web": {"webPageDetails": {"name": page, "URL": url, "pageViews": {"value": 1.0}}}}  # fmt: skip
    trip, kind, passengers = chance.choice(trips), chance.choice(CLASSES), chance.randint(1, 6)
    total = round(trip["price"] * CLASS_FACTOR[kind] * passengers, 2)
    return {**one, "eventType": "commerce.purchases",
            "commerce": {"order": {"purchaseID": f"T{number:07}", "currencyCode": "EUR", "priceTotal": total}},
            "productListItems": [{"SKU": f"ticket-{kind}", "quantity": passengers, "priceTotal": total}],
            "_lakegate": {"trip": {"sailing": trip["sailing"], "ticketClass": kind, "passengers": passengers}}}  # fmt: skip


def events(first_number: int, count: int, day: datetime.datetime, trips: list[dict]) -> list[dict]:
    chance = random.Random(first_number)
    step = datetime.timedelta(days=1) / max(count, 1)
    return [event(chance, first_number + n, day + n * step, trips) for n in range(count)]


def broken_events(trips: list[dict]) -> list[dict]:
    """Row 1, counted from 0, has no _id, 3 and 4 a class that is not sold, 6 nobody on board, 8 a currency that is none."""
    day = datetime.datetime(2026, 7, 4, tzinfo=UTC)
    rows = []
    for number in range(10):
        total = 10.0 + number
        rows.append({"_id": f"evt-bad-{number}", "timestamp": day + datetime.timedelta(minutes=number), "eventType": "commerce.purchases",
                     "commerce": {"order": {"purchaseID": f"B{number}", "currencyCode": "EUR", "priceTotal": total}},
                     "_lakegate": {"trip": {"sailing": trips[number]["sailing"], "ticketClass": "deck", "passengers": 1}}})  # fmt: skip
    rows[1]["_id"] = None
    rows[3]["_lakegate"]["trip"]["ticketClass"] = rows[4]["_lakegate"]["trip"]["ticketClass"] = "steerage"
    rows[6]["_lakegate"]["trip"]["passengers"] = 0
    rows[8]["commerce"]["order"]["currencyCode"] = "euro"
    return rows


def write(file: pathlib.Path, table: pa.Table) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, compression="snappy", row_group_size=50_000)


def make(folder: pathlib.Path, archive_rows: int) -> None:
    july = sailings(datetime.datetime(2026, 7, 1, tzinfo=UTC))
    august = sailings(datetime.datetime(2026, 8, 1, tzinfo=UTC))
    write(folder / "sailings.parquet", pa.Table.from_pylist(july, SAILINGS))
    write(folder / "sailings-august.parquet", pa.Table.from_pylist(august, SAILINGS))
    table = pa.Table.from_pylist(august, SAILINGS)
    table = table.set_column(5, "price", pa.array([f"{one['price']} EUR" for one in august]))
    write(folder / "sailings-broken.parquet", table.append_column("captain", pa.array(["Ahab"] * len(august))))
    for day in (1, 2, 3):
        rows = events(day * 10_000, 2000, datetime.datetime(2026, 7, day, tzinfo=UTC), july)
        write(folder / f"events/day-{day}.parquet", pa.Table.from_pylist(rows, EVENTS))
    archive = pa.Table.from_pylist(events(1_000_000, archive_rows, datetime.datetime(2026, 6, 30, tzinfo=UTC), july), EVENTS)
    write(folder / "archive.parquet", archive)
    broken = pa.Table.from_pylist(broken_events(july), EVENTS)
    write(folder / "broken.parquet", broken.append_column("mood", pa.array(["sunny"] * 10)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=200_000, help="events in archive.parquet")
    wanted = parser.parse_args()
    make(wanted.folder, wanted.rows)
