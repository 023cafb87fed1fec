"""The readers that Lakegate's tables are checked with: PyIceberg and DuckDB, each through the REST catalog.

DuckDB gets its extensions from the Python packages that carry them, by path: nothing is fetched while tests run.
"""

import importlib.util
import pathlib

import duckdb
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.rest import RestCatalog


def duckdb_connection() -> duckdb.DuckDBPyConnection:
    """An own in-memory database that has the iceberg extension and is ready for `attach`."""
    connection = duckdb.connect(
        config={
            "allow_unsigned_extensions": "true",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    for name in ("httpfs", "avro", "iceberg"):  # iceberg speaks REST through httpfs, reads manifests through avro
        connection.load_extension(str(_extension(name)))
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, base_url: str, token: str, name: str = "lake") -> None:
    """Makes the tables known as NAME.SANDBOX.TABLE, with "" around what is no plain SQL name."""
    connection.execute(
        f"""ATTACH '' AS {name} (TYPE iceberg, READ_ONLY, ENDPOINT '{base_url}/iceberg',
                                 AUTHORIZATION_TYPE 'oauth2', TOKEN '{token}')"""
    )


def pyiceberg_catalog(base_url: str, token: str, sandbox: str = "prod") -> Catalog:
    """The catalog of the org that the token names; its namespaces are the sandboxes, whatever `sandbox` is."""
    return RestCatalog("lakegate", uri=f"{base_url}/iceberg", token=token, warehouse=sandbox)


def _extension(name: str) -> pathlib.Path:
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    folders = list(package.submodule_search_locations) if package else []
    built_for = f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
    for folder in folders:
        if (path := pathlib.Path(folder) / built_for).exists():
            return path
    raise FileNotFoundError(f"{built_for}: not in {folders}; run `scripts/setup test`")
