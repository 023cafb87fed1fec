"""The readers of these tests, behind one face: rows(table, filter) as Python dictionaries."""

import pytest

import cases
from support import readers, spark


class PyIcebergReader:
    name = "pyiceberg"

    @staticmethod
    def shows(row):
        """PyIceberg 0.12 builds a file's lists of structs anew without their nulls: null comes out as an empty list, whoever
        wrote the table (test_pyiceberg_itself.py)."""
        rebuilt = cases.STRUCT_LISTS & cases.COLUMNS_OF_FILE[row["id"]]
        return {**row, **{name: row[name] or [] for name in rebuilt}}

    def __init__(self, server, request):
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

    def __init__(self, server, request):
        self.connection = readers.duckdb_connection()
        readers.attach(self.connection, server.url, server.token())

    def rows(self, table, iceberg=None, sql=None, columns=None):
        chosen = ", ".join(f'"{column}"' for column in columns) if columns else "*"
        query = f'select {chosen} from lake.prod."{table}"' + (f" where {sql}" if sql else "")
        return self.connection.execute(query).to_arrow_table().to_pylist()


class SparkReader:
    name = "spark"

    @staticmethod
    def shows(row):
        return row

    def __init__(self, server, request):
        self.session = spark.session(request.getfixturevalue("spark_jvm"), server.url, server.token())

    def query(self, text):
        return self.session.sql(text)

    def select(self, table, sql=None, columns=None):
        """DuckDB's SQL but for two words: `at` for "at", and a timestamp has a zone anyway."""
        chosen = ", ".join(f"`{column}`" for column in columns) if columns else "*"
        where = f" where {sql}".replace('"', "`").replace("timestamptz", "timestamp") if sql else ""
        return self.query(f"select {chosen} from lake.prod.`{table}`{where}")

    def rows(self, table, iceberg=None, sql=None, columns=None):
        return self.select(table, sql, columns).toArrow().to_pylist()


READERS = [PyIcebergReader, DuckDbReader, SparkReader]


@pytest.fixture(scope="session")
def spark_jvm():
    if lacks := spark.missing():
        pytest.skip(lacks)
    made = spark.start()
    yield made
    made.stop()


def wants_spark(item):
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return "spark_reader" in item.fixturenames or parameters.get("reader") is SparkReader


@pytest.fixture(scope="session", autouse=True)
def jvm_before_duckdb(request):
    """pyspark forks this process to start the JVM. Linux refuses that while DuckDB has tens of gigabytes of addresses reserved,
    so where a test wants Spark, it comes first."""
    if not spark.missing() and any(map(wants_spark, request.session.items)):
        request.getfixturevalue("spark_jvm")


@pytest.fixture(scope="module", params=READERS, ids=lambda one: one.name)
def reader(request, server):
    return request.param(server, request)


@pytest.fixture(scope="module")
def spark_reader(request, server):
    return SparkReader(server, request)


@pytest.fixture(scope="module")
def iceberg_catalog(server):
    return readers.pyiceberg_catalog(server.url, server.token())
