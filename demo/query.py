#!/usr/bin/env python3
"""query.py [--with duckdb|pyiceberg] QUERY: asks a Lakegate server's tables, and prints what comes.

    query.py "SELECT route, count(*) FROM lake.prod.sailings GROUP BY route"
    query.py --with pyiceberg sailings          the first rows of a table

Server and client come from the credentials file: --credentials, LAKEGATE_CREDENTIALS, ./lakegate-data/credentials.json.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import sys
import urllib.parse
import urllib.request

import duckdb
import pyarrow as pa
from pyiceberg.catalog.rest import RestCatalog


def fetch_token(credentials: dict) -> str:
    form = {"grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": credentials["clientSecret"]}
    request = urllib.request.Request(f"{credentials['baseUrl']}/ims/token/v3", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


def pyiceberg_catalog(url: str, token: str) -> RestCatalog:
    return RestCatalog("lakegate", uri=f"{url}/iceberg", token=token)


def duckdb_connection(url: str, token: str) -> duckdb.DuckDBPyConnection:
    """DuckDB with the server's tables as lake.SANDBOX.TABLE. The extensions come out of Python packages, so that nothing
    is fetched; with a network, `INSTALL iceberg; LOAD iceberg;` does the same."""
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "autoinstall_known_extensions": "false"})
    for name in ("httpfs", "avro", "iceberg"):
        (folder, *_) = importlib.util.find_spec(f"duckdb_extension_{name}").submodule_search_locations
        connection.load_extension(str(pathlib.Path(folder) / f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"ATTACH '' AS lake (TYPE iceberg, READ_ONLY, ENDPOINT '{url}/iceberg', AUTHORIZATION_TYPE 'oauth2', TOKEN '{token}')")
    return connection


def cell(value) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def text_table(table: pa.Table, indent: str = "") -> str:
    rows = [[cell(value) for value in row.values()] for row in table.to_pylist()]
    numbers = [pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) for kind in table.schema.types]
    widths = [max(len(line[i]) for line in [table.column_names, *rows]) for i in range(table.num_columns)]

    def line(cells):
        fitted = [one.rjust(width) if number else one.ljust(width) for one, width, number in zip(cells, widths, numbers)]
        return indent + "  ".join(fitted).rstrip()

    return "\n".join([line(table.column_names), indent + "  ".join("-" * width for width in widths), *map(line, rows)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("query", help="SQL; for pyiceberg a table's name")
    parser.add_argument("--with", dest="reader", choices=["duckdb", "pyiceberg"], default="duckdb")
    parser.add_argument("--credentials", default=os.environ.get("LAKEGATE_CREDENTIALS", "lakegate-data/credentials.json"))
    wanted = parser.parse_args()
    try:
        credentials = json.loads(pathlib.Path(wanted.credentials).read_text(encoding="utf-8"))
    except OSError as error:
        print(f"{error}. Start `lakegate serve` first, or name the file with --credentials.", file=sys.stderr)
        return 1
    url = os.environ.get("LAKEGATE_URL", credentials["baseUrl"])
    token = fetch_token({**credentials, "baseUrl": url})
    if wanted.reader == "pyiceberg":
        found = pyiceberg_catalog(url, token).load_table(("prod", wanted.query)).scan(limit=10).to_arrow()
    else:
        found = duckdb_connection(url, token).execute(wanted.query).to_arrow_table()
    print(text_table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
