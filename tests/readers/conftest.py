"""The readers of these tests, behind one face: rows(table, filter) as Python dictionaries."""

import pytest

import cases
from support import readers


class PyIcebergReader:
    name = "pyiceberg"

    @staticmethod
    def shows(row):
        """PyIceberg 0.12 builds a file's lists of structs anew without their nulls: null comes out as an empty list, whoever
        wrote the table (test_pyiceberg_itself.py)."""
        rebuilt = cases.STRUCT_LISTS & cases.COLUMNS_OF_FILE[row["id"]]
        return {**row, **{name: row[name] or [] for name in rebuilt}}

    def __init__(self, server):
        self.catalog = readers.pyiceberg_catalog(server.url, server.token())

    def rows(self, table, iceberg=None, sql=None, columns=None):
        loaded = self.catalog.load_table(("prod", table))
        scan = loaded.scan(**({"row_filter": iceberg} if iceberg else {}),
                           **({"selected_fields": tuple(columns)} if columns else {}))
        return scan.to_arrow().to_pylist()


class DuckDbReader:
    name = "duckdb"

    @staticmethod
    def shows(row):
        return row

    def __init__(self, server):
        self.connection = readers.duckdb_connection()
        readers.attach(self.connection, server.url, server.token())

    def rows(self, table, iceberg=None, sql=None, columns=None):
        chosen = ", ".join(f'"{column}"' for column in columns) if columns else "*"
        query = f'select {chosen} from lake.prod."{table}"' + (f" where {sql}" if sql else "")
        return self.connection.execute(query).to_arrow_table().to_pylist()


@pytest.fixture(scope="module", params=[PyIcebergReader, DuckDbReader], ids=lambda one: one.name)
def reader(request, server):
    return request.param(server)


@pytest.fixture(scope="module")
def iceberg_catalog(server):
    return readers.pyiceberg_catalog(server.url, server.token())
