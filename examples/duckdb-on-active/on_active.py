"""Each batch of a dataset that becomes active is added up by a DuckDB query over its rows alone, once.

on_active.py --credentials FILE --dataset NAME [--url URL] [--state FILE] [--batches N]

It follows the server's event feed. What a batch added, and how far the feed was read, go into one DuckDB file in one transaction: whenever this
program is stopped, it goes on there, and no batch counts twice. A batch that is reverted is taken out again.
"""

import argparse
import importlib.util
import json
import pathlib
import time

import duckdb
import requests

TYPES = ("io.lakegate.batch.active", "io.lakegate.batch.inactive")
CATALOG, EXPORT = "/data/foundation/catalog", "/data/foundation/export"

# What is asked of the new rows. `batch` is a view of them.
QUERY = """
    INSERT INTO sales_by_day
    SELECT $batch, day, count(*), sum(amount) FROM batch GROUP BY day
"""

TABLES = """
    CREATE TABLE IF NOT EXISTS sales_by_day (batch VARCHAR, day DATE, sales BIGINT, amount DOUBLE);
    CREATE TABLE IF NOT EXISTS feed_cursor (position VARCHAR);
"""


class Lake:
    """The server, as one of its clients."""

    def __init__(self, credentials, url):
        self.credentials = credentials
        self.url = url or credentials["baseUrl"]
        self.session = requests.Session()
        self.log_in()

    def log_in(self):
        answer = self.session.post(f"{self.url}/ims/token/v3", timeout=30, data={
            "grant_type": "client_credentials", "client_id": self.credentials["clientId"], "client_secret": self.credentials["clientSecret"],
            "scope": "openid,AdobeID"})
        answer.raise_for_status()
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}", "x-api-key": self.credentials["apiKey"],
                        "x-gw-ims-org-id": self.credentials["orgId"], "x-sandbox-name": self.credentials["sandboxName"]}

    def get(self, path, **more):
        answer = self.session.get(self.url + path, **{"headers": self.headers, "timeout": 60, **more})
        if answer.status_code == 401:  # a token is good for a day
            self.log_in()
            answer = self.session.get(self.url + path, **{**more, "headers": {**more.get("headers", {}), **self.headers}})
        answer.raise_for_status()
        return answer

    def dataset(self, name):
        found = self.get(f"{CATALOG}/dataSets", params={"name": name}).json()
        if len(found) != 1:
            raise SystemExit(f"there are {len(found)} datasets named {name!r}")
        return next(iter(found))

    def events(self, dataset, position):
        """(position, event), as they happen, for ever; `position` is that of the last one that is known."""
        while True:
            headers = {**self.headers, "Accept": "text/event-stream"}
            wanted = {"dataset": dataset, "type": TYPES, "after": position}
            try:
                with self.get("/events", params=wanted, headers=headers, stream=True, timeout=(10, 60)) as answer:
                    for fields in server_sent_events(answer):
                        position = fields.get("id", position)
                        if fields.get("event") == "gap":
                            print("the server has forgotten events that were not read here: these sums are not complete", flush=True)
                        elif "data" in fields:
                            yield position, json.loads(fields["data"])
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                print(f"the feed is away ({type(error).__name__}); trying again", flush=True)
            time.sleep(1)

    def files(self, batch):
        """Addresses of the files that were sent in the batch: theirs alone, whatever else came into the table with the same snapshot."""
        addresses, start = [], 0
        while True:
            page = self.get(f"{EXPORT}/batches/{batch}/files", params={"start": start, "limit": 100}).json()
            for file in page["data"]:
                for part in self.get(f"{EXPORT}/files/{file['dataSetFileId']}").json()["data"]:
                    addresses.append(part["_links"]["self"]["href"])
            start += len(page["data"])
            if start >= page["_page"]["count"]:
                return addresses


def server_sent_events(answer):
    """The fields of each: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    answer.encoding, fields = "utf-8", {}
    for line in answer.iter_lines(decode_unicode=True):
        if not line:
            yield fields
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")


def open_state(file):
    database = duckdb.connect(file, config={"allow_unsigned_extensions": "true"})
    package = importlib.util.find_spec("duckdb_extension_httpfs")  # of PyPI, where nothing may be fetched while it runs
    if package:
        (folder,) = package.submodule_search_locations
        database.load_extension(f"{folder}/extensions/v{duckdb.__version__}/httpfs.duckdb_extension")
    else:
        database.install_extension("httpfs")
        database.load_extension("httpfs")
    database.execute(TABLES)
    return database


def let_in(database, lake):
    """DuckDB reads the files through the server, only the columns and row groups that the query needs."""
    headers = ", ".join(f"'{name}': '{value}'" for name, value in lake.headers.items())
    database.execute(f"CREATE OR REPLACE TEMPORARY SECRET lake (TYPE http, SCOPE '{lake.url}', EXTRA_HTTP_HEADERS MAP {{{headers}}})")


def handle(database, lake, position, event):
    batch = event["subject"]
    let_in(database, lake)
    database.begin()
    if event["type"] == "io.lakegate.batch.active":
        addresses = ", ".join("'" + address.replace("'", "''") + "'" for address in lake.files(batch))
        database.execute(f"CREATE OR REPLACE TEMPORARY VIEW batch AS SELECT * FROM read_parquet([{addresses}], union_by_name = true)")
        database.execute(QUERY, {"batch": batch})
    else:
        database.execute("DELETE FROM sales_by_day WHERE batch = ?", [batch])
    database.execute("DELETE FROM feed_cursor")
    database.execute("INSERT INTO feed_cursor VALUES (?)", [position])
    database.commit()
    return batch


def show(database, batch, event):
    state = event["type"].rpartition(".")[2]
    days = database.execute("SELECT strftime(day, '%Y-%m-%d'), sales, amount FROM sales_by_day WHERE batch = ? ORDER BY day", [batch]).fetchall()
    print(f"batch {batch} is {state}:", ", ".join(f"{day} {sales} sales {amount:.2f}" for day, sales, amount in days) or "its rows are out", flush=True)
    sales, amount = database.execute("SELECT coalesce(sum(sales), 0), coalesce(sum(amount), 0) FROM sales_by_day").fetchone()
    print(f"  in all {sales} sales {amount:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--credentials", required=True, type=pathlib.Path)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--url")
    parser.add_argument("--state", default="sales.duckdb")
    parser.add_argument("--batches", type=int, help="stop after so many events; default: never")
    wanted = parser.parse_args()
    lake = Lake(json.loads(wanted.credentials.read_text(encoding="utf-8")), wanted.url)
    database = open_state(wanted.state)
    known = database.execute("SELECT position FROM feed_cursor").fetchone()
    print(f"following {wanted.dataset} " + (f"after position {known[0]}" if known else "from its first event"), flush=True)
    for number, (position, event) in enumerate(lake.events(lake.dataset(wanted.dataset), known[0] if known else "0"), 1):
        show(database, handle(database, lake, position, event), event)
        if number == wanted.batches:
            return


if __name__ == "__main__":
    main()
